import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DynamoServer, startDynamoServer } from '../fakes/dynamo-server.ts';
import { runCli } from './run-cli.ts';

const CONFIG = `
timezone: America/New_York
clusters: [{ name: prod, region: us-east-1 }]
workloads:
  - name: chat
    target: { kind: ScaledObject, namespace: inference, name: llama }
    bounds: { min: 2, max: 60 }
    replica: { capacity: { requestsPerMinute: 600 } }
    leadTime: { default: 12m, safety: 2m }
  - { name: embed, target: { kind: ScaledObject, namespace: inference, name: embed } }
calendar:
  sources: [{ table: true }, { file: events.yaml }]
  events: [{ name: own, workloads: [chat], start: 2027-01-01, duration: 1h, floor: 4 }]
`;
const NOW = Date.parse('2026-11-20T12:00:00Z');
const LAUNCH = ['launch', '--workloads', 'chat', '--start', '2026-12-01T09:00', '--duration', '2h', '--floor', '30'];

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'foretide-table-'));
  await writeFile(join(directory, 'foretide.yaml'), CONFIG);
  await writeFile(join(directory, 'events.yaml'), '[{ name: filed, workloads: [chat], start: 2027-01-01, duration: 1h, floor: 4 }]');
});
afterEach(() => rm(directory, { recursive: true }));

const calendar = (command: string, ...args: readonly string[]) =>
  runCli(['calendar', command, '--config', join(directory, 'foretide.yaml'), ...args], NOW);
const write = async (file: string, text: string) => {
  await writeFile(join(directory, file), text);
  return join(directory, file);
};
const listed = async () => {
  const { out } = await calendar('list', '--from', '2026-12-01', '--to', '2026-12-20', '--json');
  return (JSON.parse(out) as { event: string; start: string; end: string; source: string }[]).map(
    ({ event, start, end, source }) => `${source}: ${event} ${start}/${end}`,
  );
};

