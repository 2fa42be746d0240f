import { describe, expect, it } from 'vitest';
import { type LearnedSizing, type Learning, sizeLearned } from '../../../lambda/core/prescale/size-learned.ts';
import { chat, END, held, MINUTE, occurrence, START } from './fixtures.ts';

const DAY_MINUTES = 1_440;

/** Ten days of 6,000 requests a minute: 10 replicas of 600. */
function learning(changes: Partial<Learning> = {}): Learning {
  const startMs = START - 10 * DAY_MINUTES * MINUTE;
  return {
    demand: { startMs, values: new Float64Array(10 * DAY_MINUTES).fill(6_000) },
    classStartsMs: () => [3, 4, 5].map((days) => START - days * DAY_MINUTES * MINUTE),
    usdPerReplicaMinute: 0.05,
    ...changes,
  };
}

const NO_READING = { startMs: 0, values: new Float64Array(0) };

function sizing(changes: Partial<LearnedSizing> = {}): LearnedSizing {
  return {
    workload: chat,
    occurrence: occurrence({ floor: { kind: 'learned', fallback: undefined } }),
    baseline: { min: 2, max: 60 },
    held: undefined,
    learning: learning(),
    fallback: undefined,
    nowMs: START,
    ...changes,
  };
}

describe('sizeLearned', () => {
  it('gives the numbers behind a learned size', () => {
    expect(sizeLearned(sizing())).toEqual({
      kind: 'replicas',
      replicas: 10,
      learned: { demand: 6_000, growth: 1, growthLeadMinutes: 12, quantile: 0.9901, learnedFromEvents: 3 },
    });
  });

  it.each<[string, Partial<LearnedSizing>, unknown]>([
    ['before its ramp it wants the baseline', { nowMs: START - 13 * MINUTE }, 2],
    ['from start − lead on what was learned', { nowMs: START - 12 * MINUTE }, 10],
    ['after its end what is held, for the release to go on from', { nowMs: END, held: held(14) }, 14],
    ['after its end the baseline where nothing is held', { nowMs: END }, 2],
    ['a higher fallback while few events are known', { fallback: 20, learning: learning({ classStartsMs: () => [] }) }, 20],
    ['no fallback once there are enough', { fallback: 20 }, 10],
    ['the fallback where no demand is known of', { fallback: 20, learning: undefined }, 20],
    ['what is held where demand was not read lately', { held: held(14), learning: learning({ demand: NO_READING }) }, 14],
    ['the fallback where it is higher than that', { fallback: 20, held: held(14), learning: learning({ demand: NO_READING }) }, 20],
    ['unknown without a reading, hold or fallback', { learning: learning({ demand: NO_READING }) }, 'demand-unknown'],
    ['unknown where no demand is known of', { learning: undefined }, 'nothing-learned'],
    ['unknown without a capacity', { workload: { ...chat, capacity: undefined } }, 'no-capacity'],
  ])('%s', (_, changes, expected) => {
    const size = sizeLearned(sizing(changes));
    expect(size.kind === 'replicas' ? size.replicas : size.why).toBe(expected);
  });

  it('weighs a missed minute by the importance of the event', () => {
    const quantileOf = (importance: number) => {
      const size = sizeLearned(sizing({ occurrence: occurrence({ floor: { kind: 'learned', fallback: undefined }, importance }) }));
      return size.kind === 'replicas' ? size.learned?.quantile : undefined;
    };
    expect([0.1, 1, 2].map(quantileOf)).toEqual([0.9091, 0.9901, 0.995]);
  });
});
