import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig, parseEventFile, parseEvents, renderNote } from '../../../lambda/core/config/parse.ts';
import { event, file } from './smallest.ts';

const EXAMPLES = join(import.meta.dirname, '../../../examples');

describe('parseConfig', () => {
  it('fills in the defaults of the smallest useful file', () => {
    const { config, notes } = parseConfig(file(), 'foretide.yaml');
    expect(notes).toEqual([]);
    expect(config).toEqual({
      version: 1,
      timezone: 'UTC',
      clusters: [{ name: 'prod', region: 'us-east-1' }],
      workloads: [
        {
          name: 'chat',
          cluster: 'prod',
          target: { kind: 'ScaledObject', namespace: 'inference', name: 'llama' },
          tier: 'standard',
          replica: { gpus: 1 },
          delivery: 'patch',
          leadTime: { default: { ms: 900_000 }, learn: true, percentile: 95, safety: { ms: 0 } },
          sizing: { outsideEvents: 'off', missedMinuteUsd: { event: 5, other: 0.5 } },
        },
      ],
      calendar: {
        sources: [],
        events: [
          {
            name: 'sale',
            workloads: ['chat'],
            start: '2026-11-27T00:00',
            duration: { ms: 10_800_000 },
            except: [],
            floor: 30,
            ramp: { steps: 1, over: { ms: 0 } },
            release: { steps: 1, over: { ms: 0 }, maxHold: { ms: 3_600_000 } },
          },
        ],
      },
      capacity: { groups: [] },
      spend: {
        prices: { discount: { ratio: 0 }, instances: {}, perGpuHour: {}, bedrock: {} },
        caps: [],
        ladder: [
          { at: { ratio: 0.5 }, do: ['notify'] },
          { at: { ratio: 0.8 }, do: ['notify', 'freezeBatchPrescaling'] },
          { at: { ratio: 0.9 }, do: ['notify', 'preferSpot'] },
          { at: { ratio: 0.95 }, do: ['notify', 'clampNodePools'] },
          { at: { ratio: 1 }, do: ['notify', 'lowerMax', 'pauseBatch'] },
        ],
        runRateHours: 24,
        allowCritical: false,
      },
      signals: {},
      metricsApi: {},
      notifications: {},
    });
  });

  it('parses the reference file without problems or warnings', async () => {
    const { config, notes } = parseConfig(await readFile(join(EXAMPLES, 'reference.yaml'), 'utf8'), 'reference.yaml');
    expect(notes.filter((note) => note.kind === 'warning')).toEqual([]);
    expect(config.workloads.map((workload) => workload.name)).toEqual(['chat', 'embeddings', 'nightly-batch', 'vision']);
    expect(config.spend.prices.discount).toEqual({ ratio: 0.12 });
    expect(config.capacity.groups[1]?.pools).toEqual({ onDemand: ['gpu-l4-od'], spot: ['gpu-l4-spot'] });
    expect(config.calendar.events.map((one) => one.floor)).toEqual([30, { times: 1.5 }, 'learned']);
  });

  it.each([
    ['FREQ=DAILY', 'FREQ=DAILY'],
    ['["RRULE:FREQ=DAILY", "EXDATE:20261128T000000"]', 'RRULE:FREQ=DAILY\nEXDATE:20261128T000000'],
    ['"RRULE:FREQ=DAILY\\n\\nRDATE;VALUE=DATE:20261130\\n"', 'RRULE:FREQ=DAILY\nRDATE;VALUE=DATE:20261130'],
  ])('normalises the recurrence %s', (written, recurrence) => {
    const { config } = parseConfig(file({ events: event({ recurrence: written }) }), 'foretide.yaml');
    expect(config.calendar.events[0]?.recurrence).toBe(recurrence);
  });

  it.each([
    ['2026-11-27', '2026-11-27T00:00'],
    ['2026-11-27 09:30', '2026-11-27T09:30'],
    ['2026-11-27T09:30:15Z', '2026-11-27T09:30:15Z'],
    ['2026-07-12T15:00-04:00', '2026-07-12T15:00-04:00'],
  ])('takes the start %s', (written, start) => {
    const { config } = parseConfig(file({ events: event({ start: written }) }), 'foretide.yaml');
    expect(config.calendar.events[0]?.start).toBe(start);
  });

  it('holds a release for 60 minutes, or for as long as its steps take', () => {
    const release = (written: string) => parseConfig(file({ events: event({ release: written }) }), 'f').config.calendar.events[0]?.release;
    expect(release('{ steps: 2, over: 30m }')?.maxHold).toEqual({ ms: 3_600_000 });
    expect(release('{ steps: 2, over: 2h }')?.maxHold).toEqual({ ms: 7_200_000 });
    expect(release('{ steps: 2, over: 30m, maxHold: 40m }')?.maxHold).toEqual({ ms: 2_400_000 });
  });

  it('expands anchors, aliases and merge keys', () => {
    const text = `clusters: [{ name: prod, region: us-east-1 }]
workloads:
  - &base { name: chat, target: { kind: ScaledObject, namespace: a, name: chat }, leadTime: { default: 3m } }
  - { <<: *base, name: vision, target: { kind: ScaledObject, namespace: a, name: vision } }
calendar:
  events: [{ name: sale, workloads: [chat, vision], start: 2026-11-27T00:00, duration: 3h, floor: 3 }]
`;
    const { config } = parseConfig(text, 'foretide.yaml');
    expect(config.workloads.map((one) => [one.name, one.target.name, one.leadTime.default.ms])).toEqual([
      ['chat', 'chat', 180_000],
      ['vision', 'vision', 180_000],
    ]);
  });

  it.each([
    [{ workload: 'slo: { class: realtime }' }, 'f:3:86 workloads[0].slo: has no effect yet in this version'],
    [
      { rest: 'spend: { allowCritical: false, caps: [{ name: a, usdPerDay: 3 }] }' },
      'f:7:32 spend.caps: has no effect yet in this version',
    ],
    [
      { events: event({ floor: '+4' }) },
      'f:6:86 calendar.events[0].floor: +4 is the number 4 in YAML; for that many more than the baseline write { add: 4 }',
    ],
    [{ events: 'none' }, 'f:1:1 calendar: has neither events nor sources: nothing will be scaled ahead'],
    [
      { workload: 'bounds: { min: 10, max: 20 }', events: event({ floor: '{ times: 3 }' }) },
      'f:6:86 calendar.events[0].floor: is 30 replicas of workload chat, which will be trimmed to its max, 20',
    ],
    [
      { events: event({ release: '{ over: 10m }' }) },
      'f:6:99 calendar.events[0].release: has one step, so `over` has no effect; write steps: 2 or more',
    ],
    [
      { workload: 'tier: critical', rest: 'spend: { caps: [{ name: a, scope: { workload: chat }, usdPerDay: 3 }] }' },
      'f:7:17 spend.caps[0]: covers only critical workloads (chat), which the ladder spares: the cap can alert, but cut nothing',
    ],
  ])('notes on %j', (changes, note) => {
    const { notes } = parseConfig(file(changes), 'f');
    expect(notes.map((one) => renderNote('f', one))).toContain(note);
  });

  it.each([
    { workload: 'leadTime: { learn: false }' },
    { cluster: 'name: prod, region: us-east-1, gitops: none' },
    { rest: 'notifications: { pager: { snsTopicArn: "arn:aws:sns:us-east-1:111122223333:pager" } }' },
    { rest: 'spend: { prices: { discount: 12%, instances: { g6e.xlarge: 1.64 } } }' },
  ])('has nothing to say about %j', (changes) => {
    expect(parseConfig(file(changes), 'f').notes).toEqual([]);
  });
});

