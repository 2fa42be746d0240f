import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';

const CONFIG = `
timezone: Europe/Paris
clusters: [{ name: prod, region: us-east-1 }]
workloads:
  - name: chat
    target: { kind: ScaledObject, namespace: inference, name: llama }
    bounds: { min: 2, max: 20 }
    replica: { gpus: 2, instanceType: g6e.xlarge }
    leadTime: { default: 10m }
calendar:
  events:
    - { name: sale, workloads: [chat], start: 2026-12-01T10:00, duration: 2h, floor: 6 }
    - { name: night, workloads: [chat], start: 2027-03-28T02:30, duration: 1h, floor: { add: 40 } }
`;

let directory: string;
let config: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'foretide-cli-'));
  config = join(directory, 'foretide.yaml');
  await writeFile(config, CONFIG);
});
afterEach(() => rm(directory, { recursive: true }));

describe('calendar list', () => {
  it('prints every occurrence that touches the period, whole', async () => {
    const { exitCode, out } = await runCli([
      'calendar',
      'list',
      '--config',
      config,
      '--from',
      '2026-12-01T10:30',
      '--to',
      '2026-12-01T10:31',
      '--json',
    ]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toEqual([
      { event: 'sale', workloads: ['chat'], start: '2026-12-01T09:00:00Z', end: '2026-12-01T11:00:00Z', source: 'config' },
    ]);
  });

  it('says so when there is nothing', async () => {
    const { exitCode, out } = await runCli(['calendar', 'list', '--config', config]);
    expect([exitCode, out]).toEqual([0, expect.stringContaining('2026-12-01T09:00:00Z')]);
    const empty = await runCli(['calendar', 'list', '--config', config, '--from', '2030-01-01', '--to', '2030-01-02']);
    expect([empty.exitCode, empty.out]).toEqual([0, 'Nothing on the calendar from 2029-12-31T23:00:00Z to 2030-01-01T23:00:00Z.']);
  });

  it('reads calendar files beside the configuration', async () => {
    await writeFile(
      join(directory, 'events.yaml'),
      'events:\n  - { name: launch, workloads: [chat], start: 2026-12-05T08:00Z, duration: 1h, floor: 3 }\n',
    );
    await writeFile(config, `${CONFIG}  sources: [{ file: events.yaml }]\n`);
    const { out } = await runCli(['calendar', 'list', '--config', config, '--from', '2026-12-05', '--to', '2026-12-06', '--json']);
    expect(JSON.parse(out)).toMatchObject([{ event: 'launch', source: 'events.yaml' }]);
  });
});

describe('plan', () => {
  it('has floors, GPUs and dollars', async () => {
    const { exitCode, out } = await runCli(['plan', '--config', config, '--from', '2026-12-01', '--to', '2026-12-02', '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      workloads: [
        {
          workload: 'chat',
          baseline: { min: 2, max: 20 },
          floors: [
            { from: '2026-11-30T23:00:00Z', to: '2026-12-01T08:50:00Z', floor: 2, gpus: 4, event: null },
            { from: '2026-12-01T08:50:00Z', to: '2026-12-01T11:00:00Z', floor: 6, gpus: 12, event: 'sale' },
            { from: '2026-12-01T11:00:00Z', to: '2026-12-01T23:00:00Z', floor: 2, gpus: 4, event: null },
          ],
          addedGpuHours: expect.closeTo((4 * 2 * 130) / 60, 9),
          addedUsd: expect.closeTo(((4 * 2 * 130) / 60) * 1.861, 6),
        },
      ],
    });
  });

  it('exits with 1 and says why when something needs a look', async () => {
    const { exitCode, out } = await runCli(['plan', '--config', config, '--from', '2027-03-28', '--to', '2027-03-29']);
    expect(exitCode).toBe(1);
    expect(out).toContain('wants 42 replicas, but max is 20: raise maxReplicaCount or lower the floor');
    expect(out).toContain('the clock skips the local time that was written; the start moved forward');
  });
});

