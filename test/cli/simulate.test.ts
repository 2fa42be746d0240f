import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';

const MINUTE = 60_000;
const CONFIG = `
timezone: Europe/Paris
clusters: [{ name: prod, region: us-east-1 }]
workloads:
  - name: chat
    target: { kind: ScaledObject, namespace: inference, name: llama }
    bounds: { min: 2, max: 40 }
    replica: { gpus: 2, instanceType: g6e.xlarge, capacity: { requestsPerMinute: 100 } }
  - name: embed
    target: { kind: ScaledObject, namespace: inference, name: embed }
    replica: { capacity: { requestsPerMinute: 500 } }
calendar:
  sources: [{ file: events.yaml }]
  events:
    - { name: launch, workloads: [chat], start: 2026-06-10T12:00, duration: 1h, floor: 30 }
`;
const EVENTS = 'events: [{ name: noon, workloads: [embed], start: 2026-06-10T13:00, duration: 1h, floor: 4 }]';

/** From 10:00 to 16:00 in Paris, 1,000 requests a minute and 2,500 from 12:00 to 13:00; minutes to leave out. */
function demandCsv(leftOut: readonly number[] = []): string {
  const startMs = Date.parse('2026-06-10T08:00:00Z');
  const rows = Array.from({ length: 360 }, (_, minute) => minute)
    .filter((minute) => !leftOut.includes(minute))
    .map(
      (minute) =>
        `${new Date(startMs + minute * MINUTE).toISOString().replace('.000', '')},${minute >= 120 && minute < 180 ? 2_500 : 1_000}`,
    );
  return ['minute_utc,requests', ...rows].join('\n');
}

let directory: string;
const file = (name: string) => join(directory, name);
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'foretide-simulate-'));
  await writeFile(file('foretide.yaml'), CONFIG);
  await writeFile(file('events.yaml'), EVENTS);
  await writeFile(file('demand.csv'), demandCsv());
});
afterEach(() => rm(directory, { recursive: true }));

function simulate(...args: readonly string[]) {
  return runCli(['simulate', '--config', file('foretide.yaml'), '--demand', file('demand.csv'), ...args]);
}

