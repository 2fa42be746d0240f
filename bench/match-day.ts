/**
 * A match day: kick-off times become a calendar (kick-off − 60 min to + 200 min), request counts the demand, and
 * `foretide run --twin` runs over the day. Prints the timeline and checks that every floor came at start − lead
 * and every release at the end. Uses the World Cup 1998 traces from ../shared/data when they are there, otherwise
 * a made-up day. Usage: npm run bench -- match-day
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { DAY_MS, MINUTE_MS } from '../lambda/core/units/quantities.ts';
import { formatUtc } from '../lambda/core/units/time.ts';
import { checkTimeline, type Expected, type Move } from './match-day/check-timeline.ts';
import { type MatchDay, makeUpMatchDay, readMatchDay } from './match-day/match-day-data.ts';

const execute = promisify(execFile);

const LEAD_MINUTES = 12;
const BASELINE_MIN = 2;
const FLOOR = 14;
/** One replica serves this share of the day's peak, so that the floor covers it with some headroom. */
const REPLICAS_AT_PEAK = 12;

const traces = fileURLToPath(new URL('../../shared/data/demand/worldcup98/', import.meta.url));
const day = process.env.MATCH_DAY ?? '1998-06-15';
const matchDay: MatchDay = existsSync(traces) ? await readMatchDay(traces, day) : makeUpMatchDay(day);

const directory = await mkdtemp(join(tmpdir(), 'foretide-match-day-'));
try {
  const fromMs = Date.parse(`${day}T00:00:00Z`);
  await writeFile(
    join(directory, 'events.yaml'),
    stringify({
      events: matchDay.matches.map(({ name, kickOffMs }) => ({
        name,
        workloads: ['site'],
        start: formatUtc(kickOffMs - 60 * MINUTE_MS),
        end: formatUtc(kickOffMs + 200 * MINUTE_MS),
        floor: FLOOR,
      })),
    }),
  );
  await writeFile(
    join(directory, 'foretide.yaml'),
    stringify({
      version: 1,
      clusters: [{ name: 'twin', region: 'us-east-1' }],
      workloads: [
        {
          name: 'site',
          target: { kind: 'ScaledObject', namespace: 'web', name: 'site' },
          replica: { gpus: 1, instanceType: 'g6.xlarge', capacity: { requestsPerMinute: Math.ceil(matchDay.peak / REPLICAS_AT_PEAK) } },
          bounds: { min: BASELINE_MIN, max: 40 },
          leadTime: { default: `${LEAD_MINUTES}m` },
        },
      ],
      calendar: { sources: [{ file: 'events.yaml' }] },
    }),
  );
  await writeFile(join(directory, 'demand.csv'), matchDay.demandCsv);

  const startedMs = performance.now();
  const stdout = await outputOf(process.execPath, [
    fileURLToPath(new URL('../bin/foretide.ts', import.meta.url)),
    ...['run', '--twin', '--json', '--config', join(directory, 'foretide.yaml'), '--demand', join(directory, 'demand.csv')],
    ...['--from', formatUtc(fromMs), '--to', formatUtc(fromMs + DAY_MS)],
  ]);
  const lines = stdout.split('\n').filter((line) => line !== '');
  const moves: Move[] = lines.flatMap((line) => {
    const tick = JSON.parse(line);
    if (tick.outcomes === undefined) return [];
    return tick.outcomes.map((outcome: { from: { min: number }; to: { min: number }; reason: string; evidence: { summary: string } }) => ({
      atMs: Date.parse(tick.now),
      from: outcome.from.min,
      to: outcome.to.min,
      reason: outcome.reason,
      event: outcome.evidence.summary,
    }));
  });
  console.log(
    `${matchDay.source}, ${day}: ${matchDay.matches.length} matches, floor ${FLOOR}, baseline ${BASELINE_MIN}, lead ${LEAD_MINUTES} min`,
  );
  for (const { atMs, from, to, reason, event } of moves)
    console.log(`${formatUtc(atMs)}  ${String(from).padStart(2)} → ${String(to).padStart(2)}  ${reason.padEnd(22)} ${event}`);

  const expected: Expected = {
    windows: matchDay.matches.map(({ kickOffMs }) => ({
      askMs: kickOffMs - (60 + LEAD_MINUTES) * MINUTE_MS,
      endMs: kickOffMs + 200 * MINUTE_MS,
    })),
    floor: FLOOR,
    baselineMin: BASELINE_MIN,
  };
  const wrong = checkTimeline(moves, expected, fromMs, fromMs + DAY_MS);
  for (const line of wrong) console.error(`WRONG: ${line}`);
  console.log(
    `${wrong.length === 0 ? 'every floor in time, every release exact' : `${wrong.length} wrong`}; ${((performance.now() - startedMs) / 1000).toFixed(1)} s`,
  );
  process.exitCode = wrong.length === 0 ? 0 : 1;
} finally {
  await rm(directory, { recursive: true });
}

/** What a command prints; exit code 1 says that it found something (a replica that was late), which is no failure here. */
async function outputOf(command: string, args: readonly string[]): Promise<string> {
  try {
    return (await execute(command, args)).stdout;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 1 && 'stdout' in error) return String(error.stdout);
    throw error;
  }
}
