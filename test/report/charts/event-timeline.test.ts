import { describe, expect, it } from 'vitest';
import { buildEventTimeline } from '../../../report/charts/event-timeline.ts';
import type { ReplayMinute, WorkloadReplay } from '../../../report/replay.ts';
import { timelineOfReplay } from '../../../report/timeline-data.ts';

const MINUTE_MS = 60_000;
/** 2026-11-28T00:00:00Z, 19:00 in New York. */
const KICK_OFF_MS = 1_795_824_000_000;
const FROM_MS = KICK_OFF_MS - 2 * MINUTE_MS;
const VIEW = { fromMs: FROM_MS, toMs: KICK_OFF_MS + 2 * MINUTE_MS, timezone: 'America/New_York', size: 'wide' } as const;

function minute(index: number, needReplicas: number, readyReplicas: number, startingReplicas: number): ReplayMinute {
  return {
    minuteMs: FROM_MS + index * MINUTE_MS,
    demand: needReplicas * 600,
    needReplicas,
    readyReplicas,
    startingReplicas,
    floorReplicas: index === 0 ? 1 : 3,
    maxReplicas: 5,
  };
}

const replay: WorkloadReplay = {
  workload: 'chat',
  unit: 'requests/min',
  capacityPerReplica: 600,
  minutes: [minute(0, 1, 1, 0), minute(1, 1, 1, 2), minute(2, 3, 3, 0), minute(3, 4, 3, 1)],
  baselineMinutes: [0, 1, 2, 3].map((index) => ({ minuteMs: FROM_MS + index * MINUTE_MS, readyReplicas: 1, startingReplicas: 0 })),
  events: [
    {
      name: 'match',
      startMs: KICK_OFF_MS,
      endMs: KICK_OFF_MS + 2 * MINUTE_MS,
      leadFromMs: KICK_OFF_MS - MINUTE_MS,
      floor: 3,
      readyAtStart: true,
    },
  ],
};

function draw(shown: WorkloadReplay) {
  return buildEventTimeline(timelineOfReplay(shown), VIEW);
}

const at = (index: number): number => FROM_MS + index * MINUTE_MS;

