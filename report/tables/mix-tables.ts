import { CAPACITY_KINDS } from '../charts/mix-kinds.ts';
import { renderOwnWords, renderTable, type TableColumn } from '../html.ts';
import type { MixData, MixReading, MixWeights, Preemption } from '../mix-data.ts';
import { formatCount } from '../text.ts';
import { renderBounded, renderEmpty, renderInstant } from './cells.ts';

const MOST_ROWS = 500;

/** The mix as rows: GPUs over time, losses, weights. */
export function renderMixTables({ readings, preemptions, weights, timezone, poolGroup }: MixData): string {
  if (readings.length === 0) return renderEmpty('No reading in this period.');
  const readingColumns: readonly TableColumn<MixReading>[] = [
    { head: 'From', cell: ({ startMs }) => renderInstant(startMs, timezone) },
    { head: 'To', cell: ({ endMs }) => renderInstant(endMs, timezone) },
    ...CAPACITY_KINDS.toReversed().map(
      ({ name, read }): TableColumn<MixReading> => ({
        head: `GPUs, ${name}`,
        kind: 'number',
        cell: (reading) => formatCount(read(reading)),
      }),
    ),
  ];
  const lossColumns: readonly TableColumn<Preemption>[] = [
    { head: 'When', cell: ({ atMs }) => renderInstant(atMs, timezone) },
    { head: 'GPUs', kind: 'number', cell: ({ gpus }) => formatCount(gpus) },
    { head: 'Where', cell: ({ zone }) => (zone === null ? 'unknown' : renderOwnWords(zone)) },
  ];
  const weightColumns: readonly TableColumn<MixWeights>[] = [
    { head: 'From', cell: ({ startMs }) => renderInstant(startMs, timezone) },
    { head: 'To', cell: ({ endMs }) => renderInstant(endMs, timezone) },
    { head: 'Weights', cell: ({ pools }) => pools.map(({ pool, weight }) => `${renderOwnWords(pool)} ${formatCount(weight)}`).join(', ') },
    { head: 'Why', cell: ({ why }) => renderOwnWords(why) },
  ];
  const table = <Row>(rows: readonly Row[], columns: readonly TableColumn<Row>[], caption: string): string =>
    rows.length === 0 ? '' : renderBounded(rows, MOST_ROWS, (kept) => renderTable(kept, columns, { caption, narrow: 'stacked' }));
  return [
    table(readings, readingColumns, `${poolGroup}: GPUs by capacity.`),
    table(preemptions, lossColumns, 'GPUs taken back by the provider.'),
    table(weights, weightColumns, 'Weights of the pools, heaviest first.'),
  ]
    .filter((html) => html !== '')
    .join('\n');
}
