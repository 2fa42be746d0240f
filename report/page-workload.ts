import { renderFigure } from './figure.ts';
import { escapeHtml, renderOwnWords } from './html.ts';
import { formatLocalTime } from './local-time.ts';
import { renderNumbersTable } from './page-tables.ts';
import type { ReplayReport, WorkloadReplay } from './replay.ts';
import { renderEmpty } from './tables/cells.ts';
import { formatCount, formatPlural } from './text.ts';
import { timelineOfReplay } from './timeline-data.ts';

/** One workload: its picture and its numbers. */
export function renderWorkload(replay: WorkloadReplay, index: number, report: ReplayReport): string {
  const id = `workload-${index + 1}`;
  const heading = `<h2 id="${id}">${renderOwnWords(replay.workload)}</h2>\n<p class="note">${describeWorkload(replay, report.timezone)}</p>`;
  if (replay.minutes.length === 0) return `${heading}\n${renderEmpty('No reading of this workload in this period.')}`;
  const { fromMs, toMs, timezone } = report;
  const data = timelineOfReplay(replay);
  return [
    heading,
    renderFigure({ kind: 'timeline', timezone, fromMs, toMs, data }, `${id}-picture`),
    `<details><summary>The numbers of this picture</summary>${renderNumbersTable(data, report)}</details>`,
  ].join('\n');
}

function describeWorkload(replay: WorkloadReplay, timezone: string): string {
  const unit = escapeHtml(replay.unit);
  const serves =
    replay.capacityPerReplica === null
      ? 'What one replica serves is not configured.'
      : `One replica serves ${formatCount(replay.capacityPerReplica)} ${unit}.`;
  const known = replay.minutes.flatMap(({ minuteMs, demand, needReplicas: need }) => (demand === null ? [] : [{ minuteMs, demand, need }]));
  const [first] = known;
  if (first === undefined) return `${serves} No reading of its demand.`;
  const peak = known.reduce((best, each) => (each.demand > best.demand ? each : best), first);
  const needs = peak.need === null ? '' : `, which needs ${formatPlural(peak.need, 'replica')}`;
  return `${serves} Demand peaked at ${formatCount(peak.demand)} ${unit} at ${formatLocalTime(peak.minuteMs, timezone)}${needs}.`;
}
