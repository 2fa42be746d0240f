import { expect, it } from 'vitest';
import { notifyAll } from '../../../lambda/adapters/log/notify-all.ts';
import type { Notifier } from '../../../lambda/ports/notifier.ts';
import { SAMPLE_NOTIFICATION } from '../../contract/notifier-contract.ts';

it('tries every notifier and then throws what failed', async () => {
  const heard: string[] = [];
  const listener = (name: string): Notifier => ({
    async notify({ key }) {
      heard.push(`${name} ${key}`);
    },
  });
  const broken = (message: string): Notifier => ({
    notify() {
      throw new Error(message);
    },
  });
  const failure = await notifyAll([broken('no network'), listener('a'), broken('no topic'), listener('b')])
    .notify(SAMPLE_NOTIFICATION)
    .catch((error: unknown) => error);
  expect(heard).toEqual(['a prod-use1/chat/not-ready', 'b prod-use1/chat/not-ready']);
  expect(failure).toBeInstanceOf(AggregateError);
  expect(failure).toMatchObject({
    message: '2 of 4 notifiers failed for prod-use1/chat/not-ready',
    errors: [new Error('no network'), new Error('no topic')],
  });
});

it('is done without notifiers', async () => {
  await expect(notifyAll([]).notify(SAMPLE_NOTIFICATION)).resolves.toBeUndefined();
});
