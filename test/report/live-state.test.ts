import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../lambda/core/compose/decision.ts';
import { columnsOf, keptMinutes } from '../../report/live-minutes.ts';
import { drawnPeriod } from '../../report/live-pictures.ts';
import { describeStanding, standingAt } from '../../report/live-standing.ts';
import { applyLive, beginLive, type LiveState, type LiveUpdate, reconfigureLive } from '../../report/live-state.ts';
import { describeBrokenTick, describeTick } from '../../report/live-tick.ts';
import { atMinute, LIVE_SETTINGS, LIVE_START_MS, readingAt } from '../fixtures/live-example.ts';

function fold(...updates: readonly LiveUpdate[]): LiveState {
  return updates.reduce(applyLive, beginLive(LIVE_SETTINGS));
}

function eventOf(state: LiveState) {
  const { readyAtStart, proof, why } = state.workloads[0]?.events[0] ?? {};
  return [readyAtStart, proof, why];
}

describe('readings', () => {
  it('fill a window minute by minute; what was not read in between is null, and no column', () => {
    const { minutes } = fold(readingAt(0), readingAt(1, { ready: 3 }), readingAt(4, { ready: null, demand: 12.345 })).workloads[0] ?? {};
    expect(minutes).toEqual({
      startMs: LIVE_START_MS,
      demand: [900, 900, null, null, 12.35],
      need: [2, 2, null, null, 2],
      ready: [2, 3, null, null, null],
      starting: [0, 0, null, null, 0],
      floor: [2, 2, null, null, 2],
      max: [20, 20, null, null, 20],
    });
    if (minutes === undefined) throw new Error('no minutes');
    expect(columnsOf(minutes).map(({ fromMs, ready }) => [(fromMs - LIVE_START_MS) / 60_000, ready])).toEqual([
      [0, 2],
      [1, 3],
      [4, null],
    ]);
  });

  it('of the same minute replace each other, and of an earlier one come too late', () => {
    const state = fold(readingAt(0), readingAt(1, { ready: 3 }), readingAt(1.5, { ready: 4 }), readingAt(0, { ready: 9 }));
    expect(state.workloads[0]?.minutes.ready).toEqual([2, 4]);
    expect(state.nowMs).toBe(atMinute(1.5));
  });

  it('roll: a day is kept, and after a longer gap the window starts anew', () => {
    const updates = Array.from({ length: 1_500 }, (_, minute) => readingAt(minute, { ready: minute }));
    const rolled = fold(...updates);
    expect([rolled.workloads[0]?.minutes.ready.length, rolled.workloads[0]?.minutes.ready[0]]).toEqual([1_440, 60]);
    expect(rolled.workloads[0]?.minutes.startMs).toBe(atMinute(60));
    const later = applyLive(rolled, readingAt(10_000, { ready: 1 }));
    expect(later.workloads[0]?.minutes).toMatchObject({ startMs: atMinute(10_000), ready: [1] });
  });

  it.each([
    [1, null, 1_440],
    [1_000, null, 200],
    [100_000, null, 60],
    [3, { fromMs: 0, toMs: 18 * 3_600_000 }, 1_080],
  ])('%i workloads over %j keep %i minutes each', (workloads, period, kept) => {
    expect(keptMinutes(workloads, period)).toBe(kept);
  });
});

