import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { parseConfig } from '../../lambda/core/config/parse.ts';
import type { Config } from '../../lambda/core/config/schema.ts';
import { DAY_MS, HOUR_MS, type InstantMs, MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import { formatUtc } from '../../lambda/core/units/time.ts';
import { createRandom } from '../../sim/random.ts';
import { type CheckedTrace, checkTrace, parseDemandTrace } from '../../sim/simulate/demand-trace.ts';

/** Demand with the calendar that goes with it. */
export type BenchTrace = {
  readonly name: string;
  /** Where it is from, in a sentence. */
  readonly source: string;
  readonly config: Config;
  readonly trace: CheckedTrace;
  readonly fromMs: InstantMs;
  readonly toMs: InstantMs;
};

export type BenchEvent = { readonly name: string; readonly startMs: InstantMs };

const EVENT_HOURS = 3;

/** One workload, and learned events of one class. */
function makeBenchConfig(capacity: number, events: readonly BenchEvent[], workloads = 1): Config {
  const names = Array.from({ length: workloads }, (_, index) => (workloads === 1 ? 'site' : `site-${index + 1}`));
  const text = stringify({
    clusters: [{ name: 'bench', region: 'us-east-1' }],
    workloads: names.map((name) => ({
      name,
      target: { kind: 'ScaledObject', namespace: 'bench', name },
      replica: { gpus: 1, instanceType: 'g6e.xlarge', capacity: { requestsPerMinute: capacity } },
      bounds: { min: 1, max: 200 },
    })),
    calendar: {
      events: events.map(({ name, startMs }) => ({
        name,
        class: 'match',
        workloads: names,
        start: formatUtc(startMs),
        duration: `${EVENT_HOURS}h`,
        floor: 'learned',
      })),
    },
  });
  return parseConfig(text, 'bench.yaml').config;
}

const SHARED = fileURLToPath(new URL('../../../shared/data/demand/', import.meta.url));

/** The public traces that lie beside the repository; none where they don't. */
export async function readPublicTraces(): Promise<BenchTrace[]> {
  return existsSync(SHARED) ? [await readWorldCup(), await readTwitter()] : [];
}

async function readWorldCup(): Promise<BenchTrace> {
  const matches = (await readFile(`${SHARED}worldcup98/matches.csv`, 'utf8')).trim().split('\n').slice(1);
  const events = matches.map((line, index) => ({ name: `match-${index + 1}`, startMs: Date.parse(line.split(',')[0] ?? '') }));
  const whole = parseDemandTrace(
    await readFile(`${SHARED}worldcup98/requests-per-minute.csv`, 'utf8'),
    'requests-per-minute.csv',
    undefined,
  );
  const fromMs = Date.parse('1998-06-10T00:00:00Z');
  const toMs = whole.series.startMs + whole.series.values.length * MINUTE_MS;
  return {
    name: 'World Cup 1998',
    source:
      'requests to the site of the 1998 World Cup, scored from 10 June; 48 matches of the group stage, 4,000 requests a minute a replica',
    config: makeBenchConfig(4_000, events),
    trace: checkTrace(whole, fromMs, toMs, false),
    fromMs,
    toMs,
  };
}

async function readTwitter(): Promise<BenchTrace> {
  const startMs = Date.parse('2021-01-01T00:00:00Z');
  const whole = parseDemandTrace(
    await readFile(`${SHARED}twitter-2021/requests-per-minute.csv`, 'utf8'),
    'requests-per-minute.csv',
    startMs,
  );
  const toMs = startMs + whole.series.values.length * MINUTE_MS;
  return {
    name: 'Twitter 2021',
    source:
      'a stream of 15 days without known events, the control: nothing on the calendar, so nothing but KEDA moves; 300 a minute a replica',
    config: makeBenchConfig(300, []),
    trace: checkTrace(whole, startMs, toMs, true),
    fromMs: startMs,
    toMs,
  };
}

const GENERATED_START_MS = Date.parse('2026-05-01T00:00:00Z');
const HISTORY_DAYS = 14;
const KICK_OFF_HOURS = [13, 16, 20];

/**
 * Made-up match days for whoever has no public traces: a daily wave, two or three matches a day that double to
 * quintuple the demand over an hour and peak near their end, and noise that lasts some minutes. The same seed gives
 * the same trace.
 */
export function generateTrace(minutes: number, seed: string, workloads = 1): BenchTrace {
  const random = createRandom(seed);
  const fromMs = GENERATED_START_MS + HISTORY_DAYS * DAY_MS;
  const toMs = fromMs + minutes * MINUTE_MS;
  const matches = listMatches(fromMs, toMs, random.uniform);
  const total = (toMs - GENERATED_START_MS) / MINUTE_MS;
  const values = new Float64Array(total);
  let noise = 0;
  for (let minute = 0; minute < total; minute += 1) {
    const atMs = GENERATED_START_MS + minute * MINUTE_MS;
    const hour = (atMs % DAY_MS) / HOUR_MS;
    const wave = 20_000 * (1 + 0.6 * Math.sin(((hour - 10) / 24) * 2 * Math.PI));
    noise = 0.97 * noise + 0.012 * (random.uniform() - 0.5);
    const lift = matches.reduce((sum, match) => sum + liftOf(match, atMs), 0);
    values[minute] = Math.round(wave * (1 + lift) * (1 + noise));
  }
  return {
    name: 'Generated match days',
    source: `made up by the bench, seed ${seed}: ${matches.length} matches over ${Math.round(minutes / 1_440)} days, 4,000 requests a minute a replica`,
    config: makeBenchConfig(4_000, matches, workloads),
    trace: { series: { startMs: GENERATED_START_MS, values }, warnings: [] },
    fromMs,
    toMs,
  };
}

type Match = BenchEvent & { readonly size: number };

function listMatches(fromMs: InstantMs, toMs: InstantMs, uniform: () => number): Match[] {
  const matches: Match[] = [];
  for (let dayMs = fromMs; dayMs + DAY_MS <= toMs; dayMs += DAY_MS) {
    for (const hour of KICK_OFF_HOURS) {
      if (uniform() < 0.2) continue;
      matches.push({ name: `match-${matches.length + 1}`, startMs: dayMs + hour * HOUR_MS, size: 1 + 3 * uniform() });
    }
  }
  return matches;
}

/** What a match adds to the demand, as a share: from half an hour before it, highest two hours in, gone half an hour later. */
function liftOf({ startMs, size }: Match, atMs: InstantMs): number {
  const minute = (atMs - startMs) / MINUTE_MS;
  if (minute < -30 || minute >= 150) return 0;
  if (minute < 30) return size * 0.6 * ((minute + 30) / 60);
  if (minute < 120) return size * (0.6 + 0.4 * ((minute - 30) / 90));
  return size * (1 - (minute - 120) / 30);
}
