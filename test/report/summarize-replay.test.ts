import { describe, expect, it } from 'vitest';
import type { BaselineMinute, ReplayMinute, WorkloadReplay } from '../../report/replay.ts';
import { isReadyAtStart, summarizeEvents, summarizeWorkload } from '../../report/summarize-replay.ts';

const MINUTE_MS = 60_000;

function minute(index: number, needReplicas: number | null, readyReplicas: number, startingReplicas = 0): ReplayMinute {
  const rest = { demand: needReplicas, floorReplicas: 0, maxReplicas: 9 };
  return { minuteMs: index * MINUTE_MS, needReplicas, readyReplicas, startingReplicas, ...rest };
}

function baseline(index: number, readyReplicas: number): BaselineMinute {
  return { minuteMs: index * MINUTE_MS, readyReplicas, startingReplicas: 0 };
}

const replay: WorkloadReplay = {
  workload: 'chat',
  unit: 'requests/min',
  capacityPerReplica: 1,
  minutes: [minute(0, 1, 1), minute(1, 1, 1, 3), minute(2, 4, 4), minute(3, 6, 4), minute(4, null, 1), minute(5, 2, 1)],
  baselineMinutes: [baseline(0, 1), baseline(1, 1), baseline(2, 1), baseline(3, 2), baseline(4, 2), baseline(5, 2)],
  events: [{ name: 'match', leadFromMs: MINUTE_MS, startMs: 2 * MINUTE_MS + 30_000, endMs: 5 * MINUTE_MS, floor: 4, readyAtStart: true }],
};

describe('summarizing a replay', () => {
  it('gives one row for each event: ready in its minute, short within its window, hours from its lead on', () => {
    expect(summarizeEvents(replay, { gpusPerReplica: 2, usdPerGpuHour: 3 })).toEqual([
      {
        workload: 'chat',
        event: 'match',
        startMs: 150_000,
        floor: 4,
        readyAtStart: 4,
        readyAtStartWithout: 1,
        shortMinutes: 1,
        shortMinutesWithout: 1,
        gpuHours: (13 * 2) / 60,
        usd: ((13 * 2) / 60) * 3,
        gpuHoursWithout: (6 * 2) / 60,
        usdWithout: ((6 * 2) / 60) * 3,
      },
    ]);
  });

  it('counts the whole period, and no minute as short whose need is not known', () => {
    expect(summarizeWorkload(replay, { gpusPerReplica: 1, usdPerGpuHour: 8 })).toEqual({
      workload: 'chat',
      shortMinutes: 2,
      shortMinutesWithout: 2,
      gpuHours: 0.25,
      usd: 2,
      gpuHoursWithout: 9 / 60,
      usdWithout: 1.2,
    });
  });

  it('keeps an unknown price and a replay that was not made unknown', () => {
    const { baselineMinutes: _, ...alone } = replay;
    expect(summarizeWorkload(alone, { gpusPerReplica: 1, usdPerGpuHour: null })).toEqual({
      workload: 'chat',
      shortMinutes: 2,
      shortMinutesWithout: null,
      gpuHours: 0.25,
      usd: null,
      gpuHoursWithout: null,
      usdWithout: null,
    });
    expect(summarizeEvents(alone, { gpusPerReplica: 1, usdPerGpuHour: 1 })[0]).toMatchObject({
      readyAtStartWithout: null,
      usdWithout: null,
    });
  });

  it.each([
    [2, 4, true],
    [2, 5, false],
    [99, 0, null],
  ])('start in minute %s with floor %s: ready %s', (index, floor, ready) =>
    expect(isReadyAtStart(replay.minutes, { startMs: index * MINUTE_MS, floor })).toBe(ready),
  );
});
