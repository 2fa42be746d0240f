import { renderOwnWords, renderTable, type TableColumn } from '../html.ts';
import type { SpendByWorkload, SpendData, SpendReading, SpendStage } from '../spend-data.ts';
import { formatShare, formatUsd } from '../text.ts';
import { renderBounded, renderEmpty, renderInstant } from './cells.ts';

const MOST_ROWS = 500;
const MOST_READINGS = 62;

/** The spend picture as rows: readings and forecast, stages, actions by their number, workloads. */
export function renderSpendTables(data: SpendData): string {
  return [renderAmounts(data), renderStages(data), renderActions(data), renderWorkloads(data)].filter((html) => html !== '').join('\n');
}

type AmountRow = { readonly atMs: number; readonly spent: SpendReading['usd'] | undefined; readonly range: string };

function renderAmounts({ spent, forecast, capUsd, timezone }: SpendData): string {
  const every = Math.max(1, Math.ceil(spent.length / MOST_READINGS));
  const rows: readonly AmountRow[] = [
    ...spent.filter((_, index) => (spent.length - 1 - index) % every === 0).map(({ atMs, usd }) => ({ atMs, spent: usd, range: '' })),
    ...forecast.map(({ atMs, lowUsd, likelyUsd, highUsd }) => ({
      atMs,
      spent: undefined,
      range: `${formatUsd(likelyUsd)} (${formatUsd(lowUsd)} to ${formatUsd(highUsd)})`,
    })),
  ];
  if (rows.length === 0) return renderEmpty('No reading in this period.');
  const columns: readonly TableColumn<AmountRow>[] = [
    { head: 'When', cell: ({ atMs }) => renderInstant(atMs, timezone) },
    {
      head: 'Spent',
      kind: 'number',
      cell: ({ spent: usd }) => (usd === undefined ? 'to come' : usd === null ? 'no reading' : formatUsd(usd)),
    },
    {
      head: 'Of the cap',
      kind: 'number',
      cell: ({ spent: usd }) => (capUsd === null ? 'no cap' : usd === undefined || usd === null ? '' : formatShare(usd / capUsd)),
    },
    { head: 'Forecast', kind: 'number', cell: ({ range }) => range },
  ];
  const thinned = every === 1 ? '' : ` One reading in ${every} is shown.`;
  return renderTable(rows, columns, { caption: `Spent since the period began, and the forecast.${thinned}`, narrow: 'stacked' });
}

function renderStages({ stages, capUsd }: SpendData): string {
  if (stages.length === 0) return '';
  const columns: readonly TableColumn<SpendStage>[] = [
    { head: 'Of the cap', cell: ({ share }) => formatShare(share) },
    { head: 'Amount', kind: 'number', cell: ({ share }) => (capUsd === null ? 'no cap' : formatUsd(share * capUsd)) },
    { head: 'What it does', cell: ({ does }) => renderOwnWords(does) },
  ];
  return renderTable(stages, columns, { caption: 'The stages of the ladder.', narrow: 'stacked' });
}

function renderActions({ actions, timezone }: SpendData): string {
  if (actions.length === 0) return '';
  const rows = actions.toSorted((a, b) => a.atMs - b.atMs).map((action, index) => ({ ...action, number: index + 1 }));
  const columns: readonly TableColumn<(typeof rows)[number]>[] = [
    { head: 'Number', cell: ({ number }) => String(number) },
    { head: 'When', cell: ({ atMs }) => renderInstant(atMs, timezone) },
    { head: 'What was done', cell: ({ what }) => renderOwnWords(what) },
  ];
  return renderBounded(rows, MOST_ROWS, (kept) =>
    renderTable(kept, columns, { caption: 'What was done, by the number in the picture.', narrow: 'stacked' }),
  );
}

function renderWorkloads({ workloads }: SpendData): string {
  if (workloads.length === 0) return '';
  const rows = workloads.toSorted((a, b) => (b.usd ?? -1) - (a.usd ?? -1));
  const columns: readonly TableColumn<SpendByWorkload>[] = [
    { head: 'Workload', cell: ({ workload }) => renderOwnWords(workload) },
    { head: 'Spent', kind: 'number', cell: ({ usd }) => formatUsd(usd) },
  ];
  return renderBounded(rows, MOST_ROWS, (kept) => renderTable(kept, columns, { caption: 'Spent by workload, so far.', narrow: 'stacked' }));
}
