import type { ChartSize } from './charts/chart.ts';
import { buildEventTimeline } from './charts/event-timeline.ts';
import { escapeHtml, renderOwnWords } from './html.ts';
import { formatLocalTime } from './local-time.ts';
import { renderEmpty, renderNumbersTable } from './page-tables.ts';
import { PALETTE } from './palette.ts';
import type { ReplayReport, WorkloadReplay } from './replay.ts';
import { renderSvg } from './svg.ts';
import { formatCount, formatPlural } from './text.ts';

const SIZES: readonly ChartSize[] = ['wide', 'medium', 'narrow'];

/** One workload: its picture in three sizes of which the page shows one, what the picture's marks mean, and its numbers. */
export function renderWorkload(replay: WorkloadReplay, index: number, report: ReplayReport): string {
  const id = `workload-${index + 1}`;
  const heading = `<h2 id="${id}">${renderOwnWords(replay.workload)}</h2>\n<p class="note">${describeWorkload(replay, report.timezone)}</p>`;
  if (replay.minutes.length === 0) return `${heading}\n${renderEmpty('No reading of this workload in this period.')}`;
  const drawings = SIZES.map((size) => {
    const chart = buildEventTimeline(replay, { fromMs: report.fromMs, toMs: report.toMs, timezone: report.timezone, size });
    return `<div class="${size}">${renderSvg(chart, `${id}-${size}`)}</div>`;
  });
  return [
    heading,
    `<figure>${drawings.join('\n')}<figcaption>${renderKey(replay)}</figcaption></figure>`,
    `<details><summary>The numbers of this picture</summary>${renderNumbersTable(replay, report)}</details>`,
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

type KeyEntry = { readonly drawing: string; readonly words: string };

/** What the marks mean; on the picture itself lines are named where they end. */
function renderKey({ baselineMinutes, events }: WorkloadReplay): string {
  const entries: readonly KeyEntry[] = [
    { drawing: area('need', 0.28), words: 'needed by demand' },
    { drawing: line('ready', 'stroke-width="2.5"'), words: 'ready' },
    { drawing: line('floor', 'stroke-width="2" stroke-dasharray="7 4"'), words: 'floor' },
    { drawing: area('starting', 0.45), words: 'starting' },
    { drawing: `${area('short', 0.5)}${hatch()}`, words: 'short: needed and not ready' },
    ...(baselineMinutes === undefined
      ? []
      : [{ drawing: line('without', 'stroke-width="1.5" stroke-dasharray="2 3"'), words: 'ready without pre-scaling' }]),
    ...(events.length === 0 ? [] : [{ drawing: bracket(), words: 'event, its lead in brackets before it' }]),
  ];
  const items = entries.map(
    ({ drawing, words }) =>
      `<li><svg class="ft-chart" viewBox="0 0 26 12" aria-hidden="true" focusable="false">${drawing}</svg>${words}</li>`,
  );
  return `<ul class="key">${items.join('')}</ul>`;
}

function line(colour: keyof typeof PALETTE, attributes: string): string {
  return `<path d="M0 6H26" fill="none" stroke="${PALETTE[colour].light}" ${attributes}/>`;
}

function area(colour: keyof typeof PALETTE, opacity: number): string {
  return `<rect width="26" height="12" fill="${PALETTE[colour].light}" fill-opacity="${opacity}"/>`;
}

function hatch(): string {
  return `<path d="M0 12L12 0M7 12L19 0M14 12L26 0" fill="none" stroke="${PALETTE.short.light}" stroke-width="2"/>`;
}

function bracket(): string {
  return (
    `<path d="M4 1H1V11H4M1 6H10" fill="none" stroke="${PALETTE.ink.light}"/>` +
    `<rect x="10" y="1" width="15" height="10" fill="${PALETTE.floor.light}" fill-opacity=".28" stroke="${PALETTE.floor.light}"/>`
  );
}
