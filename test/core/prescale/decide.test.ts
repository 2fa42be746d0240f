import { describe, expect, it } from 'vitest';
import { decidePrescale, type PrescaleSituation } from '../../../lambda/core/prescale/decide.ts';
import { END, MINUTE, occurrence, replicas, START, situation } from './fixtures.ts';

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
    expect(floorAt(nowMs, { heldMin: nowMs >= END ? 30 : undefined })).toEqual(expected);
  });

  it('takes the highest of overlapping events, each by its own lead', () => {
    const occurrences = [
      occurrence({ floor: replicas(10) }),
      occurrence({ name: 'promo', floor: replicas(20) }, START + 60 * MINUTE, START + 90 * MINUTE),
    ];
    expect(floorAt(START + 47 * MINUTE, { occurrences })).toEqual([10, 'event-window']);
    expect(floorAt(START + 48 * MINUTE, { occurrences })).toEqual([20, 'event-lead']);
    expect(floorAt(START + 90 * MINUTE, { occurrences, heldMin: 20 })).toEqual([10, 'event-window']);
  });

  describe('release', () => {
    const release = { steps: 2, over: { ms: 30 * MINUTE }, maxHold: { ms: 60 * MINUTE } };
    const occurrences = [occurrence({ release })];

    it('goes step by step', () => {
      expect(floorAt(END, { occurrences, heldMin: 30 })).toEqual([16, 'event-release']);
      expect(floorAt(END + 29 * MINUTE, { occurrences, heldMin: 16 })).toEqual([16, 'event-release']);
      expect(floorAt(END + 30 * MINUTE, { occurrences, heldMin: 16 })).toBeUndefined();
    });

    it('never goes below what demand needs, and follows it down', () => {
      const need = (value: number) => ({ kind: 'ok' as const, value, observedAtMs: END, source: 'test' });
      expect(floorAt(END, { occurrences, heldMin: 30, need: need(25) })).toEqual([25, 'event-release-demand']);
      expect(floorAt(END + MINUTE, { occurrences, heldMin: 25, need: need(40) })).toEqual([25, 'event-release-demand']);
      expect(floorAt(END + 90 * MINUTE, { occurrences, heldMin: 25, need: need(9) })).toEqual([9, 'event-release-demand']);
      expect(floorAt(END + 24 * 60 * MINUTE, { occurrences, heldMin: 9, need: need(9) })).toBeUndefined();
    });

    it('steps down by at most a quarter while the need is unknown, and is done by maxHold', () => {
      const absent = { kind: 'absent' as const, source: 'test' };
      let heldMin = 30;
      const seen: number[] = [];
      for (let minute = 0; minute < 60; minute += 1) {
        const now = floorAt(END + minute * MINUTE, { heldMin, need: absent })?.[0] ?? 2;
        expect(now).toBeGreaterThanOrEqual(Math.min(heldMin - 1, Math.ceil(heldMin * 0.75)));
        if (now !== heldMin) seen.push(now);
        heldMin = now;
      }
      expect(seen).toEqual([23, 18, 14, 11, 9, 7, 6, 5, 4, 3, 2]);
    });

    it('raises nothing after the end: without anything held there is nothing to give back', () => {
      expect(floorAt(END, { occurrences, heldMin: undefined })).toBeUndefined();
      expect(floorAt(END, { occurrences, heldMin: 10 })).toEqual([10, 'event-release']);
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
      expect(ceilings({ need: { kind: 'absent', source: 'test' }, currentReplicas: 12 })).toEqual([12]);
      expect(ceilings({ need: { kind: 'absent', source: 'test' } })).toEqual([]);
    });

    it('does not bind while another event wants more', () => {
      expect(ceilings({ occurrences: [...capped, occurrence({ name: 'promo', floor: replicas(20) })] })).toEqual([]);
    });
  });

  it('reports an event whose size nobody can say, from its lead on', () => {
    const unsizable = [occurrence({ floor: { kind: 'learned', fallback: undefined } })];
    expect(decidePrescale(situation(START - LEAD - 1, { occurrences: unsizable })).unsized).toEqual([]);
    expect(decidePrescale(situation(START - LEAD, { occurrences: unsizable })).unsized).toMatchObject([{ why: 'nothing-learned' }]);
  });
});