describe('foretide calendar add', () => {
  it('says what it will ask for and when, and the calendar has it', async () => {
    const { exitCode, out, err } = await calendar('add', ...LAUNCH);
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toContain(`launch: added in ${directory}/.foretide/calendar (for \`foretide run\` on this machine)`);
    expect(out.split('\n')[2]?.split(/ {2,}/)).toEqual([
      'chat',
      '30',
      'Tue 01 Dec 2026 08:46 EST',
      '2026-12-01T13:46:00Z',
      'Tue 01 Dec 2026 09:00 EST',
      '2026-12-01T14:00:00Z',
      'Tue 01 Dec 2026 11:00 EST',
    ]);
    expect(await listed()).toEqual(['table: launch 2026-12-01T14:00:00Z/2026-12-01T16:00:00Z']);
  });

  it('takes all that an event can say, and has it for machines', async () => {
    const { exitCode, out } = await calendar(
      ...['add', 'weekdays', '--workloads', 'chat, embed', '--start', '2026-11-30T08:45', '--timezone', 'Europe/Paris', '--duration', '9h'],
      ...['--floor', 'x1.5', '--recurrence', 'RRULE:FREQ=WEEKLY;BYDAY=MO', '--recurrence', 'EXDATE;VALUE=DATE:20261207'],
      ...['--except', '2026-12-14', '--class', 'day', '--importance', '2', '--max', '40', '--ramp', '3/20m', '--release', '2/30m/90m'],
      ...['--spot', 'avoid', '--json'],
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toEqual({
      result: 'added',
      dryRun: false,
      where: expect.stringContaining('.foretide/calendar'),
      event: {
        name: 'weekdays',
        class: 'day',
        importance: 2,
        workloads: ['chat', 'embed'],
        timezone: 'Europe/Paris',
        start: '2026-11-30T08:45',
        duration: '9h',
        recurrence: ['RRULE:FREQ=WEEKLY;BYDAY=MO', 'EXDATE;VALUE=DATE:20261207'],
        except: ['2026-12-14'],
        floor: { times: 1.5 },
        max: 40,
        ramp: { steps: 3, over: '20m' },
        release: { steps: 2, over: '30m', maxHold: '1h30m' },
        spot: 'avoid',
      },
      next: ['chat', 'embed'].flatMap((workload) =>
        ['2026-11-30', '2026-12-21', '2026-12-28'].map((day) => ({
          workload,
          floor: workload === 'chat' ? 3 : null,
          askAt: expect.stringContaining(day),
          start: `${day}T07:45:00Z`,
          end: `${day}T16:45:00Z`,
        })),
      ),
    });
  });

  it.each<[string, unknown]>([
    ['+4', { add: 4 }],
    ['×2', { times: 2 }],
    ['requestsPerMinute=12000', { requestsPerMinute: 12_000 }],
    ['learned', 'learned'],
    ['0', 0],
  ])('reads the floor %s', async (floor, expected) => {
    const { out } = await calendar('add', ...LAUNCH.slice(0, -1), floor, '--json');
    expect(JSON.parse(out)).toMatchObject({ event: { floor: expected } });
  });

  it('writes nothing with --dry-run', async () => {
    const { exitCode, out } = await calendar('add', ...LAUNCH, '--dry-run');
    expect([exitCode, out]).toEqual([0, expect.stringContaining('launch: would be added (dry run: not written)')]);
    expect(await listed()).toEqual([]);
  });

  it('replaces only when told to', async () => {
    await calendar('add', ...LAUNCH);
    const refused = await calendar('add', ...LAUNCH);
    expect(refused).toMatchObject({ exitCode: 2, err: expect.stringContaining('has an event named launch: give --replace') });
    expect(await calendar('add', ...LAUNCH.slice(0, -1), '20', '--replace')).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('replaced'),
    });
    expect((await calendar('export')).out).toContain('floor: 20');
  });

  it('exits with 1, having written it, when it needs a look', async () => {
    const trimmed = await calendar('add', ...LAUNCH.slice(0, -1), '+100');
    expect(trimmed).toMatchObject({ exitCode: 1, err: expect.stringContaining('wants 102 replicas, but max is 60') });
    const over = await calendar('add', 'old', ...LAUNCH.slice(1, 3), '--start', '2020-01-01', '--duration', '1h', '--floor', '3');
    expect(over).toMatchObject({ exitCode: 1, err: 'old has no occurrence from now on: it asks for nothing' });
  });

  it.each<[string, readonly string[], string]>([
    [
      'a workload that is none',
      ['--workloads', 'chta', '--start', '2026-12-01', '--duration', '1h', '--floor', '3'],
      '--workloads: is not the name of a workload (got chta)\n    fix: did you mean chat?',
    ],
    [
      'a day that does not exist',
      ['--workloads', 'chat', '--start', '2026-02-30', '--duration', '1h', '--floor', '3'],
      '--start: is not a date that exists (got 2026-02-30)',
    ],
    [
      'neither end nor duration',
      ['--workloads', 'chat', '--start', '2026-12-01', '--floor', '3'],
      'the event: has neither end nor duration\n    fix: add for example duration: 3h',
    ],
    [
      'a floor above max',
      ['--workloads', 'chat', '--start', '2026-12-01', '--duration', '1h', '--floor', '61'],
      '--floor: is 61 replicas, above bounds.max of workload chat, 60',
    ],
    [
      'a floor that is none',
      ['--workloads', 'chat', '--start', '2026-12-01', '--duration', '1h', '--floor', 'many'],
      '--floor is 30, +4, x1.5',
    ],
    [
      'a cron expression',
      ['--workloads', 'chat', '--start', '2026-12-01', '--duration', '1h', '--floor', '3', '--recurrence', '0 9 * * 1'],
      '--recurrence: is not an RFC 5545 rule',
    ],
    [
      'a ramp without its time',
      ['--workloads', 'chat', '--start', '2026-12-01', '--duration', '1h', '--floor', '3', '--ramp', '3'],
      '--ramp is steps/over, such as 3/20m (got 3)',
    ],
    ['no workload', ['--start', '2026-12-01', '--duration', '1h', '--floor', '3'], "required option '--workloads <names>' not specified"],
  ])('refuses %s', async (_, args, message) => {
    const { exitCode, out, err } = await calendar('add', 'launch', ...args);
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(await listed()).toEqual([]);
  });

  it('refuses a name of the configuration’s own, and a configuration that does not read the table', async () => {
    expect(await calendar('add', 'own', ...LAUNCH.slice(1))).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('name: is already the name of an event of the configuration'),
    });
    await write('foretide.yaml', CONFIG.replace('{ table: true }, ', ''));
    expect(await calendar('add', ...LAUNCH)).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('add { table: true } to calendar.sources'),
    });
    expect(await readdir(directory)).not.toContain('.foretide');
  });
});

