import { describe, expect, it } from 'vitest';
import type { Held } from '../../../lambda/core/compose/object-state.ts';
import { decidePrescale, type PrescaleSituation } from '../../../lambda/core/prescale/decide.ts';
import { chat, END, held, MINUTE, occurrence, replicas, START, situation } from './fixtures.ts';

const LEAD = 12 * MINUTE;

function floorAt(nowMs: number, changes: Partial<PrescaleSituation> = {}): [number, string] | undefined {
  const floors = decidePrescale(situation(nowMs, changes)).intents.filter(({ want }) => want.kind === 'floor');
  const highest = floors.toSorted((a, b) => a.want.replicas - b.want.replicas).at(-1);
  return highest && [highest.want.replicas, highest.reason];
}

describe('decidePrescale', () => {
  it.each([
    ['a minute before start − lead', START - LEAD - MINUTE, undefined],
    ['at start − lead', START - LEAD, [30, 'event-lead']],
    ['at the start', START, [30, 'event-window']],
    ['in the last millisecond', END - 1, [30, 'event-window']],
    ['at the end', END, undefined],
  ])('%s', (_, nowMs, expected) => {
    expect(floorAt(nowMs, { held: nowMs >= END ? held(30) : undefined })).toEqual(expected);
  });

  it('gives a ScaledJob back as planned although nothing tells the need, for a lower min ends no Job', () => {
    const need = { kind: 'absent', why: 'no-data', source: 'test' } as const;
    const workload = { ...chat, target: { ...chat.target, kind: 'ScaledJob' as const } };
    expect(floorAt(END, { need, held: held(30) })).toEqual([30, 'event-release-need-unknown']);
    expect(floorAt(END, { need, held: held(30), workload })).toBeUndefined();
    const stepped = [occurrence({ release: { steps: 2, over: { ms: 60 * MINUTE }, maxHold: { ms: 60 * MINUTE } } })];
    expect(floorAt(END, { need, held: held(30), workload, occurrences: stepped })).toEqual([16, 'event-release']);
  });

  it('takes the highest of overlapping events, each by its own lead', () => {
    const occurrences = [
      occurrence({ floor: replicas(10) }),
      occurrence({ name: 'promo', floor: replicas(20) }, START + 60 * MINUTE, START + 90 * MINUTE),
    ];
    expect(floorAt(START + 47 * MINUTE, { occurrences })).toEqual([10, 'event-window']);
    expect(floorAt(START + 48 * MINUTE, { occurrences })).toEqual([20, 'event-lead']);
    expect(floorAt(START + 90 * MINUTE, { occurrences, held: held(20) })).toEqual([10, 'event-window']);
  });

  describe('release', () => {
    const twoSteps = { steps: 2, over: { ms: 30 * MINUTE }, maxHold: { ms: 60 * MINUTE } };
    const occurrences = [occurrence({ release: twoSteps })];

    it('goes step by step', () => {
      expect(floorAt(END, { occurrences, held: held(30) })).toEqual([16, 'event-release']);
      expect(floorAt(END + 29 * MINUTE, { occurrences, held: held(16) })).toEqual([16, 'event-release']);
      expect(floorAt(END + 30 * MINUTE, { occurrences, held: held(16) })).toBeUndefined();
    });

    it('never goes below what demand needs, and follows it down', () => {
      const need = (value: number) => ({ kind: 'ok' as const, value, observedAtMs: END, source: 'test' });
      expect(floorAt(END, { occurrences, held: held(30), need: need(25) })).toEqual([25, 'event-release-demand']);
      expect(floorAt(END + MINUTE, { occurrences, held: held(25), need: need(40) })).toEqual([25, 'event-release-demand']);
      expect(floorAt(END + 90 * MINUTE, { occurrences, held: held(25), need: need(9) })).toEqual([9, 'event-release-demand']);
      expect(floorAt(END + 24 * 60 * MINUTE, { occurrences, held: held(9), need: need(9) })).toBeUndefined();
    });

    /** Ticks minute by minute from the end on; returns what is held after each. `known` tells the need of a minute. */
    function release(minutes: number, known: (minute: number) => number | undefined, from = 30): number[] {
      const seen: number[] = [];
      let holding: Held | undefined = held(from);
      let needUnknownSinceMs: number | undefined;
      for (let minute = 0; minute < minutes; minute += 1) {
        const nowMs = END + minute * MINUTE;
        const value = known(minute);
        needUnknownSinceMs = value === undefined ? (needUnknownSinceMs ?? nowMs) : undefined;
        const need =
          value === undefined
            ? { kind: 'absent' as const, why: 'no-data' as const, source: 'test' }
            : { kind: 'ok' as const, value, observedAtMs: nowMs, source: 'test' };
        const min: number = floorAt(nowMs, { held: holding, need, needUnknownSinceMs })?.[0] ?? 2;
        holding = min === 2 ? undefined : min === holding?.min ? holding : held(min, nowMs);
        seen.push(min);
      }
      return seen;
    }
    const steps = (mins: readonly number[]) => mins.filter((min, index) => min !== mins[index - 1]);

    it('steps down by at most a quarter while the need is unknown, and is done by maxHold', () => {
      const mins = release(60, () => undefined);
      expect(steps(mins)).toEqual([30, 23, 18, 14, 11, 9, 7, 6, 5, 4, 3, 2]);
      expect(mins[59]).toBe(2);
    });

    it('a single missing reading changes nothing', () => {
      expect(steps(release(120, (minute) => (minute % 20 === 7 ? undefined : 28)))).toEqual([28]);
    });

    it('does not catch up at once when the need becomes unknown late', () => {
      const mins = release(120, (minute) => (minute < 50 ? 28 : undefined));
      expect(steps(mins)).toEqual([28, 21, 16, 12, 9, 7, 6, 5, 4, 3, 2]);
      expect(mins[52]).toBe(28);
    });

    it('is not taken up again by the one replica that stays for the cool-down', () => {
      const leaving = { ...held(1, END + 10 * MINUTE), leaving: true as const };
      const absent = { kind: 'absent' as const, why: 'no-data' as const, source: 'test' };
      expect(
        floorAt(END + 11 * MINUTE, { baseline: { min: 0, max: 60 }, held: leaving, need: absent, needUnknownSinceMs: END }),
      ).toBeUndefined();
    });

    it('is done by the event whose hold lasts longest, not by every one that is over', () => {
      const past = [
        occurrence({ name: 'long-ago', floor: replicas(5) }, START - 900 * MINUTE, START - 600 * MINUTE),
        occurrence({ release: { steps: 1, over: { ms: 0 }, maxHold: { ms: 0 } } }),
      ];
      const absent = { kind: 'absent' as const, why: 'no-data' as const, source: 'test' };
      expect(floorAt(END, { occurrences: past, held: held(30), need: absent, needUnknownSinceMs: START })).toBeUndefined();
    });

    it('does not end before a longer release that was configured', () => {
      const long = { steps: 4, over: { ms: 72 * 60 * MINUTE }, maxHold: { ms: 72 * 60 * MINUTE } };
      expect(floorAt(END + 25 * 60 * MINUTE, { occurrences: [occurrence({ release: long })], held: held(23) })).toEqual([
        16,
        'event-release',
      ]);
    });

    it('raises nothing after the end: without anything held there is nothing to give back', () => {
      expect(floorAt(END, { occurrences, held: undefined })).toBeUndefined();
      expect(floorAt(END, { occurrences, held: held(10) })).toEqual([10, 'event-release']);
    });
  });

  describe('an event max', () => {
    const capped = [occurrence({ floor: replicas(4), max: 10 })];
    const ceilings = (changes: Partial<PrescaleSituation>, nowMs = START) =>
      decidePrescale(situation(nowMs, { occurrences: capped, ...changes }))
        .intents.filter(({ want }) => want.kind === 'ceiling')
        .map(({ want }) => want.replicas);

    it('binds in the window only', () => {
      expect(ceilings({}, START - 1)).toEqual([]);
      expect(ceilings({})).toEqual([10]);
      expect(ceilings({}, END)).toEqual([]);
    });

    it('never cuts what demand needs, nor what is there while the need is unknown', () => {
      expect(ceilings({ need: { kind: 'ok', value: 14, observedAtMs: START, source: 'test' } })).toEqual([14]);
      expect(ceilings({ need: { kind: 'absent', why: 'no-data', source: 'test' }, currentReplicas: 12 })).toEqual([12]);
      expect(ceilings({ need: { kind: 'absent', why: 'no-data', source: 'test' } })).toEqual([60]);
      expect(ceilings({ need: { kind: 'absent', why: 'no-data', source: 'test' }, held: { min: 4, max: 20, sinceMs: START } })).toEqual([
        20,
      ]);
    });

    it('never grows again, so that a need that goes up and down writes nothing', () => {
      const need = (value: number) => ({ kind: 'ok' as const, value, observedAtMs: START, source: 'test' });
      expect(ceilings({ need: need(14), held: { min: 4, max: 12, sinceMs: START } })).toEqual([12]);
      expect(ceilings({ need: need(11), held: { min: 4, max: 12, sinceMs: START } })).toEqual([11]);
    });

    it('does not cut another event, even one that the baseline satisfies', () => {
      const baseline = { min: 20, max: 60 };
      expect(ceilings({ baseline, occurrences: [...capped, occurrence({ name: 'promo', floor: replicas(20) })] })).toEqual([]);
    });

    it('does not bind while another event wants more', () => {
      expect(ceilings({ occurrences: [...capped, occurrence({ name: 'promo', floor: replicas(20) })] })).toEqual([]);
    });
  });

  it('wants its whole size at its height, so that what does not fit under max is seen, and ramps within it', () => {
    const huge = [occurrence({ floor: replicas(100), ramp: { steps: 2, over: { ms: 10 * MINUTE } } })];
    expect(floorAt(START - LEAD - 10 * MINUTE, { occurrences: huge })).toEqual([31, 'event-ramp']);
    expect(floorAt(START, { occurrences: huge })).toEqual([100, 'event-window']);
  });

  it('reports an event whose size nobody can say, from its lead on', () => {
    const unsizable = [occurrence({ floor: { kind: 'learned', fallback: undefined } })];
    expect(decidePrescale(situation(START - LEAD - 1, { occurrences: unsizable })).unsized).toEqual([]);
    expect(decidePrescale(situation(START - LEAD, { occurrences: unsizable })).unsized).toMatchObject([{ why: 'nothing-learned' }]);
  });
});
