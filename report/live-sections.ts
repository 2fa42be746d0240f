import { describeProof } from './charts/calendar.ts';
import { escapeHtml, renderOwnWords, renderTable, type TableColumn } from './html.ts';
import { latestFigures } from './live-minutes.ts';
import { calendarPicture, drawnPeriod, listDrawn, timelinePicture } from './live-pictures.ts';
import type { LiveEvent } from './live-proof.ts';
import { describeStanding, renderNow } from './live-standing.ts';
import type { LiveDecision, LiveState, LiveWorkload } from './live-state.ts';
import { formatZone } from './local-time.ts';
import { renderNumbersTable } from './page-tables.ts';
import { renderCalendarTable } from './tables/calendar-table.ts';
import { renderEmpty, renderInstant } from './tables/cells.ts';
import { formatCount, formatElapsed, formatPlural } from './text.ts';

const DAY_MS = 86_400_000;
const MOST_EVENTS = 20;
const MOST_WORKLOADS = 500;
const MOST_DECISIONS = 50;
const MARKS = { ready: '✓ ', atRisk: '! ', missed: '✗ ', open: '' } as const;

/** A part of the page by the id of the element that it fills; `folded` ones are needed only while their details are open. */
export type LivePart = { readonly id: string; readonly folded: boolean; readonly render: () => string };

/** Every part of a live page that changes, except the pictures. */
export function listLiveParts(state: LiveState, nowMs: number): readonly LivePart[] {
  const part = (id: string, render: () => string, folded = false): LivePart => ({ id, folded, render });
  return [
    part('now', () => renderClock(state, nowMs)),
    part('standing', () => renderStanding(state, nowMs)),
    part('findings', () => renderFindings(state)),
    part('events-table', () => renderEvents(state, nowMs)),
    part('workloads-table', () => renderWorkloads(state)),
    part('decisions-table', () => renderDecisions(state)),
    part('calendar-numbers', () => renderCalendarTable(calendarPicture(state, nowMs).data), true),
    ...listDrawn(state).map((workload, index) => part(`workload-${index + 1}-numbers`, () => renderNumbers(state, workload, nowMs), true)),
  ];
}

/** A decision as it is read out once, when it comes. */
export function describeNews({ workload, words }: LiveDecision): string {
  return `${workload}: ${words}.`;
}

function renderClock({ mode, timezone, ended, period }: LiveState, nowMs: number): string {
  if (ended && period !== null)
    return `The replay is over. The whole day is shown, ${escapeHtml(formatZone(period.fromMs, period.toMs, timezone))}.`;
  const at = `<strong>${renderNow(nowMs, timezone)}</strong>`;
  const zone = escapeHtml(formatZone(nowMs, nowMs + 1, timezone));
  return mode === 'replay' ? `It is ${at} in this replay, ${zone}.` : `It is ${at}, ${zone}.`;
}

function renderStanding(state: LiveState, nowMs: number): string {
  return state.clusters
    .flatMap((cluster) =>
      describeStanding(state, cluster, nowMs).map(({ kind, words }) => {
        const text = kind === 'bad' ? `<span class="failed">${escapeHtml(words)}</span>` : escapeHtml(words);
        return `<p>${renderOwnWords(cluster.name)}: ${text}</p>`;
      }),
    )
    .join('');
}

function renderFindings({ clusters }: LiveState): string {
  const findings = clusters.flatMap((cluster) => cluster.findings);
  if (findings.length === 0) return '';
  const items = findings.map(
    ({ severity, title, advice }) =>
      `<li><strong>${severity === 'critical' ? 'Critical' : 'Warning'}: ${renderOwnWords(title)}.</strong> ${renderOwnWords(advice)}</li>`,
  );
  return `<div class="warning"><p>${formatPlural(findings.length, 'thing needs', 'things need')} a look</p><ul>${items.join('')}</ul></div>`;
}

type EventRow = LiveEvent & { readonly workload: string };

