import { describe, expect, it } from 'vitest';
import type { WorkloadSituation } from '../../../lambda/core/prescale/situation.ts';
import { looksForStartups } from '../../../lambda/core/startup/startup-looks.ts';
import { chat, END, held, MINUTE, occurrence, START } from '../prescale/fixtures.ts';

const learning = { ...chat, learnsLead: { percentile: 95, safetyMs: 0 } };
const observed: WorkloadSituation['observed'] = {
  ref: chat.target,
  uid: 'u',
  resourceVersion: '1',
  bounds: { min: 2, max: 60 },
  absent: [],
  annotations: {},
  scalesTo: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'llama' },
};
const situation = (changes: Partial<WorkloadSituation> = {}): WorkloadSituation => ({
  key: 'k',
  workload: learning,
  observed,
  state: undefined,
  recalled: undefined,
  occurrences: [],
  previous: [],
  ...changes,
});
const holding = (sinceMs: number): Partial<WorkloadSituation> => ({
  recalled: { kind: 'known', baseline: { min: 2, max: 60 }, held: held(30, sinceMs), source: 'annotation' },
});
/** In how many of fifteen minutes it looks. */
const looks = (one: WorkloadSituation, fromMs = START) =>
  Array.from({ length: 15 }, (_, minute) => looksForStartups(one, fromMs + minute * MINUTE)).filter(Boolean).length;

describe('looksForStartups', () => {
  const ramp = { steps: 2, over: { ms: 10 * MINUTE } };
  it.each<[string, WorkloadSituation, number, number]>([
    ['nothing on the calendar', situation(), START, 1],
    ['an event far off', situation({ occurrences: [occurrence()] }), START - 60 * MINUTE, 1],
    ['its ramp and lead', situation({ occurrences: [occurrence({ ramp })] }), START - 22 * MINUTE, 15],
    ['its window', situation({ occurrences: [occurrence()] }), END - 15 * MINUTE, 15],
    ['after its end', situation({ occurrences: [occurrence()] }), END, 1],
    ['within an hour of a raise', situation(holding(START - 40 * MINUTE)), START, 15],
    ['long after a raise', situation(holding(START - 60 * MINUTE)), START, 1],
    ['no learning', situation({ workload: chat, occurrences: [occurrence()] }), START, 0],
    ['no target', situation({ observed: undefined }), START, 0],
    ['a ScaledJob', situation({ observed: { ...observed, ref: { ...chat.target, kind: 'ScaledJob' } } }), START, 0],
  ])('%s', (_, one, fromMs, expected) => {
    expect(looks(one, fromMs)).toBe(expected);
  });

  it('looks at the workloads of a cluster in different minutes', () => {
    const minutes = Array.from({ length: 15 }, (_, minute) => minute);
    const names = Array.from({ length: 300 }, (_, index) => `workload-${index}`);
    const perMinute = minutes.map(
      (minute) => names.filter((name) => looksForStartups(situation({ workload: { ...learning, name } }), START + minute * MINUTE)).length,
    );
    expect(perMinute.reduce((sum, count) => sum + count, 0)).toBe(300);
    expect(Math.max(...perMinute)).toBeLessThan(60);
  });
});