describe('the proof that an event will be ready', () => {
  it('follows the readings of its lead, and stays what it was at the start', () => {
    let state = fold(readingAt(1));
    expect(eventOf(state)).toEqual([null, 'open', null]);
    state = applyLive(state, readingAt(2));
    expect(eventOf(state)).toEqual([null, 'open', '2 of 8 ready']);
    state = applyLive(state, readingAt(4, { starting: 2 }));
    expect(eventOf(state)).toEqual([null, 'atRisk', '2 of 8 ready, 2 starting']);
    state = applyLive(state, readingAt(5, { starting: 6 }));
    expect(eventOf(state)).toEqual([null, 'open', '2 of 8 ready, 6 starting']);
    state = applyLive(state, readingAt(8, { ready: 8 }));
    expect(eventOf(state)).toEqual([null, 'ready', '8 of 8 ready']);
    state = applyLive(state, readingAt(10, { ready: 8 }));
    expect(eventOf(state)).toEqual([true, 'ready', '8 of 8 replicas at the start']);
    state = applyLive(state, readingAt(11, { ready: 3 }));
    expect(eventOf(state)).toEqual([true, 'ready', '8 of 8 replicas at the start']);
  });

  it.each([
    ['missed', readingAt(10, { ready: 7, starting: 1 }), [false, 'missed', '7 of 8 replicas at the start']],
    ['not read', readingAt(12, { ready: 7 }), [null, 'open', 'its start was not read; 7 of 8 ready now']],
    ['over', readingAt(80), [null, 'open', 'its start was not read']],
    ['unread ready', readingAt(5, { ready: null, replicas: 6 }), [null, 'open', '6 replicas of 8; how many are Ready is not read']],
    ['nothing read', readingAt(5, { ready: null, replicas: null }), [null, 'open', 'replicas are not read']],
  ])('%s', (_name, update, expected) => {
    expect(eventOf(fold(update))).toEqual(expected);
  });

  it('takes up what the calendar says now, and keeps events that have begun', () => {
    const begun = fold(readingAt(10, { ready: 8 }));
    const next = { name: 'derby', startMs: atMinute(120), endMs: atMinute(180), leadFromMs: atMinute(110), floor: null };
    const update = { ...readingAt(11), events: { chat: [next] } };
    expect(applyLive(begun, update).workloads[0]?.events.map(({ name, why }) => [name, why])).toEqual([
      ['launch', '8 of 8 replicas at the start'],
      ['derby', 'its size is not known'],
    ]);
    expect(applyLive(fold(readingAt(0)), { ...readingAt(1), events: { chat: [next] } }).workloads[0]?.events).toMatchObject([
      { name: 'derby' },
    ]);
  });
});

const TARGET = { cluster: 'dev', kind: 'ScaledObject', namespace: 'inference', name: 'llama' } as const;
const SET: Outcome = {
  kind: 'set',
  target: TARGET,
  from: { min: 2, max: 20 },
  to: { min: 8, max: 20 },
  reason: 'event-lead',
  evidence: { summary: 'launch', facts: { start: '2026-11-27T12:10:00Z', leadMinutes: 8 } },
  applied: 'done',
};
const WORDS = 'min 2 → 8: launch starts Fri 27 Nov 2026 07:10 EST (2026-11-27T12:10:00Z); 8 min of lead';

function tickAt(minute: number, outcomes: readonly Outcome[], failures: readonly string[] = []): LiveUpdate {
  const report = { clusterName: 'dev', nowMs: atMinute(minute), skipped: false, outcomes, findings: [], failures };
  return describeTick(report, ({ name }) => (name === 'llama' ? 'chat' : undefined), 'America/New_York');
}

describe('ticks', () => {
  it('are told in the words of the core', () => {
    const hold: Outcome = {
      kind: 'hold',
      target: TARGET,
      at: { min: 2, max: 20 },
      reason: 'no-intent',
      evidence: SET.evidence,
      applied: 'not-needed',
    };
    const { decisions, clusters } = fold(tickAt(2, [SET, hold]));
    expect(decisions).toEqual([
      { id: `${atMinute(2)}/dev/ScaledObject/inference/llama`, atMs: atMinute(2), workload: 'chat', words: WORDS, applied: 'done' },
    ]);
    expect(clusters[0]?.tick).toEqual({ atMs: atMinute(2), outcome: 'done', moved: 1, failures: [] });
  });

  it('that only say what they would do say it once', () => {
    const dry: Outcome = { ...SET, applied: 'dry-run' };
    expect(fold(tickAt(2, [dry]), tickAt(3, [dry]), tickAt(4, [SET]), tickAt(5, [SET])).decisions.map(({ applied }) => applied)).toEqual([
      'done',
      'done',
      'dry-run',
    ]);
  });

  it('that failed to write say so', () => {
    const failed: Outcome = { ...SET, applied: 'failed', error: 'forbidden' };
    const state = fold(tickAt(2, [failed], ['ScaledObject/inference/llama: forbidden']));
    expect(state.decisions[0]?.words).toBe(`${WORDS} (failed: forbidden)`);
    expect(state.clusters[0]?.tick).toMatchObject({ outcome: 'failed', moved: 0 });
  });

  it('that broke leave the findings of the one before', () => {
    const found = {
      ...tickAt(2, []),
      findings: [{ key: 'k', severity: 'critical' as const, title: 'dev: x: the target does not exist', advice: 'Create it.' }],
    };
    if (found.kind !== 'tick') throw new Error('no tick');
    const broken = fold(found, describeBrokenTick('dev', atMinute(3), 'no answer'));
    expect(broken.clusters[0]?.findings).toHaveLength(1);
    expect(applyLive(broken, tickAt(4, [])).clusters[0]?.findings).toEqual([]);
  });

  it('are kept up to a bound, newest first', () => {
    const { decisions } = fold(...Array.from({ length: 250 }, (_, minute) => tickAt(minute, [SET])));
    expect([decisions.length, decisions[0]?.atMs]).toEqual([200, atMinute(249)]);
  });
});

