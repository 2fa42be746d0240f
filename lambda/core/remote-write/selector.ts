import type { Config } from '../config/schema.ts';
import { isLike } from './glob.ts';
import { GPU_METRICS } from './gpu-metrics.ts';
import type { SeriesLabels, Wanted } from './received.ts';

/** The series of one metric that carry all of `match`; they are rolled up together. */
export type Selector = { readonly metric: string; readonly match?: Readonly<Record<string, string>> };

/** The same for selectors of the same series, however they are written; part of storage keys. */
export function selectorKey({ metric, match = {} }: Selector): string {
  return JSON.stringify([metric, Object.entries(match).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

export function isSelected({ match = {} }: Selector, { pairs }: SeriesLabels): boolean {
  return Object.entries(match).every(([name, value]) => labelOf(pairs, name) === value);
}

/** The value of a label among pairs; undefined when there is none. */
export function labelOf(pairs: readonly string[], name: string): string | undefined {
  for (let index = 0; index < pairs.length; index += 2) if (pairs[index] === name) return pairs[index + 1];
  return undefined;
}

/** Selectors by the metric that they read, each with its key. */
export type SelectorIndex = ReadonlyMap<string, readonly { readonly selector: Selector; readonly key: string }[]>;

export function indexSelectors(selectors: readonly Selector[]): SelectorIndex {
  const index = new Map<string, { readonly selector: Selector; readonly key: string }[]>();
  for (const selector of selectors) {
    index.set(selector.metric, [...(index.get(selector.metric) ?? []), { selector, key: selectorKey(selector) }]);
  }
  return index;
}

/** Every selector that workloads' demand names, once. */
export function selectorsOf({ workloads }: Config): Selector[] {
  const selectors = workloads.flatMap(({ demand }): Selector[] => {
    const written = demand?.remoteWrite;
    if (written === undefined) return [];
    return [written.match === undefined ? { metric: written.metric } : { metric: written.metric, match: written.match }];
  });
  return [...new Map(selectors.map((selector) => [selectorKey(selector), selector])).values()];
}

/**
 * What is wanted of a metric name: what a selector or the GPU metrics read of it, as long as `allow` has a pattern for it. Without `allow`
 * every name that a selector has is allowed, and no GPU metrics. A native histogram `x` is allowed by its own name too.
 */
export function makeWantedFinder(selectors: readonly Selector[], allow: readonly string[] | undefined): (metric: string) => Wanted {
  const read = new Set([...selectors.map(({ metric }) => metric), ...(allow === undefined ? [] : GPU_METRICS.keys())]);
  return (metric) => {
    const isAllowed = (name: string) =>
      read.has(name) && (allow?.some((pattern) => isLike(pattern, name) || isLike(pattern, metric)) ?? true);
    return { samples: isAllowed(metric), count: isAllowed(`${metric}_count`), sum: isAllowed(`${metric}_sum`) };
  };
}
