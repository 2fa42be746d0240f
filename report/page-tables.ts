import { gatherColumns } from './charts/minute-steps.ts';
import { sumReplay } from './headline.ts';
import { renderOwnWords, renderTable, type TableColumn } from './html.ts';
import type { ReplayDecisionRow, ReplayReport, ReplaySummaryRow, ReplayTotals } from './replay.ts';
import { renderBounded, renderEmpty, renderInstant } from './tables/cells.ts';
import { formatCount, formatGpuHours, formatMinutes, formatUsd } from './text.ts';
import type { Column, TimelineData } from './timeline-data.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MOST_EVENT_ROWS = 500;
const MOST_DECISION_ROWS = 500;
const MOST_NUMBER_ROWS = 120;
const NUMBER_STEPS = [15 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS, DAY_MS, 7 * DAY_MS] as const;

export function renderEventsTable({ summary, timezone }: ReplayReport): string {
  if (summary.length === 0) return renderEmpty('No events in this period, so nothing had to be ready ahead of time.');
  const rows = summary.toSorted((a, b) => a.startMs - b.startMs || (a.workload < b.workload ? -1 : 1));
  const columns: readonly TableColumn<ReplaySummaryRow>[] = [
    { head: 'Event', cell: ({ event }) => renderOwnWords(event) },
    { head: 'Workload', cell: ({ workload }) => renderOwnWords(workload) },
    { head: 'Starts', cell: ({ startMs }) => renderInstant(startMs, timezone) },
    { head: 'Ready at the start', cell: renderReadiness },
    { head: 'Short of replicas', kind: 'number', cell: renderShort },
    { head: 'GPU-hours', kind: 'number', cell: (row) => renderPair(formatGpuHours(row.gpuHours), row.gpuHoursWithout, formatGpuHours) },
    { head: 'Cost', kind: 'number', cell: (row) => renderPair(formatUsd(row.usd), row.usdWithout, formatUsd) },
  ];
  const caption = 'Each event, from its lead to its end. Overlapping events share hours, so these rows do not add up to the period.';
  return renderBounded(rows, MOST_EVENT_ROWS, (kept) => renderTable(kept, columns, { caption, narrow: 'stacked' }));
}

export function renderTotalsTable(report: ReplayReport): string {
  if (report.totals.length === 0) return renderEmpty('No workloads in this period.');
  const sums = sumReplay(report);
  const rows = report.totals.length === 1 ? report.totals : [...report.totals, { ...sums, workload: 'All workloads' }];
  const columns: readonly TableColumn<ReplayTotals>[] = [
    { head: 'Workload', cell: ({ workload }) => renderOwnWords(workload) },
    { head: 'Short of replicas', kind: 'number', cell: renderShort },
    { head: 'GPU-hours', kind: 'number', cell: (row) => renderPair(formatGpuHours(row.gpuHours), row.gpuHoursWithout, formatGpuHours) },
    { head: 'Cost', kind: 'number', cell: (row) => renderPair(formatUsd(row.usd), row.usdWithout, formatUsd) },
    { head: 'More than without', kind: 'number', cell: renderDifference },
  ];
  const caption = 'Each workload over the whole period, with pre-scaling and without.';
  return renderTable(rows, columns, { caption, narrow: 'stacked', withSum: rows.length > report.totals.length });
}

export function renderDecisionsTable({ decisions, timezone }: ReplayReport): string {
  if (decisions.length === 0) return renderEmpty('Nothing was changed in this period.');
  const rows = decisions.toSorted((a, b) => a.atMs - b.atMs || (a.workload < b.workload ? -1 : 1));
  const columns: readonly TableColumn<ReplayDecisionRow>[] = [
    { head: 'When', cell: ({ atMs }) => renderInstant(atMs, timezone) },
    { head: 'Workload', cell: ({ workload }) => renderOwnWords(workload) },
    { head: 'Floor', kind: 'number', cell: ({ fromMin, toMin }) => `${formatCount(fromMin)} → ${formatCount(toMin)}` },
    {
      head: 'Why',
      cell: ({ why }) => renderOwnWords(why),
    },
  ];
  const caption = 'Every change of a floor (minReplicaCount).';
  return renderBounded(rows, MOST_DECISION_ROWS, (kept) => renderTable(kept, columns, { caption, narrow: 'stacked' }));
}

