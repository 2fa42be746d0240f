import { describe, expect, it } from 'vitest';
import { leadOfLast } from '../../../lambda/core/prescale/lead.ts';
import { countedStartups, estimateStartups } from '../../../lambda/core/startup/estimate-startups.ts';
import type { StartupSample } from '../../../lambda/core/startup/startup-records.ts';
import { censored, DAY, HOUR, MINUTE, NOON, onNewNode, records, sample } from './fixtures.ts';

const several = (count: number, minutes: number, changes: Partial<StartupSample> = {}) =>
  Array.from({ length: count }, (_, index) =>
    sample(`${minutes}-${index}-${changes.capacityType ?? ''}`, minutes * MINUTE, { createdMs: NOON - index * HOUR, ...changes }),
  );
const medians = (samples: readonly StartupSample[]) =>
  countedStartups(estimateStartups(records(samples))).map(({ medianMs }) => Math.round(medianMs / MINUTE));

describe('which start-ups a lead time must do for', () => {
  it.each<[string, StartupSample[], number[]]>([
    ['none before eight became Ready', [...several(7, 5), ...several(9, 5).map(censored)], []],
    ['one kind: its own', several(8, 5), [5]],
    ['two kinds: both', [...several(10, 5), ...several(10, 8, { capacityType: 'on-demand' })], [5, 8]],
    [
      'a kind with less than a tenth of the starts: not for it',
      [...several(100, 5), ...several(10, 8, { capacityType: 'on-demand' })],
      [5],
    ],
    [
      'a kind with a tenth, but fewer than eight: all together as well',
      [...several(10, 5), ...several(5, 8, { instanceType: 'p4d.24xlarge' })],
      [6, 5],
    ],
    ['every kind with fewer than eight: all together', [...several(6, 5), ...several(6, 5, { capacityType: 'on-demand' })], [5]],
    ['nodes that nobody knows of: a kind like any', several(8, 5, { instanceType: undefined, capacityType: undefined }), [5]],
    ['eight on new nodes: only those', [...several(30, 2), ...several(8, 6).map(onNewNode)], [6]],
    ['fewer than eight on new nodes: all', [...several(30, 2), ...several(4, 6).map(onNewNode)], [2]],
  ])('%s', (_, samples, expected) => {
    expect(medians(samples)).toEqual(expected);
  });

  it('is decided by recent ones: half as much after two weeks', () => {
    const old = several(20, 10, { createdMs: NOON - 28 * DAY });
    const [startup] = countedStartups(estimateStartups(records([...old, ...several(20, 5, { createdMs: NOON })])));
    // 20 of them count a quarter: 5 × 2^(1/5) minutes.
    expect(startup && startup.medianMs / MINUTE).toBeCloseTo(5.74, 1);
  });
});

describe('those that did not become Ready', () => {
  const lead = (samples: readonly StartupSample[], pending: readonly { key: string; createdMs: number }[] = []) =>
    Math.max(...countedStartups(estimateStartups(records(samples, { pending }))).map((startup) => leadOfLast(startup, 10, 95)));
  const started = [...several(10, 5), ...several(10, 6, { capacityType: 'on-demand' })];

  it('make the lead longer: of their kind, of every kind without a node, and while they are on their way', () => {
    const plain = lead(started);
    const late = sample('late', 20 * MINUTE, { createdMs: NOON - DAY });
    expect(lead([...started, censored(late)])).toBeGreaterThan(plain);
    expect(lead([...started, censored({ ...late, instanceType: undefined, capacityType: undefined })])).toBeGreaterThan(plain);
    expect(lead(started, [{ key: 'late', createdMs: NOON - 20 * MINUTE }])).toBeGreaterThan(plain);
    expect(lead(started, [{ key: 'young', createdMs: NOON }])).toBe(plain);
  });

  it('are told apart from those that did, kind by kind', () => {
    const gone = several(2, 20, { instanceType: undefined, capacityType: undefined }).map(censored);
    const { groups, newNodesOnly, pending } = estimateStartups(
      records([...started, ...gone], { pending: [{ key: 'x', createdMs: NOON - MINUTE }] }),
    );
    expect({ newNodesOnly, pending }).toEqual({ newNodesOnly: false, pending: 1 });
    expect(groups.map(({ kind, ready, censored: failed, counts }) => ({ of: kind?.capacityType, ready, failed, counts }))).toEqual([
      { of: undefined, ready: 20, failed: 2, counts: false },
      { of: 'spot', ready: 10, failed: 2, counts: true },
      { of: 'on-demand', ready: 10, failed: 2, counts: true },
    ]);
    expect(groups.map(({ share }) => share)).toEqual([1, 0.5, 0.5].map((share) => expect.closeTo(share, 9)));
  });
});
