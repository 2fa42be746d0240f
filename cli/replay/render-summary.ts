import { formatInZone } from '../../lambda/core/units/time.ts';
import type { ReplayReport, ReplaySummaryRow } from '../../report/replay.ts';
import { formatCount, formatGpuHours, formatMinutes, formatUsd } from '../../report/text.ts';
import { colors } from '../colors.ts';
import { renderTable } from '../output.ts';

/** Was it ready at the start? What did it cost, beside no pre-scaling? */
export function renderSummary({ timezone, summary, totals }: ReplayReport): string {
  return [
    colors.bold('Ready at the start?'),
    renderTable(
      ['EVENT', 'WORKLOAD', 'START', 'FLOOR', 'READY', 'READY WITHOUT', 'SHORT', 'SHORT WITHOUT'],
      summary.map((row) => eventRow(row, timezone)),
    ),
    '',
    colors.bold('What did it cost?'),
    renderTable(
      ['WORKLOAD', 'GPU-HOURS', 'WITHOUT', 'COST', 'WITHOUT', 'SHORT', 'WITHOUT'],
      totals.map((row) => [
        row.workload,
        formatGpuHours(row.gpuHours),
        formatGpuHours(row.gpuHoursWithout),
        formatUsd(row.usd),
        formatUsd(row.usdWithout),
        formatMinutes(row.shortMinutes),
        formatMinutes(row.shortMinutesWithout),
      ]),
    ),
  ].join('\n');
}

function eventRow(row: ReplaySummaryRow, timezone: string): string[] {
  const ready =
    row.readyAtStart !== null && row.readyAtStart >= row.floor
      ? colors.green(`${formatCount(row.readyAtStart)} ✓`)
      : colors.red(`${formatCount(row.readyAtStart)} ✗`);
  return [
    row.event,
    row.workload,
    formatInZone(row.startMs, timezone),
    formatCount(row.floor),
    ready,
    formatCount(row.readyAtStartWithout),
    formatMinutes(row.shortMinutes),
    formatMinutes(row.shortMinutesWithout),
  ];
}
