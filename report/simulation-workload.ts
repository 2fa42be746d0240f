import type { CalendarData } from './calendar-data.ts';
import { proofOf } from './calendar-of-replay.ts';
import { listTimelineKey } from './charts/timeline-series.ts';
import { renderFigure } from './figure.ts';
import { escapeHtml, renderOwnWords } from './html.ts';
import { renderKey } from './key.ts';
import { formatLocalMinute, readWallTime } from './local-time.ts';
import { renderNumbersTable } from './page-tables.ts';
import type { SimulatedWorkload, SimulationReport } from './simulation.ts';
import { type ChosenEvent, chooseEvents } from './simulation-summary.ts';
import { renderCalendarTable } from './tables/calendar-table.ts';
import { renderEmpty } from './tables/cells.ts';
import { renderPoliciesTable } from './tables/policies-table.ts';
import { renderSimulatedEventsTable } from './tables/simulated-events-table.ts';
import { formatCount, formatMinutes } from './text.ts';
import { isSimulatedReady, type TimelineData, timelineOfSimulation } from './timeline-data.ts';

const MOST_WORST = 5;
const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const AROUND_EVENT_MS = 30 * MINUTE_MS;
const MOST_CALENDAR_DAYS = 10;
const CALENDAR_DAYS = 7;

/** One simulated workload: what the policies come to, the events that went worst, the calendar, the whole period, and every event. */
export function renderSimulatedWorkload(workload: SimulatedWorkload, index: number, report: SimulationReport): string {
  const id = `workload-${index + 1}`;
  const data = timelineOfSimulation(workload);
  return [
    `<h2 id="${id}">${renderOwnWords(workload.workload)}</h2>`,
    `<p class="note">${describeCapacity(workload)}</p>`,
    '<h3>How much is bought for the money</h3>',
    renderFigure({ kind: 'frontier', data: { workload: workload.workload, policies: workload.policies } }, `${id}-frontier`),
    renderPoliciesTable(workload, workload.shownPolicy),
    `<h3>The worst events, and a typical one</h3>`,
    renderChosen(workload, data, id, report),
    renderCalendar(workload, id, report),
    '<h3>The whole period</h3>',
    renderWhole(data, id, report),
    '<h3>Every event</h3>',
    renderSimulatedEventsTable(workload, report.timezone),
  ].join('\n');
}

function describeCapacity({ unit, capacityPerReplica, shownPolicy }: SimulatedWorkload): string {
  const serves =
    capacityPerReplica === null
      ? 'What one replica serves is not configured.'
      : `One replica serves ${formatCount(capacityPerReplica)} ${escapeHtml(unit)}.`;
  return `${serves} Timelines and events are those of ${renderOwnWords(shownPolicy)}.`;
}

function renderChosen(workload: SimulatedWorkload, data: TimelineData, id: string, { timezone }: SimulationReport): string {
  const chosen = chooseEvents(workload.events, MOST_WORST);
  if (chosen.length === 0) return renderEmpty('No event whose short minutes are known.');
  const pictures = chosen.map((each, index) => renderEvent(each, data, `${id}-event-${index + 1}`, timezone));
  return `<div class="multiples">${pictures.join('\n')}</div>${renderKey(listTimelineKey(data.columns, data.events))}`;
}

function renderEvent({ event, as }: ChosenEvent, data: TimelineData, id: string, timezone: string): string {
  // Whole minutes: a lead may begin within one, and a minute cut in two would look like one that was not read.
  const fromMs = Math.max(data.columns[0]?.fromMs ?? 0, Math.floor((event.leadFromMs - AROUND_EVENT_MS) / MINUTE_MS) * MINUTE_MS);
  const toMs = Math.min(data.columns.at(-1)?.toMs ?? event.endMs, Math.ceil((event.endMs + AROUND_EVENT_MS) / MINUTE_MS) * MINUTE_MS);
  const near: TimelineData = {
    ...data,
    columns: data.columns.filter((column) => column.toMs > fromMs && column.fromMs < toMs),
    events: data.events.filter(({ leadFromMs, endMs }) => endMs > fromMs && leadFromMs < toMs),
  };
  const verdict = as === 'worst' ? `short ${formatMinutes(event.shortMinutes)}` : `typical, short ${formatMinutes(event.shortMinutes)}`;
  return (
    `<div><h4>${renderOwnWords(event.name)}</h4><p class="note">${formatLocalMinute(event.startMs, timezone)}; ${verdict}</p>` +
    `${renderFigure({ kind: 'timeline', timezone, fromMs, toMs, data: near }, id, { small: true })}</div>`
  );
}

function renderCalendar(workload: SimulatedWorkload, id: string, report: SimulationReport): string {
  const { timezone } = report;
  const isLong = report.toMs - report.fromMs > MOST_CALENDAR_DAYS * DAY_MS;
  const [first] = chooseEvents(workload.events, 1);
  const aroundMs = first?.event.startMs ?? report.fromMs;
  const fromMs = isLong ? Math.max(report.fromMs, startOfWeek(aroundMs, timezone)) : report.fromMs;
  const toMs = isLong ? Math.min(report.toMs, fromMs + CALENDAR_DAYS * DAY_MS) : report.toMs;
  const data: CalendarData = {
    timezone,
    fromMs,
    toMs,
    nowMs: null,
    staleSinceMs: null,
    workloads: [
      {
        workload: workload.workload,
        events: workload.events
          .filter(({ startMs, endMs }) => startMs < toMs && endMs > fromMs)
          .map((event) => ({
            ...event,
            proof: proofOf(isSimulatedReady(event, workload.minutes)),
            why: event.readyAtStart === null ? null : `${formatCount(event.readyAtStart)} replicas at the start`,
          })),
      },
    ],
    holidays: [],
    overrides: [],
  };
  const heading = `<h3>${isLong ? 'Calendar: the week of the worst event' : 'Calendar'}</h3>`;
  if (data.workloads.every(({ events }) => events.length === 0)) return `${heading}\n${renderEmpty('No events in this period.')}`;
  return [
    heading,
    renderFigure({ kind: 'calendar', data }, `${id}-calendar`),
    `<details><summary>The numbers of this picture</summary>${renderCalendarTable(data)}</details>`,
  ].join('\n');
}

function renderWhole(data: TimelineData, id: string, report: SimulationReport): string {
  const { fromMs, toMs, timezone } = report;
  if (data.columns.length === 0) return renderEmpty('No minute of this workload is known.');
  return [
    renderFigure({ kind: 'timeline', timezone, fromMs, toMs, data }, `${id}-whole`),
    `<details><summary>The numbers of this picture</summary>${renderNumbersTable(data, report)}</details>`,
  ].join('\n');
}

/** The midnight that begins the week, on a Monday. */
function startOfWeek(atMs: number, timezone: string): number {
  const { weekday, minuteOfDay } = readWallTime(atMs, timezone);
  const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(weekday);
  return Math.floor(atMs / MINUTE_MS) * MINUTE_MS - (days * 1_440 + minuteOfDay) * MINUTE_MS;
}
