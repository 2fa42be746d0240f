import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObservedPod } from '../../../lambda/core/inventory/observed-pod.ts';
import { recordStartups } from '../../../lambda/core/startup/record-startups.ts';
import { NO_STARTUPS, type StartupRecords } from '../../../lambda/core/startup/startup-records.ts';
import { claim, DAY, HOUR, MINUTE, NOON, pod, records, SECOND, sample } from './fixtures.ts';

const look = (before: StartupRecords, pods: readonly ObservedPod[], nowMs = NOON + 10 * MINUTE, claims = [claim('node-1')]) =>
  recordStartups(before, { pods, claims, nowMs });
const ready = (uid: string, afterMs: number, changes: Partial<ObservedPod> = {}) =>
  pod(uid, { readyMs: (changes.createdMs ?? NOON) + afterMs, ...changes });

describe('a pod that became Ready', () => {
  it('is a sample, its phases apart, of the node that was made for it', () => {
    const started = ready('aaaaaa', 300 * SECOND, {
      nodeName: 'node-1',
      scheduledMs: NOON + 101 * SECOND,
      startedMs: NOON + 180 * SECOND,
    });
    expect(look(NO_STARTUPS, [started]).samples).toEqual([
      {
        key: 'aaaaaa',
        createdMs: NOON,
        tookMs: 300_000,
        phases: { claim: 2_000, launch: 8_000, register: 60_000, initialize: 30_000, schedule: 1_000, image: 79_000, load: 120_000 },
        instanceType: 'p5.48xlarge',
        capacityType: 'spot',
      },
    ]);
  });

  it.each([
    ['on a node that was there', [claim('node-1', { createdMs: NOON - HOUR })], { instanceType: 'p5.48xlarge', capacityType: 'spot' }],
    ['on a node of nobody’s', [], { instanceType: undefined, capacityType: undefined }],
  ])('%s waited for no node', (_, claims, kind) => {
    const started = ready('aaaaaa', 60 * SECOND, {
      nodeName: 'node-1',
      scheduledMs: NOON + SECOND,
      startedMs: NOON + 21 * SECOND,
    });
    expect(look(NO_STARTUPS, [started], undefined, claims).samples).toMatchObject([
      { tookMs: 60_000, phases: { schedule: 1_000, image: 20_000, load: 39_000 }, ...kind },
    ]);
  });

  it('counts a step that clocks put before another, or that nobody dated, as none', () => {
    const late = claim('node-1', { initializedMs: NOON + 110 * SECOND, launchedMs: undefined });
    const started = ready('aaaaaa', 200 * SECOND, { nodeName: 'node-1', scheduledMs: NOON + 101 * SECOND });
    expect(look(NO_STARTUPS, [started], undefined, [late]).samples[0]?.phases).toEqual({
      claim: 2_000,
      launch: 0,
      register: 68_000,
      initialize: 40_000,
      schedule: 0,
      image: 0,
      load: 90_000,
    });
  });
});

describe('what is no sample', () => {
  const seen = records([], { lookedAtMs: NOON - MINUTE });
  it.each<[string, StartupRecords, ObservedPod]>([
    ['a pod that restarted before it was Ready', seen, ready('aaaaaa', MINUTE, { restarts: 1 })],
    ['a pod that was Ready at a former look, lost it and got it back', seen, ready('aaaaaa', DAY + 5 * MINUTE, { createdMs: NOON - DAY })],
    ['a pod that was there long before the first look', NO_STARTUPS, ready('aaaaaa', 5 * MINUTE, { createdMs: NOON - DAY })],
    ['a pod that was taken before', records([sample('aaaaaa', 5 * MINUTE)], { lookedAtMs: NOON }), ready('aaaaaa', 9 * MINUTE)],
  ])('%s', (_, before, seenPod) => {
    expect(look(before, [seenPod]).samples).toEqual(before.samples);
  });
});

