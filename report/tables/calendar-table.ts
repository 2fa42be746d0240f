import type { CalendarData, CalendarEvent } from '../calendar-data.ts';
import { describeProof } from '../charts/calendar.ts';
import { escapeHtml, renderOwnWords, renderTable, type TableColumn } from '../html.ts';
import { formatCount, formatElapsed } from '../text.ts';
import { renderBounded, renderEmpty, renderInstant } from './cells.ts';

const MOST_ROWS = 500;
const MARKS = { ready: '✓ ', atRisk: '! ', missed: '✗ ', open: '' } as const;

type Row = CalendarEvent & { readonly workload: string };

/** The calendar as rows: events in order of time, then overrides and holidays. */
export function renderCalendarTable({ workloads, overrides, holidays, timezone }: CalendarData): string {
  const rows = workloads
    .flatMap(({ workload, events }) => events.map((event): Row => ({ ...event, workload })))
    .toSorted((a, b) => a.startMs - b.startMs || (a.workload < b.workload ? -1 : 1));
  if (rows.length === 0) return renderEmpty('No events in this period.');
  const columns: readonly TableColumn<Row>[] = [
    { head: 'Event', cell: ({ name }) => renderOwnWords(name) },
    { head: 'Workload', cell: ({ workload }) => renderOwnWords(workload) },
    { head: 'Starts', cell: ({ startMs }) => renderInstant(startMs, timezone) },
    { head: 'Ends', cell: ({ endMs }) => renderInstant(endMs, timezone) },
    { head: 'Lead', kind: 'number', cell: ({ startMs, leadFromMs }) => formatElapsed(startMs - leadFromMs) },
    { head: 'Floor', kind: 'number', cell: ({ floor }) => (floor === null ? 'none' : formatCount(floor)) },
    { head: 'Proof', cell: renderProof },
  ];
  const notes = [
    ...overrides.map(({ workload, what, startMs, endMs }) => ({
      what: `override of ${workload ?? 'all workloads'}: ${what}`,
      startMs,
      endMs,
    })),
    ...holidays.map(({ name, startMs, endMs }) => ({ what: `holiday: ${name}`, startMs, endMs })),
  ];
  const noteColumns: readonly TableColumn<(typeof notes)[number]>[] = [
    { head: 'What', cell: ({ what }) => renderOwnWords(what) },
    { head: 'From', cell: ({ startMs }) => renderInstant(startMs, timezone) },
    { head: 'To', cell: ({ endMs }) => renderInstant(endMs, timezone) },
  ];
  const caption = 'Each event of each workload.';
  return [
    renderBounded(rows, MOST_ROWS, (kept) => renderTable(kept, columns, { caption, narrow: 'stacked' })),
    ...(notes.length === 0 ? [] : [renderTable(notes, noteColumns, { caption: 'Overrides and holidays.', narrow: 'stacked' })]),
  ].join('\n');
}

function renderProof(event: CalendarEvent): string {
  const words = escapeHtml(describeProof(event));
  if (event.proof === 'open') return words;
  return `<span class="${event.proof === 'ready' ? 'ok' : 'bad'}">${MARKS[event.proof]}</span>${words}`;
}