/** The numbers of a workload's picture: for each stretch of time its worst minute. */
export function renderNumbersTable(
  data: TimelineData,
  { fromMs, toMs, timezone }: Pick<ReplayReport, 'fromMs' | 'toMs' | 'timezone'>,
): string {
  const stepMs =
    NUMBER_STEPS.find((step) => (toMs - fromMs) / step <= MOST_NUMBER_ROWS / 2) ??
    Math.ceil((toMs - fromMs) / MOST_NUMBER_ROWS / DAY_MS) * DAY_MS;
  const rows = gatherColumns(data.columns, fromMs, toMs, stepMs);
  const hasWithout = rows.some(({ readyWithout }) => readyWithout !== null);
  const columns: readonly TableColumn<Column>[] = [
    { head: 'From', cell: (row) => renderInstant(row.fromMs, timezone) },
    { head: `Demand, most (${data.unit})`, kind: 'number', cell: ({ demand }) => formatCount(demand) },
    { head: 'Needed, most', kind: 'number', cell: ({ need }) => formatCount(need) },
    { head: 'Ready, fewest', kind: 'number', cell: ({ ready }) => formatCount(ready) },
    ...(hasWithout
      ? [{ head: 'Ready without, fewest', kind: 'number' as const, cell: ({ readyWithout }: Column) => formatCount(readyWithout) }]
      : []),
    { head: 'Starting, most', kind: 'number', cell: ({ starting }) => formatCount(starting) },
    { head: 'Floor, highest', kind: 'number', cell: ({ floor }) => formatCount(floor) },
    { head: 'Short', kind: 'number', cell: ({ shortMinutes }) => formatMinutes(shortMinutes) },
  ];
  const caption = `${data.workload}: replicas in steps of ${formatMinutes(stepMs / MINUTE_MS)}, each with its worst minute.`;
  return renderTable(rows, columns, { caption, narrow: 'scrolled' });
}

function renderReadiness({ readyAtStart, readyAtStartWithout, floor }: ReplaySummaryRow): string {
  const figures = `${formatCount(readyAtStart)} of ${formatCount(floor)} ready`;
  const known =
    readyAtStart !== null && readyAtStart >= floor ? `<span class="ok">✓ ${figures}</span>` : `<span class="bad">✗ ${figures}</span>`;
  const verdict = readyAtStart === null ? `? not read (of ${formatCount(floor)})` : known;
  return `${verdict}${readyAtStartWithout === null ? '' : `<small>without: ${formatCount(readyAtStartWithout)}</small>`}`;
}

function renderShort({ shortMinutes, shortMinutesWithout }: Pick<ReplayTotals, 'shortMinutes' | 'shortMinutesWithout'>): string {
  const minutes = formatMinutes(shortMinutes);
  return renderPair(shortMinutes === 0 ? minutes : `<span class="bad">${minutes}</span>`, shortMinutesWithout, formatMinutes);
}

function renderPair(figure: string, without: number | null, format: (value: number) => string): string {
  return `${figure}${without === null ? '' : `<small>without: ${format(without)}</small>`}`;
}

function renderDifference({ gpuHours, gpuHoursWithout, usd, usdWithout }: ReplayTotals): string {
  if (gpuHoursWithout === null) return 'not replayed';
  const dollars = usd === null || usdWithout === null ? null : usd - usdWithout;
  return `${formatGpuHours(gpuHours - gpuHoursWithout)} GPU-hours<small>${formatUsd(dollars)}</small>`;
}
