import type { CalendarData } from './calendar-data.ts';
import { renderFigure } from './figure.ts';
import { renderCalendarTable } from './tables/calendar-table.ts';
import { renderEmpty } from './tables/cells.ts';

/** The calendar picture with its numbers. */
export function renderCalendarSection(data: CalendarData): string {
  const heading = '<h2 id="calendar">Calendar</h2>';
  if (data.workloads.every(({ events }) => events.length === 0)) return `${heading}\n${renderEmpty('No events in this period.')}`;
  return [
    heading,
    renderFigure({ kind: 'calendar', data }, 'calendar-picture'),
    `<details><summary>The numbers of this picture</summary>${renderCalendarTable(data)}</details>`,
  ].join('\n');
}
