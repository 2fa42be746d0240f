import type { DemandSeries } from '../core/demand/demand-series.ts';
import { type DemandSignal, demandOfSamples, describeQuery } from '../core/signals/demand-signal.ts';
import { UNANSWERED } from '../core/signals/interpret.ts';
import { DAY_MS, type InstantMs, MINUTE_MS } from '../core/units/quantities.ts';
import type { MetricsSource } from '../ports/metrics-source.ts';

/** Small enough for one answer of every source; and every period of a source ends with the UTC day, so that none lies across two pages. */
const PAGE_MS = DAY_MS;

/** The history of a workload's signal, as its source keeps it. */
class HistoryError extends Error {
  override readonly name = 'HistoryError';
}

export type HistoryPage = {
  readonly series: DemandSeries;
  readonly warnings: readonly string[];
  readonly done: number;
  readonly pages: number;
};

/**
 * Demand in `[fromMs, toMs)` from the signal's own source, a UTC day a page, the earliest first, so that a long history needs no more memory than its page.
 *
 * @throws {HistoryError} when the source can't answer for a page: half a history looks like a whole one.
 */
export async function* pullHistory(
  metrics: MetricsSource,
  signal: DemandSignal,
  { fromMs, toMs, nowMs }: { readonly fromMs: InstantMs; readonly toMs: InstantMs; readonly nowMs: InstantMs },
): AsyncGenerator<HistoryPage> {
  const first = Math.floor(fromMs / PAGE_MS);
  const pages = Math.ceil(toMs / PAGE_MS) - first;
  for (let page = 0; page < pages; page += 1) {
    const pageMs = (first + page) * PAGE_MS;
    const window = { fromMs: Math.max(pageMs, fromMs), toMs: Math.min(pageMs + PAGE_MS, toMs), stepMs: MINUTE_MS };
    const [answer = UNANSWERED] = await metrics.read([signal.query], window);
    if (answer.kind === 'failed') throw new HistoryError(`${describeQuery(signal.query)}: ${answer.message}`);
    yield { series: demandOfSamples(answer.samples, signal, nowMs), warnings: answer.warnings, done: page + 1, pages };
  }
}