describe('foretide calendar remove', () => {
  it('removes, and has nothing to remove again', async () => {
    await calendar('add', ...LAUNCH);
    expect(await calendar('remove', 'launch', '--dry-run')).toMatchObject({
      exitCode: 0,
      out: 'launch: would be removed (dry run: not written)',
    });
    expect(await calendar('remove', 'lunch')).toMatchObject({ exitCode: 1, err: expect.stringContaining('did you mean launch?') });
    expect(await calendar('remove', 'launch')).toMatchObject({
      exitCode: 0,
      out: 'launch: removed; what it asked for goes with the next tick',
    });
    const again = await calendar('remove', 'launch', '--json');
    expect([again.exitCode, JSON.parse(again.out)]).toEqual([1, expect.objectContaining({ removed: false, event: null })]);
  });

  it.each([
    ['filed', 'events.yaml'],
    ['own', 'foretide.yaml'],
  ])('says where %s stands', async (name, where) => {
    expect(await calendar('remove', name)).toMatchObject({
      exitCode: 2,
      err: `${name} stands in ${where}, not in the calendar table: remove it there`,
    });
  });
});

describe('foretide calendar import and export', () => {
  const ICS = [
    'BEGIN:VCALENDAR',
    ...['BEGIN:VEVENT', 'UID:1@x', 'SUMMARY:Webinar', 'DTSTART;TZID=Romance Standard Time:20261203T170000', 'DURATION:PT1H'],
    ...['RRULE:FREQ=DAILY;COUNT=2', 'X-FORETIDE-FLOOR:20', 'X-FORETIDE-WORKLOADS:chat', 'END:VEVENT'],
    ...['BEGIN:VEVENT', 'UID:2@x', 'SUMMARY:Team lunch', 'DTSTART;VALUE=DATE:20261203', 'END:VEVENT'],
    ...['END:VCALENDAR', ''],
  ].join('\r\n');
  const WEBINAR = ['table: Webinar 2026-12-03T16:00:00Z/2026-12-03T17:00:00Z', 'table: Webinar 2026-12-04T16:00:00Z/2026-12-04T17:00:00Z'];

  it('brings what an iCalendar has, says what it leaves out, and changes nothing the second time', async () => {
    const file = await write('a.ics', ICS);
    const dry = await calendar('import', file, '--dry-run');
    expect(dry.out).toContain('1 added, 0 replaced, 0 removed, 0 unchanged, 1 left out (dry run: not written)');
    expect(await listed()).toEqual([]);
    const first = await calendar('import', file);
    expect(first).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('a.ics: Team lunch names no workload; it is left out: add X-FORETIDE-WORKLOADS'),
    });
    expect(first.out.split('\n').slice(1)).toEqual(['  added: Webinar']);
    expect(await listed()).toEqual(WEBINAR);
    const again = await calendar('import', file, '--json');
    expect(JSON.parse(again.out)).toMatchObject({
      added: [],
      replaced: [],
      removed: [],
      unchanged: ['Webinar'],
      failures: [],
      problems: [{ entry: 'Team lunch', kind: 'left-out' }],
    });
  });

  it('takes defaults for entries that say nothing', async () => {
    const { exitCode, out } = await calendar('import', await write('a.ics', ICS), '--workloads', 'embed', '--floor', '+2', '--json');
    expect([exitCode, JSON.parse(out)]).toEqual([0, expect.objectContaining({ added: ['Webinar', 'Team lunch'] })]);
    expect(await calendar('import', await write('a.ics', ICS), '--workloads', 'nobody')).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('--workloads: is not the name of a workload (got nobody)'),
    });
  });

  it('exports what it imported, for other programs and for itself', async () => {
    await calendar('import', await write('a.ics', ICS));
    const ics = await calendar('export', '--format', 'ics');
    expect(ics.exitCode).toBe(0);
    expect(ics.out).toMatch(/^BEGIN:VCALENDAR\r\n[\s\S]*END:VCALENDAR\r$/);
    expect(ics.out).toContain('DTSTART;TZID=Europe/Paris:20261203T170000\r\n');
    const yaml = await calendar('export');
    for (const [file, text] of [
      ['b.ics', `${ics.out}\n`],
      ['b.yaml', yaml.out],
    ] as const)
      expect((await calendar('import', await write(file, text))).out).toContain('0 added, 0 replaced, 0 removed, 1 unchanged, 0 left out');
    expect(JSON.parse((await calendar('export', '--json')).out)).toMatchObject({
      format: 'yaml',
      events: [{ name: 'Webinar' }],
      problems: [],
    });
    // The exported file is a calendar source like any other.
    await calendar('remove', 'Webinar');
    await write('b.yaml', yaml.out);
    await write('foretide.yaml', CONFIG.replace('events.yaml', 'b.yaml'));
    expect(await listed()).toEqual(WEBINAR.map((row) => row.replace('table', 'b.yaml')));
  });

  it.each([
    ['a file that is not there', 'none.ics', undefined, "none.ics can't be read"],
    ['a file that is no calendar', 'a.ics', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT', 'is cut off'],
    [
      'YAML with one faulty event',
      'a.yaml',
      '[{ name: good, workloads: [chat], start: 2026-12-01, duration: 1h, floor: 3 }, { name: bad }]',
      'a.yaml:1:',
    ],
  ])('%s changes nothing', async (_, file, text, message) => {
    const path = text === undefined ? join(directory, file) : await write(file, text);
    const { exitCode, err } = await calendar('import', path);
    expect([exitCode, err]).toEqual([2, expect.stringContaining(message)]);
    expect(await listed()).toEqual([]);
  });

  it('refuses what would be too much to read every minute, as a whole', async () => {
    const events = Array.from({ length: 1_001 }, (_, index) => ({
      name: `e${index}`,
      workloads: ['chat'],
      start: '2026-12-01',
      duration: '1h',
      floor: 3,
    }));
    const { exitCode, err } = await calendar('import', await write('many.yaml', JSON.stringify(events)));
    expect([exitCode, err]).toEqual([2, expect.stringContaining('the calendar table would have 1001 events; at most 1000 are kept')]);
    expect(await listed()).toEqual([]);
  });
});