describe('the event timeline', () => {
  it('shows need, ready, floor, bands and bounds as steps over the same axis', () => {
    const { option } = draw(replay);
    expect(seriesOf(option)).toEqual([
      [
        'need',
        undefined,
        [
          [at(0), 1],
          [at(2), 3],
          [at(3), 4],
          [at(4), 4],
        ],
      ],
      [
        'starting from',
        'starting',
        [
          [at(0), 1],
          [at(1), 1],
          [at(2), 3],
          [at(3), 3],
          [at(4), 3],
        ],
      ],
      [
        'starting',
        'starting',
        [
          [at(0), 0],
          [at(1), 2],
          [at(2), 0],
          [at(3), 1],
          [at(4), 1],
        ],
      ],
      [
        'short from',
        'short',
        [
          [at(0), 1],
          [at(2), 3],
          [at(3), 3],
          [at(4), 3],
        ],
      ],
      [
        'short',
        'short',
        [
          [at(0), 0],
          [at(2), 0],
          [at(3), 1],
          [at(4), 1],
        ],
      ],
      [
        'max',
        undefined,
        [
          [at(0), 5],
          [at(4), 5],
        ],
      ],
      [
        'ready without pre-scaling',
        undefined,
        [
          [at(0), 1],
          [at(4), 1],
        ],
      ],
      [
        'ready',
        undefined,
        [
          [at(0), 1],
          [at(2), 3],
          [at(4), 3],
        ],
      ],
      [
        'floor',
        undefined,
        [
          [at(0), 1],
          [at(1), 3],
          [at(4), 3],
        ],
      ],
    ]);
    expect(option).toMatchObject({ yAxis: { min: 0, max: 6, interval: 2 }, xAxis: { min: at(0), max: at(4) } });
  });

  it('never tells lines apart by colour alone', () => {
    const { option } = draw(replay);
    const series = [option.series ?? []].flat();
    const dashes = series.filter(({ name }) => ['max', 'ready', 'floor', 'ready without pre-scaling'].includes(String(name)));
    expect(
      new Set(dashes.map((each) => JSON.stringify('lineStyle' in each ? each.lineStyle : {}).replace(/"color":"[^"]*"/, ''))).size,
    ).toBe(4);
    expect(textsOf(option)).toEqual(expect.arrayContaining(['need', 'ready', 'floor', 'max', 'without', 'pre-scaling']));
  });

  it('names events, shortfalls and the zone in words', () => {
    expect(textsOf(draw(replay).option)).toEqual(
      expect.arrayContaining(['✓ match · floor 3 · lead 1 min', 'short 1 min', 'replicas', 'America/New_York (UTC−5)']),
    );
  });

  it('answers a pointer with local time, UTC and demand in its own unit', () => {
    const { notes } = draw(replay);
    expect(notes.map(({ text }) => text)).toEqual([
      'Fri 27 Nov, 18:58 to 18:59, UTC−5\nfrom 2026-11-27 23:58 UTC\nneed 1 (600 requests/min)\nready 1, floor 1, starting 0',
      'Fri 27 Nov, 18:59 to 19:00, UTC−5\nfrom 2026-11-27 23:59 UTC\nneed 1 (600 requests/min)\nready 1, floor 3, starting 2',
      'Fri 27 Nov, 19:00 to 19:01, UTC−5\nfrom 2026-11-28 00:00 UTC\nneed 3 (1,800 requests/min)\nready 3, floor 3, starting 0',
      'Fri 27 Nov, 19:01 to 19:02, UTC−5\nfrom 2026-11-28 00:01 UTC\nneed 4 (2,400 requests/min)\nready 3, floor 3, starting 1\nshort by 1 for 1 min',
      'match\nFri 27 Nov, 19:00 to Fri 27 Nov, 19:02, UTC−5\nfrom 2026-11-28 00:00 UTC\nfloor 3, asked for 1 min before\nready at the start',
    ]);
  });

  it('says in words what it shows', () => {
    expect(draw(replay).description).toBe(
      'Fri 27 Nov, 18:58 to Fri 27 Nov, 19:02, America/New_York (UTC−5). Demand needs at most 4 replicas, at 19:01. ' +
        'Ready at the start of 1 of 1 event. Short for 1 min.',
    );
  });

  it('leaves out an upper bound far above everything', () => {
    const far = { ...replay, minutes: replay.minutes.map((each) => ({ ...each, maxReplicas: 60 })) };
    const { option } = draw(far);
    expect(seriesOf(option).map(([name]) => name)).not.toContain('max');
    expect(option).toMatchObject({ yAxis: { max: 5 } });
  });

  it('says what is missing rather than drawing a flat line', () => {
    expect(textsOf(draw({ ...replay, minutes: [], events: [] }).option)).toEqual(
      expect.arrayContaining(['no events in this period', 'no reading in this period']),
    );
    const { option } = draw({ ...replay, minutes: replay.minutes.slice(0, 2) });
    expect(textsOf(option)).toContain('no reading since 19:00');
    expect(seriesOf(option)[0]).toEqual([
      'need',
      undefined,
      [
        [at(0), 1],
        [at(2), 1],
      ],
    ]);
  });

  it('shows where the present is: what lies ahead is no gap, what was not read behind it is', () => {
    const { minutes } = replay;
    const ahead = timelineOfReplay({ ...replay, minutes: minutes.slice(0, 3) });
    const view = { ...VIEW, toMs: at(60) };
    expect(textsOf(buildEventTimeline({ ...ahead, nowMs: at(4) }, view).option)).toContain('now 19:02');
    expect(textsOf(buildEventTimeline({ ...ahead, nowMs: at(4) }, view).option).filter((text) => String(text).includes('reading'))).toEqual(
      [],
    );
    const stale = textsOf(buildEventTimeline({ ...ahead, nowMs: at(40) }, view).option);
    expect(stale).toContain('no reading since 19:01');
    expect(stale).not.toContain('now 19:38');
  });

  it('draws an unknown need as a gap, not as 0', () => {
    const minutes = replay.minutes.map((each, index) => (index === 1 ? { ...each, demand: null, needReplicas: null } : each));
    expect(seriesOf(draw({ ...replay, minutes }).option)[0]?.[2]).toEqual([
      [at(0), 1],
      [at(1), 1],
      [at(1), '-'],
      [at(2), 3],
      [at(3), 4],
      [at(4), 4],
    ]);
  });
});

type Option = ReturnType<typeof buildEventTimeline>['option'];

function seriesOf(option: Option): readonly (readonly [unknown, unknown, unknown])[] {
  return [option.series ?? []].flat().map((each) => [each.name, 'stack' in each ? each.stack : undefined, each.data] as const);
}

/** The words drawn into the picture, as they stand in the option. */
function textsOf(option: Option): readonly unknown[] {
  return [...JSON.stringify(option.graphic).matchAll(/"text":("(?:[^"\\]|\\.)*")/g)].map(([, text]) => JSON.parse(text ?? '""'));
}