describe('a pod that is not Ready', () => {
  const nowMs = NOON + 10 * MINUTE;
  it('is pending, and a sample when it is', () => {
    const first = look(NO_STARTUPS, [pod('aaaaaa')], nowMs);
    expect(first).toEqual({ lookedAtMs: nowMs, samples: [], pending: [{ key: 'aaaaaa', createdMs: NOON }] });
    const second = look(first, [ready('aaaaaa', 25 * MINUTE)], NOON + 90 * MINUTE);
    expect(second.pending).toEqual([]);
    expect(second.samples).toMatchObject([{ key: 'aaaaaa', tookMs: 25 * MINUTE }]);
  });

  it.each<[string, Partial<ObservedPod>, number]>([
    ['failed', { restarts: 2 }, 10 * MINUTE],
    ['is removed', { isTerminating: true }, 10 * MINUTE],
    ['takes more than an hour', { createdMs: NOON - 2 * HOUR }, HOUR],
  ])('tells "at least so long" when it %s', (_, changes, tookMs) => {
    const before = records([], { lookedAtMs: NOON - MINUTE, pending: [{ key: 'aaaaaa', createdMs: NOON }] });
    const after = look(before, [pod('aaaaaa', changes)], nowMs);
    expect(after).toMatchObject({ pending: [], samples: [{ tookMs, phases: undefined }] });
    // Once.
    expect(look(after, [pod('aaaaaa', changes)], nowMs + MINUTE).samples).toEqual(after.samples);
  });

  it('tells "at least as long as it was seen" when it is gone', () => {
    const before = records([], { lookedAtMs: NOON + 3 * MINUTE, pending: [{ key: 'aaaaaa', createdMs: NOON }] });
    expect(look(before, [], nowMs)).toMatchObject({ pending: [], samples: [{ key: 'aaaaaa', tookMs: 3 * MINUTE, phases: undefined }] });
  });
});

describe('what is kept', () => {
  it('forgets after 90 days', () => {
    const before = records([sample('aaaaaa', MINUTE, { createdMs: NOON - 90 * DAY }), sample('bbbbbb', MINUTE)]);
    expect(look(before, [], NOON).samples.map(({ key }) => key)).toEqual(['bbbbbb']);
  });

  it('keeps many batches of few rather than one of many', () => {
    const few = Array.from({ length: 10 }, (_, day) => sample(`few-${day}`, MINUTE, { createdMs: NOON - (10 - day) * DAY }));
    const many = Array.from({ length: 100 }, (_, index) => ready(`${100_000 + index}`, MINUTE + index * SECOND));
    const after = look(records(few, { lookedAtMs: NOON - MINUTE }), many);
    expect(after.samples).toHaveLength(40);
    expect(after.samples.filter(({ key }) => key.startsWith('few'))).toHaveLength(10);
    // Another look changes nothing.
    expect(look(after, many, NOON + 11 * MINUTE).samples).toEqual(after.samples);
  });

  it('follows at most 24 on their way, the same ones each time', () => {
    const many = Array.from({ length: 50 }, (_, index) => pod(`${100_000 + index}`));
    const after = look(NO_STARTUPS, many);
    expect(after.pending).toHaveLength(24);
    expect(look(after, many.toReversed(), NOON + 11 * MINUTE).pending).toEqual(after.pending);
  });

  it('does not depend on the order of pods and claims, and a second look changes nothing', () => {
    const anyPod = fc.record({
      uid: fc.stringMatching(/^[0-9a-f]{6}$/),
      createdMs: fc.integer({ min: -3_000, max: 600 }).map((at) => NOON + at * SECOND),
      readyAfter: fc.option(fc.integer({ min: 0, max: 3_000 }), { nil: undefined }),
      restarts: fc.constantFrom(0, 0, 0, 1),
      isTerminating: fc.boolean(),
      nodeName: fc.constantFrom('node-1', 'node-2', undefined),
    });
    fc.assert(
      fc.property(fc.uniqueArray(anyPod, { selector: ({ uid }) => uid, maxLength: 60 }), (drawn) => {
        const pods = drawn.map(({ uid, readyAfter, ...rest }) =>
          pod(uid, { ...rest, ...(readyAfter !== undefined && { readyMs: rest.createdMs + readyAfter * SECOND }) }),
        );
        const claims = [claim('node-1'), claim('node-2', { capacityType: 'on-demand', createdMs: NOON - HOUR })];
        const nowMs = NOON + 10 * MINUTE;
        const after = recordStartups(NO_STARTUPS, { pods, claims, nowMs });
        expect(recordStartups(NO_STARTUPS, { pods: pods.toReversed(), claims: claims.toReversed(), nowMs })).toEqual(after);
        expect(recordStartups(after, { pods, claims, nowMs })).toEqual(after);
        for (const { tookMs, phases } of after.samples) {
          if (phases !== undefined) expect(Object.values(phases).reduce((sum, ms) => sum + ms, 0)).toBe(tookMs);
        }
      }),
      { seed: 20_261_127, numRuns: 200 },
    );
  });
});