describe('foretide simulate', () => {
  it('shows each policy of each workload, and what the figures rest on', async () => {
    const { exitCode, out, err } = await simulate('--coldstart', '8m');
    expect(exitCode).toBe(0);
    expect(err).toBe('');
    const lines = out.split('\n');
    expect(lines[0]).toBe(
      'Simulated Wed 10 Jun 2026 10:00 CEST to Wed 10 Jun 2026 16:00 CEST (2026-06-10T08:00:00Z to 2026-06-10T14:00:00Z)',
    );
    expect(out).toContain('chat: was it enough, and what did it cost?');
    expect(out).toContain('embed: was it enough, and what did it cost?');
    expect(lines.filter((line) => line.startsWith('KEDA alone'))).toHaveLength(2);
    expect(lines.find((line) => line.startsWith('Foretide'))).toMatch(/^Foretide +100\.00 % +100\.00 % +1\.\d\d +0 +\d+\.\d +\$\d+/);
    expect(out).toContain('chat: lead time: 19.1 min; of a single replica 13.1 min');
    expect(out).toContain('embed: bounds: min 1, max 100, assumed: the configuration has none');
  });

  it('leaves a ScaledJob out and says so; alone it is nothing to simulate', async () => {
    await writeFile(
      file('foretide.yaml'),
      CONFIG.replace('kind: ScaledObject, namespace: inference, name: embed', 'kind: ScaledJob, namespace: inference, name: embed'),
    );
    const { exitCode, out, err } = await simulate('--coldstart', '8m');
    expect(exitCode).toBe(0);
    expect(err).toBe('workload embed is left out: Jobs of a ScaledJob are not simulated.');
    expect(out).toContain('chat: was it enough');
    expect(out).not.toContain('embed');
    const alone = await simulate('--workload', 'embed');
    expect(alone.exitCode).toBe(2);
    expect(alone.err).toContain('no workload is left to simulate');
  });

  it('writes the bounds of every minute, and JSON for machines, the same each time', async () => {
    const run = async () => {
      const { out } = await simulate('--workload', 'chat', '--coldstart', '8m', '--decisions', file('out/decisions.csv'), '--json');
      return [out, await readFile(file('out/decisions.csv'), 'utf8')] as const;
    };
    const [out, csv] = await run();
    const rows = csv.trimEnd().split('\n');
    expect(rows).toHaveLength(361);
    expect(rows.slice(0, 2)).toEqual(['minute_utc,min,max', '2026-06-10T08:00:00Z,2,40']);
    // 12:00 in Paris, and 19.1 minutes before: the first whole minute after that is the 101st.
    expect([100, 101, 179, 181].map((minute) => rows[minute + 1]?.split(',')[1])).toEqual(['2', '30', '30', '10']);
    const report = JSON.parse(out);
    expect(report).toMatchObject({ from: '2026-06-10T08:00:00Z', to: '2026-06-10T14:00:00Z', warnings: [] });
    expect(report.workloads).toHaveLength(1);
    expect(report.workloads[0].events).toEqual([
      {
        name: 'launch',
        class: null,
        start: '2026-06-10T10:00:00Z',
        end: '2026-06-10T11:00:00Z',
        leadFrom: expect.stringMatching(/^2026-06-10T09:40/),
        floor: 30,
        learned: false,
        readyAtStart: 30,
        shortMinutes: 0,
      },
    ]);
    expect(report.workloads[0].policies[0]).toMatchObject({ name: 'Foretide', kind: 'foretide', eventAttainment: 1 });
    expect(report.workloads[0].policies[0].usd / report.workloads[0].policies[0].gpuHours).toBeCloseTo(1.861, 3);
    expect(await run()).toEqual([out, csv]);
  });

  it('writes a page, with Foretide at further settings where floors are learned', async () => {
    const page = file('out/simulation.html');
    expect((await simulate('--workload', 'chat', '--report', page)).err).toBe(`report: ${page}`);
    expect(await readFile(page, 'utf8')).not.toContain(' a miss');
    await writeFile(file('foretide.yaml'), CONFIG.replace('floor: 30', 'floor: learned, fallbackFloor: 20'));
    const { out } = await simulate('--workload', 'chat', '--report', page);
    const html = await readFile(page, 'utf8');
    expect(html).toMatch(/^<!doctype html>/i);
    for (const worth of ['$0.20', '$1.00', '$25.00']) {
      expect(out).toContain(`Foretide, ${worth} a miss `);
      expect(html).toContain(`Foretide, ${worth} a miss`);
    }
  });

  it('takes rows before --from as history, and a gap there as a warning', async () => {
    await writeFile(file('demand.csv'), demandCsv([10, 11]));
    const { exitCode, err, out } = await simulate('--from', '2026-06-10T11:00', '--to', '2026-06-10T14:00', '--coldstart', '8m');
    expect([exitCode, err]).toEqual([0, '2 minutes of history without a reading; nothing is learned from them, nor from what spans them.']);
    expect(out).toContain('(2026-06-10T09:00:00Z to 2026-06-10T12:00:00Z)');
  });

  it('takes minutes as an index from --start', async () => {
    await writeFile(file('demand.csv'), ['minute,requests', ...Array.from({ length: 60 }, (_, minute) => `${minute},500`)].join('\n'));
    const { exitCode, out } = await simulate('--start', '2026-06-10T12:00');
    expect(exitCode).toBe(0);
    expect(out).toContain('(2026-06-10T10:00:00Z to 2026-06-10T11:00:00Z)');
  });

  it('holds gaps where it is told to', async () => {
    await writeFile(file('demand.csv'), demandCsv([30]));
    expect(await simulate()).toMatchObject({
      exitCode: 2,
      err: 'demand.csv:32: 1 minute missing before this row, from 2026-06-10T08:30:00Z; add them, or let --gaps hold give them the reading before',
    });
    expect(await simulate('--gaps', 'hold')).toMatchObject({
      exitCode: 0,
      err: '1 minute of the period without a reading; the one before was held.',
    });
  });

  it('exits with 1 when something needs a look', async () => {
    await writeFile(file('foretide.yaml'), CONFIG.replace('floor: 30', 'floor: { times: 25 }'));
    const { exitCode, err } = await simulate('--workload', 'chat');
    expect(exitCode).toBe(1);
    expect(err).toContain('ScaledObject/inference/llama: the floor does not fit under max');
  });

  it.each<[string, readonly string[], string]>([
    ['a workload that is not there', ['--workload', 'nobody'], 'no workload is named nobody; the configuration has chat, embed'],
    ['decisions of several workloads', ['--decisions', 'x.csv'], '--decisions is about one workload: say which with --workload'],
    ['another way with gaps', ['--gaps', 'zero'], '--gaps can only be hold (got zero)'],
    ['a seed that is no number', ['--seed', 'x'], '--seed must be a whole number (got x)'],
    ['a cold start without a unit', ['--coldstart', '8'], '--coldstart 8 has no unit: write 8m for minutes, 8s for seconds, 8h for hours'],
    ['no cold start at all', ['--coldstart', '0m'], '--coldstart is 0: write how long, such as 8m'],
    [
      'a period that ends before it begins',
      ['--from', '2026-06-10T12:00', '--to', '2026-06-10T11:00'],
      '--to 2026-06-10T11:00 is not after --from 2026-06-10T12:00',
    ],
    ['half a minute', ['--from', '2026-06-10T12:00:30'], '--from must be a whole minute'],
    [
      'a period beyond the demand',
      ['--from', '2026-06-09'],
      'demand.csv: it has minutes from 2026-06-10T08:00:00Z to before 2026-06-10T14:00:00Z; the period is 2026-06-08T22:00:00Z',
    ],
    ['a page where a directory is', ['--report', '/'], "--report / can't be written"],
    ['a cold start of a year', ['--coldstart', '365d'], '--coldstart 365d is longer than 24h'],
    ['a file that is not there', ['--demand', '/nowhere/demand.csv'], "--demand /nowhere/demand.csv can't be read"],
  ])('refuses %s', async (_, args, message) => {
    const { exitCode, err } = await simulate(...args);
    expect(err).toContain(message);
    expect(exitCode).toBe(2);
  });
});
