import type { ReplayReport, ReplayTotals } from './replay.ts';
import { formatCount, formatGpuHours, formatMinutes, formatPlural, formatUsd } from './text.ts';

/** A piece of the headline; `explainedBy` names what says how its figure was computed. */
export type HeadlinePart = { readonly text: string; readonly explainedBy?: 'ready' | 'short' | 'cost' };

/** What a whole replay comes to; `null` is not known, or not replayed. */
export type ReplaySums = {
  readonly events: number;
  readonly ready: number;
  /** Events whose start was not read. */
  readonly notRead: number;
  readonly readyWithout: number | null;
  readonly shortMinutes: number;
  readonly shortMinutesWithout: number | null;
  readonly gpuHours: number;
  readonly gpuHoursWithout: number | null;
  readonly usd: number | null;
  readonly usdWithout: number | null;
  /** Workloads whose price nobody knows. */
  readonly unpriced: readonly string[];
};

/** Adds up the rows of a report; a sum with an unknown in it is unknown. */
export function sumReplay({ summary, totals }: Pick<ReplayReport, 'summary' | 'totals'>): ReplaySums {
  const sum = (read: (row: ReplayTotals) => number | null): number | null => sumKnown(totals.map(read));
  return {
    events: summary.length,
    ready: summary.filter(({ readyAtStart, floor }) => readyAtStart !== null && readyAtStart >= floor).length,
    notRead: summary.filter(({ readyAtStart }) => readyAtStart === null).length,
    readyWithout: sumKnown(summary.map((row) => (row.readyAtStartWithout === null ? null : Number(row.readyAtStartWithout >= row.floor)))),
    shortMinutes: totals.reduce((total, { shortMinutes }) => total + shortMinutes, 0),
    shortMinutesWithout: sum((row) => row.shortMinutesWithout),
    gpuHours: totals.reduce((total, { gpuHours }) => total + gpuHours, 0),
    gpuHoursWithout: sum((row) => row.gpuHoursWithout),
    usd: sum((row) => row.usd),
    usdWithout: sum((row) => row.usdWithout),
    unpriced: totals.filter(({ usd }) => usd === null).map(({ workload }) => workload),
  };
}

/** The one answer in plain words, e.g. "Ready at the start of 5 of 5 events; without pre-scaling 1 of 5. It cost 12.4 GPU-hours more ($23.10)." */
export function composeHeadline(report: Pick<ReplayReport, 'summary' | 'totals'>): readonly HeadlinePart[] {
  const sums = sumReplay(report);
  return [...composeReadiness(sums), ...(report.totals.length === 0 ? [] : [{ text: ' ' }, ...composeCost(sums)])];
}

/** {@link composeHeadline} as one string, for a terminal. */
export function renderHeadlineText(report: Pick<ReplayReport, 'summary' | 'totals'>): string {
  return composeHeadline(report)
    .map(({ text }) => text)
    .join('');
}

function composeReadiness({
  events,
  ready,
  notRead,
  readyWithout,
  shortMinutes,
  shortMinutesWithout,
}: ReplaySums): readonly HeadlinePart[] {
  if (events === 0) return [{ text: 'No events in this period.' }];
  const without: readonly HeadlinePart[] =
    readyWithout === null
      ? []
      : [{ text: '; without pre-scaling ' }, { text: `${formatCount(readyWithout)} of ${formatCount(events)}`, explainedBy: 'ready' }];
  return [
    { text: 'Ready at the start of ' },
    { text: `${formatCount(ready)} of ${formatPlural(events, 'event')}`, explainedBy: 'ready' },
    ...(notRead === 0 ? [] : [{ text: ` (${formatCount(notRead)} not read)` }]),
    ...without,
    { text: '. ' },
    ...composeShortfall(shortMinutes, shortMinutesWithout),
  ];
}

function composeShortfall(shortMinutes: number, shortMinutesWithout: number | null): readonly HeadlinePart[] {
  const short: HeadlinePart = { text: formatMinutes(shortMinutes), explainedBy: 'short' };
  if (shortMinutesWithout === null) return [{ text: 'Short of replicas for ' }, short, { text: '.' }];
  return [
    { text: 'Short of replicas for ' },
    short,
    { text: ' instead of ' },
    { ...short, text: formatMinutes(shortMinutesWithout) },
    { text: '.' },
  ];
}

function composeCost({ gpuHours, gpuHoursWithout, usd, usdWithout, unpriced }: ReplaySums): readonly HeadlinePart[] {
  if (gpuHoursWithout === null) {
    return [
      { text: 'It used ' },
      { text: `${formatGpuHours(gpuHours)} GPU-hours (${priceOf(usd, unpriced)})`, explainedBy: 'cost' },
      { text: '.' },
    ];
  }
  const moreHours = gpuHours - gpuHoursWithout;
  const hours = formatGpuHours(Math.abs(moreHours));
  if (!/[1-9]/.test(hours)) return [{ text: 'It cost ' }, { text: 'no GPU-hours more', explainedBy: 'cost' }, { text: '.' }];
  const moreUsd = usd === null || usdWithout === null ? null : Math.abs(usd - usdWithout);
  const figure = `${hours} GPU-hours ${moreHours < 0 ? 'less' : 'more'} (${priceOf(moreUsd, unpriced)})`;
  return [{ text: 'It cost ' }, { text: figure, explainedBy: 'cost' }, { text: '.' }];
}

function priceOf(usd: number | null, unpriced: readonly string[]): string {
  if (usd !== null || unpriced.length === 0 || unpriced.length > 3) return formatUsd(usd);
  return `price unknown for ${unpriced.join(', ')}`;
}

function sumKnown(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>((sum, value) => (sum === null || value === null ? null : sum + value), 0);
}
