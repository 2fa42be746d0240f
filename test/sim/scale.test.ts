import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVENTS } from '../../sim/resources.ts';
import type { Twin } from '../../sim/twin.ts';
import { call, LLM, START_MS, startTestTwin } from './fixture.ts';

describe('a cluster of 1,000 idle ScaledObjects', () => {
  let twin: Twin;
  beforeAll(async () => {
    twin = await startTestTwin();
    for (let index = 0; index < 1_000; index += 1) twin.addWorkload({ ...LLM, name: `w${index}` });
    twin.advanceBy(900_000);
  });
  afterAll(() => twin.stop());

  it.each(['/apis/keda.sh/v1alpha1/scaledobjects', '/apis/autoscaling/v2/horizontalpodautoscalers'])(
    '%s is two pages of 500',
    async (path) => {
      twin.requests.clear();
      const names = new Set<string>();
      let next = '';
      do {
        const { body } = await call(twin, 'GET', `${path}?limit=500&continue=${next}`);
        for (const { metadata } of body.items as { metadata: { name: string } }[]) names.add(metadata.name);
        next = (body.metadata as { continue?: string }).continue ?? '';
      } while (next !== '');
      expect(names.size).toBe(1_000);
      expect(twin.requests.count()).toBe(2);
    },
  );

  it('sleeps: an hour changes nothing but the clock and the events that are too old', () => {
    const before = twin.store.revision();
    const events = twin.store.list(EVENTS).length;
    twin.advanceBy(3_600_000);
    expect(twin.now()).toBe(START_MS + 4_500_000);
    expect(twin.store.revision() - before).toBe(events - twin.store.list(EVENTS).length);
  });
});