describe('how it stands', () => {
  const standingOf = (state: LiveState, minute: number) =>
    state.clusters.flatMap((cluster) => describeStanding(state, cluster, atMinute(minute)).map(({ kind, words }) => [kind, words]));

  it.each([
    [
      'before anything',
      fold(),
      0,
      [
        ['plain', 'No reading yet.'],
        ['plain', 'No tick yet.'],
      ],
    ],
    ['well', fold(tickAt(2, [SET]), readingAt(2)), 3, [['ok', 'Tick of 07:02 (12:02 UTC): 1 target moved.']]],
    [
      'silent for a while',
      fold(tickAt(2, []), readingAt(2)),
      5,
      [
        ['bad', 'No reading since 07:02 (12:02 UTC).'],
        ['bad', 'No tick since 07:02 (12:02 UTC).'],
      ],
    ],
    [
      'failing',
      fold(readingAt(2), describeBrokenTick('dev', atMinute(3), 'no answer'), {
        kind: 'reading-failed',
        cluster: 'dev',
        atMs: atMinute(3),
        why: 'no answer',
      }),
      3,
      [
        ['bad', 'No reading since 07:02 (12:02 UTC).'],
        ['bad', 'The tick of 07:03 (12:03 UTC) failed: no answer'],
      ],
    ],
    [
      'unread, though ticks go well',
      fold(readingAt(2), tickAt(3, []), { kind: 'reading-failed', cluster: 'dev', atMs: atMinute(3), why: 'no answer' }),
      3,
      [
        ['bad', 'No reading since 07:02 (12:02 UTC): no answer'],
        ['ok', 'Tick of 07:03 (12:03 UTC): nothing had to move.'],
      ],
    ],
  ])('%s', (_name, state, minute, expected) => {
    expect(standingOf(state, minute)).toEqual(expected);
  });

  it('a replay stands at its own time, a loop at the clock’s', () => {
    const loop = fold(readingAt(2));
    expect(standingAt(loop, atMinute(5))).toBe(atMinute(5));
    expect(standingAt({ ...loop, mode: 'replay' }, atMinute(5))).toBe(atMinute(2));
  });

  it('a picture shows what was read and two hours ahead, or the whole of a replay', () => {
    expect(drawnPeriod(fold(readingAt(2)), atMinute(7))).toEqual({ fromMs: atMinute(-15), toMs: atMinute(135) });
    const period = { fromMs: atMinute(0), toMs: atMinute(60) };
    expect(drawnPeriod(beginLive({ ...LIVE_SETTINGS, period }), atMinute(7))).toEqual(period);
  });
});

it('a changed configuration keeps what was seen of the workloads that stay', () => {
  const state = fold(readingAt(10, { ready: 8 }), tickAt(10, [SET]));
  const [chat] = LIVE_SETTINGS.workloads;
  if (chat === undefined) throw new Error('no workload');
  const changed = reconfigureLive(state, {
    ...LIVE_SETTINGS,
    workloads: [
      { ...chat, workload: 'search', events: [] },
      { ...chat, capacityPerReplica: 300 },
    ],
  });
  expect(changed.workloads.map(({ workload, capacityPerReplica, minutes }) => [workload, capacityPerReplica, minutes.ready])).toEqual([
    ['search', 600, []],
    ['chat', 300, [8]],
  ]);
  expect(changed.decisions).toHaveLength(1);
});
