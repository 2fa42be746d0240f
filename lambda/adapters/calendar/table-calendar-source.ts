import { renderTableText } from '../../core/calendar-table/parse-table.ts';
import type { CalendarSource } from '../../ports/calendar-source.ts';
import type { CalendarStore } from '../../ports/calendar-store.ts';

/** The calendar table, read whole each time: an entry counts from the next tick on. */
export function makeTableCalendarSource(store: CalendarStore): CalendarSource {
  return {
    name: 'table',
    format: { kind: 'table' },
    async read() {
      return renderTableText((await store.readEntries()).map(({ event }) => event));
    },
  };
}