describe('parseEvents', () => {
  const { config } = parseConfig(file({ workload: 'bounds: { min: 1, max: 20 }', events: event({ floor: '3' }) }), 'foretide.yaml');

  it.each([
    ['a list', event({ name: 'launch', floor: '5' })],
    ['a map', `events:\n  ${event({ name: 'launch', floor: '5' })}`],
  ])('reads %s', (_, text) => {
    expect(parseEvents(text, 'events.yaml', config).map((one) => [one.name, one.floor])).toEqual([['launch', 5]]);
  });

  it('reads an empty list as no events', () => {
    expect(parseEvents('[]', 'events.yaml', config)).toEqual([]);
  });

  it.each([
    [
      event({ name: 'launch', floor: '21' }),
      'events.yaml:1:84 [0].floor: is 21 replicas, above bounds.max of workload chat, 20\n    fix: lower it to 20, or raise the max',
    ],
    [
      `events:\n  ${event({ name: 'launch', workloads: '[chta]', floor: '1' })}`,
      'events.yaml:2:33 events[0].workloads[0]: is not the name of a workload (got chta)\n    fix: did you mean chat?',
    ],
    [
      event({ floor: '1' }),
      'events.yaml:1:11 [0].name: is already the name of an event of the configuration (got sale)\n    fix: give each its own name',
    ],
    ['hello', 'events.yaml:1:1: the file is a single value, not a list of events\n    fix: write `events:` and below it a list'],
    ['', 'events.yaml:1:1: the file is empty\n    fix: start from examples/reference.yaml: clusters, workloads and one event'],
  ])('refuses %j', (text, message) => {
    expect(() => parseEvents(text, 'events.yaml', config)).toThrow(expect.objectContaining({ name: 'ConfigError', message }));
  });

  it('notes keys without effect at their place in the file', () => {
    const { notes } = parseEventFile(`events:\n  ${event({ name: 'launch', floor: '5', spot: 'avoid' })}`, 'events.yaml', config);
    expect(notes.map((note) => renderNote('events.yaml', note))).toEqual([
      'events.yaml:2:89 events[0].spot: has no effect yet in this version',
    ]);
  });
});