describe('what a user gets wrong', () => {
  it.each([
    ['no such file', ['plan', '--config', '/nowhere/foretide.yaml'], "/nowhere/foretide.yaml can't be read"],
    ['an unknown command', ['plam'], "error: unknown command 'plam'"],
    ['an unknown option', ['plan', '--form', 'x'], "error: unknown option '--form'"],
    [
      'a period that ends before it begins',
      ['plan', '--from', '2026-12-02', '--to', '2026-12-01'],
      '--to 2026-12-01 is not after --from 2026-12-02',
    ],
    ['a time that is none', ['plan', '--from', 'tomorrow'], '--from'],
    ['an impossible date', ['calendar', 'list', '--from', '2026-02-30'], '2026-02-30'],
    ['a period of a century', ['calendar', 'list', '--from', '1999-01-01', '--to', '2099-01-01'], 'more than 3700 days'],
    [
      'a cluster that is not configured',
      ['status', '--cluster', 'nope', '--kubeconfig', 'x'],
      'no cluster is named nope; the configuration has prod',
    ],
    ['--twin without a period', ['run', '--twin'], '--twin needs --from and --to'],
  ])('%s: exit code 2, a message, no stack trace', async (_, args, message) => {
    const withConfig = args.includes('--config') ? args : [...args, ...(args[0] === 'plam' ? [] : ['--config', config])];
    const { exitCode, out, err } = await runCli(withConfig);
    expect(exitCode).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(message);
    expect(err).not.toMatch(/^\s+at /m);
  });

  it('prints every problem of the configuration at once and applies nothing', async () => {
    await writeFile(
      config,
      CONFIG.replace('floor: 6', 'floor: 60').replace('duration: 2h', 'duration: 2').replace('Europe/Paris', 'Mars/Base'),
    );
    for (const command of [['plan'], ['calendar', 'list'], ['status'], ['run', '--once']]) {
      const { exitCode, out, err } = await runCli([...command, '--config', config]);
      expect([command, exitCode, out]).toEqual([command, 2, '']);
      for (const part of ['foretide.yaml:2:', 'Mars/Base', 'foretide.yaml:12:', 'duration', 'floor']) expect(err).toContain(part);
    }
  });

  it('a faulty calendar file is the user’s too', async () => {
    await writeFile(
      join(directory, 'events.yaml'),
      'events:\n  - { name: launch, workloads: [chta], start: 2026-12-05T08:00Z, duration: 1h, floor: 3 }\n',
    );
    await writeFile(config, `${CONFIG}  sources: [{ file: events.yaml }]\n`);
    const { exitCode, err } = await runCli(['plan', '--config', config]);
    expect(exitCode).toBe(2);
    expect(err).toContain('events.yaml:2:');
    expect(err).toContain('chta');
  });

  it('a cluster that does not answer is a runtime failure', async () => {
    const kubeconfig = join(directory, 'kubeconfig');
    await writeFile(
      kubeconfig,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:47999' } }],
        users: [{ name: 'u', user: {} }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      }),
    );
    const { exitCode, err } = await runCli([
      'run',
      '--once',
      '--config',
      config,
      '--kubeconfig',
      kubeconfig,
      '--state',
      join(directory, 'state'),
    ]);
    expect(exitCode).toBe(3);
    expect(err).toContain('ECONNREFUSED 127.0.0.1:47999');
    expect(err).not.toMatch(/^\s+at /m);
  });
});

it('help shows examples', async () => {
  const { exitCode, out } = await runCli(['run', '--help']);
  expect(exitCode).toBe(0);
  expect(out).toContain('foretide run --once --dry-run');
});

