import type { LiveCluster, LiveState } from './live-state.ts';
import { formatLocalMinute, formatLocalTime, formatUtcMinute } from './local-time.ts';
import { formatPlural } from './text.ts';

const MINUTE_MS = 60_000;
/** Readings come once a minute; a slow one is not yet a missing one. */
const STALE_AFTER_MS = 2.5 * MINUTE_MS;

/** The instant that the page stands at: of a replay the simulated one, else the clock's. */
export function standingAt({ mode, nowMs, period }: LiveState, clockMs: number): number {
  return mode === 'replay' ? (nowMs ?? period?.fromMs ?? clockMs) : Math.max(clockMs, nowMs ?? 0);
}

/** Whether what is shown of a cluster is old, or was never read. */
export function isStale({ mode }: Pick<LiveState, 'mode'>, { readAtMs, readingFailure }: LiveCluster, nowMs: number): boolean {
  if (readingFailure !== null) return true;
  return mode !== 'replay' && readAtMs !== null && nowMs - readAtMs > STALE_AFTER_MS;
}

export type Standing = { readonly kind: 'ok' | 'bad' | 'plain'; readonly words: string };

/** How a cluster's readings and ticks stand, each in a sentence. */
export function describeStanding(state: LiveState, cluster: LiveCluster, nowMs: number): readonly Standing[] {
  const tick = describeTickStanding(state, cluster, nowMs);
  return [...describeReadingStanding(state, cluster, nowMs), ...(tick === undefined ? [] : [tick])];
}

function describeReadingStanding(state: LiveState, cluster: LiveCluster, nowMs: number): readonly Standing[] {
  const { timezone } = state;
  const { readAtMs, readingFailure, tick } = cluster;
  if (isStale(state, cluster, nowMs)) {
    const since = readAtMs === null ? 'No reading yet' : `No reading since ${clock(readAtMs, timezone)}`;
    // One outage is told once: the tick says why, too.
    const isToldBelow = readingFailure !== null && tick?.outcome === 'failed' && tick.failures.includes(readingFailure.why);
    return [{ kind: 'bad', words: readingFailure === null || isToldBelow ? `${since}.` : `${since}: ${readingFailure.why}` }];
  }
  if (readAtMs === null) return [{ kind: 'plain', words: 'No reading yet.' }];
  return state.mode === 'reading' ? [{ kind: 'ok', words: `Read at ${clock(readAtMs, timezone)}.` }] : [];
}

function describeTickStanding({ mode, timezone, ended }: LiveState, { tick }: LiveCluster, nowMs: number): Standing | undefined {
  if (tick === null) return mode === 'loop' ? { kind: 'plain', words: 'No tick yet.' } : undefined;
  const at = clock(tick.atMs, timezone);
  if (tick.outcome === 'failed') return { kind: 'bad', words: `The tick of ${at} failed: ${tick.failures.join('; ')}` };
  if (!ended && nowMs - tick.atMs > STALE_AFTER_MS) return { kind: 'bad', words: `No tick since ${at}.` };
  if (tick.outcome === 'skipped') return { kind: 'plain', words: `Tick of ${at}: another process holds the lease and does the work.` };
  return {
    kind: 'ok',
    words: `Tick of ${at}: ${tick.moved === 0 ? 'nothing had to move' : `${formatPlural(tick.moved, 'target')} moved`}.`,
  };
}

/** `Mon 30 Nov, 14:03 (2026-11-30 19:03 UTC)`: what the page stands at. */
export function renderNow(nowMs: number, timezone: string): string {
  return timezone === 'UTC' ? formatUtcMinute(nowMs) : `${formatLocalMinute(nowMs, timezone)} (${formatUtcMinute(nowMs)})`;
}

function clock(atMs: number, timezone: string): string {
  return timezone === 'UTC'
    ? `${formatLocalTime(atMs, timezone)} UTC`
    : `${formatLocalTime(atMs, timezone)} (${formatUtcMinute(atMs).slice(11)})`;
}
