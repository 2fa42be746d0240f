import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { checkTimeline } from '../../bench/match-day/check-timeline.ts';
import { makeUpMatchDay } from '../../bench/match-day/match-day-data.ts';
import { runCli } from './run-cli.ts';

const MINUTE = 60_000;

it('run --twin over a match day: every floor in time, every release exact, the timeline printed', async () => {
  const { matches, demandCsv, peak } = makeUpMatchDay('2026-06-15');
  const directory = await mkdtemp(join(tmpdir(), 'foretide-match-day-'));
  try {
    const config = {
      clusters: [{ name: 'twin', region: 'us-east-1' }],
      workloads: [
        {
          name: 'site',
          target: { kind: 'ScaledObject', namespace: 'web', name: 'site' },
          bounds: { min: 2, max: 40 },
          replica: { capacity: { requestsPerMinute: Math.ceil(peak / 12) } },
          leadTime: { default: '12m' },
        },
      ],
      calendar: {
        events: matches.map(({ name, kickOffMs }) => ({
          name,
          workloads: ['site'],
          start: `${new Date(kickOffMs - 60 * MINUTE).toISOString().slice(0, 16)}Z`,
          end: `${new Date(kickOffMs + 200 * MINUTE).toISOString().slice(0, 16)}Z`,
          floor: 14,
        })),
      },
    };
    await writeFile(join(directory, 'foretide.yaml'), stringify(config));
    await writeFile(join(directory, 'demand.csv'), demandCsv);
    const { out } = await runCli([
      ...['run', '--twin', '--config', join(directory, 'foretide.yaml'), '--demand', join(directory, 'demand.csv')],
      ...['--from', '2026-06-15T12:00Z', '--to', '2026-06-16T00:00Z'],
    ]);
    const moves = [...out.matchAll(/\((\S+Z)\) {2}twin: 1 targets, 1 moved\n {2}\S+: min (\d+) → (\d+): (.*)/g)].map(
      ([, at = '', from, to, why = '']) => ({
        atMs: Date.parse(at),
        from: Number(from),
        to: Number(to),
        reason: why.includes('demand still needs') ? 'event-release-demand' : why,
        event: '',
      }),
    );
    const windows = matches.map(({ kickOffMs }) => ({ askMs: kickOffMs - 72 * MINUTE, endMs: kickOffMs + 200 * MINUTE }));
    expect(moves[0]).toMatchObject({ atMs: Date.parse('2026-06-15T14:18:00Z'), from: 2, to: 14 });
    expect(
      checkTimeline(moves, { windows, floor: 14, baselineMin: 2 }, Date.parse('2026-06-15T12:00Z'), Date.parse('2026-06-16T00:00Z')),
    ).toEqual([]);
    expect(moves.at(-1)?.to).toBe(2);
  } finally {
    await rm(directory, { recursive: true });
  }
});