describe('an iCalendar beside the configuration', () => {
  const lines = (...entries: readonly (readonly string[])[]) =>
    ['BEGIN:VCALENDAR', ...entries.flatMap((entry) => ['BEGIN:VEVENT', ...entry, 'END:VEVENT']), 'END:VCALENDAR', ''].join('\r\n');
  const GOOD = ['UID:1', 'SUMMARY:Launch', 'DTSTART:20261205T080000Z', 'DURATION:PT1H', 'X-FORETIDE-WORKLOADS:chat', 'X-FORETIDE-FLOOR:7'];
  const LOST = ['UID:2', 'SUMMARY:Team lunch', 'DTSTART;TZID=Romance Standard Time:20261206T120000', 'DURATION:PT1H'];
  const QUIET = CONFIG.replace(/.*name: night.*\n/, '');
  const period = ['--from', '2026-12-05', '--to', '2026-12-07'];

  it('is listed with its UIDs, and planned, and names entries that are left out', async () => {
    await writeFile(join(directory, 'campaigns.ics'), lines(GOOD, LOST));
    await writeFile(config, `${QUIET}  sources: [{ ics: campaigns.ics }]\n`);
    const list = await runCli(['calendar', 'list', '--config', config, ...period, '--json']);
    expect(list.exitCode).toBe(1);
    expect(JSON.parse(list.out)).toEqual([
      {
        event: 'Launch',
        uid: '1',
        workloads: ['chat'],
        start: '2026-12-05T08:00:00Z',
        end: '2026-12-05T09:00:00Z',
        source: 'campaigns.ics',
      },
    ]);
    const what =
      'campaigns.ics: Team lunch on Sun 06 Dec 2026 12:00 CET (2026-12-06T11:00:00Z) names no workload; it is left out: add X-FORETIDE-WORKLOADS, a foretide block in its description, or workloads to its source';
    expect(list.err).toBe(what);
    const plan = await runCli(['plan', '--config', config, ...period]);
    expect(plan.exitCode).toBe(1);
    expect(plan.out).toContain(what);
    expect(plan.out).toMatch(/chat +Sat 05 Dec 2026 08:50 CET/);
    const json = await runCli(['plan', '--config', config, ...period, '--json']);
    expect(JSON.parse(json.out)).toMatchObject({
      entries: [
        { source: 'campaigns.ics', entry: 'Team lunch', start: '2026-12-06T11:00:00Z', leftOut: true, problem: 'names no workload' },
      ],
    });
  });

  it('gives entries that say nothing the defaults of its source', async () => {
    await writeFile(join(directory, 'campaigns.ics'), lines(GOOD, LOST));
    await writeFile(config, `${QUIET}  sources: [{ ics: campaigns.ics, workloads: [chat], floor: { add: 1 } }]\n`);
    const { exitCode, out, err } = await runCli(['calendar', 'list', '--config', config, ...period]);
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toContain('Team lunch');
  });

  it('is listed and planned also when another calendar can not be read, which is named', async () => {
    await writeFile(join(directory, 'campaigns.ics'), lines(GOOD));
    await writeFile(config, `${QUIET}  sources: [{ ics: "https://localhost/a.ics" }, { ics: campaigns.ics }]\n`);
    const refused = "Calendar https://localhost/a.ics can't be read: localhost is at";
    const list = await runCli(['calendar', 'list', '--config', config, ...period, '--json']);
    expect([list.exitCode, list.err]).toEqual([3, expect.stringContaining(refused)]);
    expect(JSON.parse(list.out)).toMatchObject([{ event: 'Launch' }]);
    const plan = await runCli(['plan', '--config', config, ...period]);
    expect([plan.exitCode, plan.err]).toEqual([3, expect.stringContaining(refused)]);
    expect(plan.out).toContain('Launch');
    expect(plan.out).toContain("https://localhost/a.ics can't be read: its events are missing here");
  });

  it('is refused as a whole when it is none', async () => {
    await writeFile(join(directory, 'campaigns.ics'), '<html>');
    await writeFile(config, `${QUIET}  sources: [{ ics: campaigns.ics }]\n`);
    const { exitCode, err } = await runCli(['plan', '--config', config]);
    expect([exitCode, err]).toEqual([2, expect.stringContaining('campaigns.ics:1:1: is no iCalendar: it has "<html>"')]);
  });
});

describe('what sources of a calendar say', () => {
  it.each([
    ['an unknown workload', '{ ics: "https://x.example/y.ics", workloads: [nope] }', 'calendar.sources[0].workloads[0]'],
    ['a floor above the max', '{ ics: "https://x.example/y.ics", workloads: [chat], floor: 21 }', 'calendar.sources[0].floor'],
  ])('%s is refused, with its place', async (_, source, place) => {
    await writeFile(config, `${CONFIG}  sources: [${source}]\n`);
    const { exitCode, err } = await runCli(['plan', '--config', config]);
    expect([exitCode, err]).toEqual([2, expect.stringContaining(place)]);
  });

  it('every unreadable or faulty calendar file is named at once', async () => {
    await writeFile(join(directory, 'bad.yaml'), 'events: [{ name: x }]\n');
    await writeFile(config, `${CONFIG}  sources: [{ file: nope1.yaml }, { file: nope2.yaml }, { file: bad.yaml }]\n`);
    const { exitCode, err } = await runCli(['plan', '--config', config]);
    expect(exitCode).toBe(2);
    for (const part of ['nope1.yaml', 'nope2.yaml', 'bad.yaml:1:']) expect(err).toContain(part);
  });
});

it('cuts a table that nobody would read, and says so', async () => {
  await writeFile(
    config,
    `${CONFIG}    - { name: often, workloads: [chat], start: 2026-12-01T00:00, duration: 1m, recurrence: FREQ=MINUTELY;INTERVAL=10, floor: 3 }\n`,
  );
  const { exitCode, out } = await runCli(['calendar', 'list', '--config', config, '--from', '2026-12-02', '--to', '2026-12-12']);
  expect(exitCode).toBe(0);
  expect(out).toContain('… and 440 more rows; ask for a shorter period, or for --json');
});

it('a directory is no configuration', async () => {
  const { exitCode, err } = await runCli(['plan', '--config', directory]);
  expect([exitCode, err]).toEqual([2, expect.stringContaining("can't be read")]);
});
