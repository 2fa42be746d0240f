import { type InstantMs, MINUTE_MS, SECOND_MS } from '../units/quantities.ts';
import { GPU_METRICS, isUsable } from './gpu-metrics.ts';
import type { Counts, Received, ReceivedSeries } from './received.ts';
import { mergeMinutes, type Rollup, type SeriesMinute, startMinute } from './rollup.ts';
import { isSelected, labelOf, type SelectorIndex } from './selector.ts';
import { seriesKey } from './series-key.ts';

/** How far ahead of now a sample may be, as Prometheus' own receiver has it: clocks differ. */
export const AHEAD_MS = 10 * MINUTE_MS;

/** The label that names a group of replicas, and the one that names the replica. */
export type ReplicaLabels = { readonly group: string; readonly replica: string };

/** The group and replica that a series says it is of; undefined unless it has both labels. */
export function replicaOf(
  { labels: { pairs } }: ReceivedSeries,
  { group, replica }: ReplicaLabels,
): { group: string; replica: string } | undefined {
  const groupName = labelOf(pairs, group);
  const replicaName = labelOf(pairs, replica);
  return groupName === undefined || replicaName === undefined ? undefined : { group: groupName, replica: replicaName };
}

export type RollUpOptions = {
  readonly selectors: SelectorIndex;
  readonly nowMs: InstantMs;
  /** How late a sample may come. */
  readonly outOfOrderMs: number;
  readonly replicaLabels: ReplicaLabels;
  /** Whether the samples of this replica are taken. */
  readonly isElected: (group: string, replica: string) => boolean;
};

/** Whose samples a rollup's series are, for when the store can't take one of them. */
export type Contribution = { readonly rollup: Rollup; readonly counts: ReadonlyMap<string, Counts> };

export type RolledUp = {
  readonly contributions: readonly Contribution[];
  readonly tooOld: Counts;
  readonly tooNew: Counts;
  /** Left out since another replica is elected; they are taken nonetheless, since theirs are there. */
  readonly deduplicated: number;
  /** The last usable value of each GPU series, by metric and by the value of the group label. */
  readonly gpus: readonly { readonly metric: string; readonly group: string | undefined; readonly value: number }[];
};

/** The minutes of every selector that the samples of a request fall in. Samples without a usable value are taken and change nothing. */
export function rollUp({ series, timesMs, values }: Received, options: RollUpOptions): RolledUp {
  const { nowMs, outOfOrderMs, replicaLabels } = options;
  const building = new Map<string, Building>();
  const tooOld = { samples: 0, histograms: 0, exemplars: 0 };
  const tooNew = { samples: 0, histograms: 0, exemplars: 0 };
  const gpus: RolledUp['gpus'][number][] = [];
  let deduplicated = 0;
  for (const one of series) {
    const { labels, start, end, countsAs } = one;
    const sender = replicaOf(one, replicaLabels);
    if (sender !== undefined && !options.isElected(sender.group, sender.replica)) {
      deduplicated += end - start;
      continue;
    }
    const selectors = (options.selectors.get(labels.metric) ?? []).filter(({ selector }) => isSelected(selector, labels));
    const key = selectors.length === 0 ? '' : seriesKey(labels.pairs, replicaLabels.replica);
    let lastUsable: number | undefined;
    for (let index = start; index < end; index += 1) {
      const timeMs = timesMs[index] ?? 0;
      const value = values[index] ?? 0;
      if (timeMs < nowMs - outOfOrderMs || timeMs > nowMs + AHEAD_MS) {
        if (countsAs !== undefined) (timeMs > nowMs ? tooNew : tooOld)[countsAs] += 1;
        continue;
      }
      if (!isUsable(labels.metric, value)) continue;
      lastUsable = value;
      for (const selector of selectors) add(building, selector.key, key, timeMs, value, countsAs);
    }
    if (lastUsable !== undefined && GPU_METRICS.has(labels.metric)) {
      gpus.push({ metric: labels.metric, group: labelOf(labels.pairs, replicaLabels.group), value: lastUsable });
    }
  }
  const contributions = [...building.values()].map(({ selector, minuteMs, minutes, counts }) => ({
    rollup: { selector, minuteMs, series: minutes, isCut: false },
    counts,
  }));
  return { contributions, tooOld, tooNew, deduplicated, gpus };
}

type Building = {
  readonly selector: string;
  readonly minuteMs: InstantMs;
  readonly minutes: Map<string, SeriesMinute>;
  readonly counts: Map<string, { samples: number; histograms: number; exemplars: number }>;
};

function add(
  building: Map<string, Building>,
  selector: string,
  key: string,
  timeMs: InstantMs,
  value: number,
  countsAs: ReceivedSeries['countsAs'],
): void {
  const minuteMs = Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
  const place = `${minuteMs} ${selector}`;
  const found: Building = building.get(place) ?? { selector, minuteMs, minutes: new Map(), counts: new Map() };
  building.set(place, found);
  const minute = startMinute(timeMs, value, Math.floor((timeMs - minuteMs) / SECOND_MS));
  const known = found.minutes.get(key);
  found.minutes.set(key, known === undefined ? minute : mergeMinutes(known, minute));
  if (countsAs === undefined) return;
  const counts = found.counts.get(key) ?? { samples: 0, histograms: 0, exemplars: 0 };
  counts[countsAs] += 1;
  found.counts.set(key, counts);
}
