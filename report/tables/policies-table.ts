import type { FrontierData } from '../frontier-data.ts';
import { renderOwnWords, renderTable, type TableColumn } from '../html.ts';
import type { SimulatedPolicy } from '../simulation.ts';
import { formatCount, formatGpuHours, formatMultiple, formatShare, formatUsd } from '../text.ts';
import { renderEmpty } from './cells.ts';

/** The frontier as rows: Foretide's settings first, each group by rising cost; what is not known says so. */
export function renderPoliciesTable({ workload, policies }: FrontierData, shownPolicy?: string): string {
  if (policies.length === 0) return renderEmpty('No policy was simulated.');
  const rows = policies.toSorted(
    (a, b) =>
      Number(a.kind === 'baseline') - Number(b.kind === 'baseline') ||
      (a.costMultiple ?? Number.POSITIVE_INFINITY) - (b.costMultiple ?? Number.POSITIVE_INFINITY),
  );
  const columns: readonly TableColumn<SimulatedPolicy>[] = [
    { head: 'Policy', cell: ({ name }) => `${renderOwnWords(name)}${name === shownPolicy ? '<small>shown below</small>' : ''}` },
    { head: 'Event minutes served', kind: 'number', cell: ({ eventAttainment }) => formatShare(eventAttainment) },
    { head: 'All minutes served', kind: 'number', cell: ({ allAttainment }) => formatShare(allAttainment) },
    { head: 'Cost, of exact need', kind: 'number', cell: ({ costMultiple }) => formatMultiple(costMultiple) },
    { head: 'Short replica-minutes', kind: 'number', cell: ({ shortReplicaMinutes }) => formatCount(shortReplicaMinutes) },
    { head: 'GPU-hours', kind: 'number', cell: ({ gpuHours }) => formatGpuHours(gpuHours) },
    { head: 'Cost', kind: 'number', cell: ({ usd }) => formatUsd(usd) },
  ];
  return renderTable(rows, columns, { caption: `${workload}: each policy over the whole period.`, narrow: 'stacked' });
}