function renderEvents({ workloads, timezone, ended }: LiveState, nowMs: number): string {
  const rows = workloads
    .flatMap(({ workload, events }) => events.map((event): EventRow => ({ ...event, workload })))
    .filter(({ startMs, endMs }) => ended || (endMs > nowMs && startMs < nowMs + DAY_MS))
    .toSorted((a, b) => a.startMs - b.startMs || (a.workload < b.workload ? -1 : 1));
  if (rows.length === 0) return renderEmpty('No event runs, and none starts within 24 hours.');
  const columns: readonly TableColumn<EventRow>[] = [
    { head: 'Event', cell: ({ name }) => renderOwnWords(name) },
    { head: 'Workload', cell: ({ workload }) => renderOwnWords(workload) },
    { head: 'When', cell: (event) => describeWhen(event, nowMs) },
    { head: 'Starts', cell: ({ startMs }) => renderInstant(startMs, timezone) },
    { head: 'Lead', kind: 'number', cell: ({ startMs, leadFromMs }) => formatElapsed(startMs - leadFromMs) },
    { head: 'Floor', kind: 'number', cell: ({ floor }) => formatCount(floor) },
    { head: 'Is it ready?', cell: (event) => renderProof(event, nowMs) },
  ];
  const table = renderTable(rows.slice(0, MOST_EVENTS), columns, { caption: 'Events that run, and the next 24 hours.', narrow: 'stacked' });
  return rows.length > MOST_EVENTS
    ? `${table}<p class="note">And ${formatPlural(rows.length - MOST_EVENTS, 'more event')}: see the calendar.</p>`
    : table;
}

function describeWhen({ startMs, endMs, leadFromMs }: LiveEvent, nowMs: number): string {
  if (nowMs >= endMs) return 'is over';
  if (nowMs >= startMs) return `runs, ends in ${formatElapsed(endMs - nowMs)}`;
  return `starts in ${formatElapsed(startMs - nowMs)}${nowMs >= leadFromMs ? '<small>in its lead</small>' : ''}`;
}

function renderProof(event: LiveEvent, nowMs: number): string {
  const words = escapeHtml(describeProof(event));
  if (event.proof === 'open' && event.why !== null) return escapeHtml(event.why);
  if (event.proof === 'open') return nowMs < event.leadFromMs ? `asked for in ${formatElapsed(event.leadFromMs - nowMs)}` : words;
  return `<span class="${event.proof === 'ready' ? 'ok' : 'bad'}">${MARKS[event.proof]}</span>${words}`;
}

function renderWorkloads({ workloads, mode }: LiveState): string {
  if (workloads.length === 0) return renderEmpty('No workload is configured.');
  const figure =
    (read: 'need' | 'ready' | 'starting' | 'floor' | 'max') =>
    ({ minutes }: LiveWorkload): string => {
      const value = latestFigures(minutes)?.[read] ?? null;
      return value === null ? 'not read' : formatCount(value);
    };
  const columns: readonly TableColumn<LiveWorkload>[] = [
    {
      head: 'Workload',
      cell: ({ workload, condition }) =>
        `${renderOwnWords(workload)}${condition === null ? '' : `<span class="failed">${escapeHtml(condition)}</span>`}`,
    },
    { head: 'Needed by demand', kind: 'number', cell: figure('need') },
    { head: 'Ready', kind: 'number', cell: figure('ready') },
    { head: 'Starting', kind: 'number', cell: figure('starting') },
    ...(mode === 'replay'
      ? []
      : [
          {
            head: 'Replicas (HPA)',
            kind: 'number' as const,
            cell: ({ replicas }: LiveWorkload) => (replicas === null ? 'not read' : formatCount(replicas)),
          },
        ]),
    { head: 'Floor', kind: 'number', cell: figure('floor') },
    { head: 'Max', kind: 'number', cell: figure('max') },
  ];
  return renderTable(workloads.slice(0, MOST_WORKLOADS), columns, { caption: 'The latest reading, in replicas.', narrow: 'stacked' });
}

function renderDecisions({ decisions, timezone, mode }: LiveState): string {
  if (decisions.length === 0) {
    return renderEmpty(
      mode === 'reading' ? 'This page only reads the cluster; whoever runs the loop knows what was decided.' : 'Nothing had to move yet.',
    );
  }
  const columns: readonly TableColumn<LiveDecision>[] = [
    { head: 'When', cell: ({ atMs }) => renderInstant(atMs, timezone) },
    { head: 'Workload', cell: ({ workload }) => renderOwnWords(workload) },
    {
      head: 'What and why',
      cell: ({ words, applied }) =>
        `${renderOwnWords(words)}${applied === 'dry-run' ? '<small>dry run: not written</small>' : ''}${applied === 'failed' ? '<span class="failed">not written</span>' : ''}`,
    },
  ];
  return renderTable(decisions.slice(0, MOST_DECISIONS), columns, { caption: 'Newest first.', narrow: 'stacked' });
}

function renderNumbers(state: LiveState, workload: LiveWorkload, nowMs: number): string {
  const picture = timelinePicture(state, workload, nowMs);
  if (picture.kind !== 'timeline' || picture.data.columns.length === 0) return renderEmpty('No reading yet.');
  return renderNumbersTable(picture.data, { ...drawnPeriod(state, nowMs), timezone: state.timezone });
}