describe('an entry that does not fit the configuration any more', () => {
  it('silences no other, and is named until it is over', async () => {
    await calendar('add', ...LAUNCH);
    await calendar('add', 'gone', '--workloads', 'embed', '--start', '2026-12-02', '--duration', '1h', '--floor', '3');
    await write('foretide.yaml', CONFIG.replace(/ {2}- \{ name: embed.*\n/, ''));
    const { exitCode, out, err } = await calendar('list', '--from', '2026-12-01', '--to', '2026-12-20', '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject([{ event: 'launch' }]);
    expect(err).toContain(
      'table: gone on Wed 02 Dec 2026 00:00 EST (2026-12-02T05:00:00Z) has workloads[0] embed, which is not the name of a workload; it is left out',
    );
    expect(await calendar('list', '--from', '2026-12-03', '--to', '2026-12-20')).toMatchObject({ exitCode: 0, err: '' });
  });
});

describe('the table of the deployed stack', () => {
  let server: DynamoServer;
  beforeAll(async () => {
    server = await startDynamoServer();
    await server.createTable('state');
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', server.url);
    for (const [name, value] of Object.entries({ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }))
      vi.stubEnv(name, value);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server.close();
  });

  it('is written by add, read by list and plan in one Query, and emptied by remove', async () => {
    expect(await calendar('add', ...LAUNCH, '--table', 'state')).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('launch: added in table state'),
    });
    expect(await listed()).toEqual([]);
    server.operations.length = 0;
    const plan = await runCli(
      ['plan', '--config', join(directory, 'foretide.yaml'), '--table', 'state', '--from', '2026-12-01', '--to', '2026-12-02'],
      NOW,
    );
    expect(plan.out).toContain('2026-12-01T13:46:00Z');
    // The GetItems are for what was learned of the start-ups of two workloads.
    expect(server.operations).toEqual(['Query', 'GetItem', 'GetItem']);
    expect(await calendar('remove', 'launch', '--table', 'state')).toMatchObject({ exitCode: 0 });
    expect((await calendar('export', '--table', 'state')).out).toBe('events: []');
  });

  it('that somebody else writes at the same moment loses nothing', async () => {
    server.interceptNext('PutItem', async () => ({
      status: 400,
      body: { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException', message: 'The conditional request failed' },
    }));
    const { exitCode, err } = await calendar('add', ...LAUNCH, '--table', 'state');
    expect([exitCode, err]).toEqual([3, expect.stringContaining('somebody else wrote the entry "launch" in the meantime')]);
  });

  it('imports all that can be written, says what could not, and takes up again', async () => {
    const file = await write(
      'two.yaml',
      JSON.stringify(['a', 'b'].map((name) => ({ name, workloads: ['chat'], start: '2026-12-01', duration: '1h', floor: 3 }))),
    );
    server.interceptNext('PutItem', async () => ({
      status: 400,
      body: { __type: 'com.amazon.coral.service#AccessDeniedException', message: 'no' },
    }));
    const first = await calendar('import', file, '--table', 'state', '--json');
    expect([first.exitCode, JSON.parse(first.out).failures]).toEqual([3, [expect.stringMatching(/^[ab]: /)]]);
    expect((await calendar('import', file, '--table', 'state')).out).toContain('1 added, 0 replaced, 0 removed, 1 unchanged');
  });
});
