import { renderOwnWords, renderTable, type TableColumn } from '../html.ts';
import type { SimulatedEvent, SimulatedWorkload } from '../simulation.ts';
import { formatCount, formatElapsed, formatMinutes } from '../text.ts';
import { isSimulatedReady, neededAt } from '../timeline-data.ts';
import { renderBounded, renderEmpty, renderInstant } from './cells.ts';

const MOST_ROWS = 500;

/** Every event of a simulated workload, in order of time. */
export function renderSimulatedEventsTable({ workload, events, minutes }: SimulatedWorkload, timezone: string): string {
  if (events.length === 0) return renderEmpty('No events in this period.');
  const rows = events.toSorted((a, b) => a.startMs - b.startMs || (a.name < b.name ? -1 : 1));
  const hasClasses = rows.some((event) => event.class !== null);
  const columns: readonly TableColumn<SimulatedEvent>[] = [
    { head: 'Event', cell: ({ name }) => renderOwnWords(name) },
    ...(hasClasses
      ? [{ head: 'Class', cell: (event: SimulatedEvent) => (event.class === null ? 'none' : renderOwnWords(event.class)) }]
      : []),
    { head: 'Starts', cell: ({ startMs }) => renderInstant(startMs, timezone) },
    { head: 'Lead', kind: 'number', cell: ({ startMs, leadFromMs }) => formatElapsed(startMs - leadFromMs) },
    { head: 'Wanted at the start', kind: 'number', cell: renderWanted },
    { head: 'Ready at the start', kind: 'number', cell: renderReady },
    { head: 'Short', kind: 'number', cell: renderShort },
  ];
  const caption = `${workload}: each event. Wanted is its floor; without a floor, what demand needed in its first minute.`;
  return renderBounded(rows, MOST_ROWS, (kept) => renderTable(kept, columns, { caption, narrow: 'stacked' }));

  function renderWanted({ floor, startMs }: SimulatedEvent): string {
    return floor === null ? `${formatCount(neededAt(minutes, startMs))}<small>needed</small>` : `${formatCount(floor)}<small>floor</small>`;
  }

  function renderReady(event: SimulatedEvent): string {
    const ready = isSimulatedReady(event, minutes);
    if (ready === null) return formatCount(event.readyAtStart);
    return `<span class="${ready ? 'ok' : 'bad'}">${ready ? '✓' : '✗'} ${formatCount(event.readyAtStart)}</span>`;
  }
}

function renderShort({ shortMinutes }: SimulatedEvent): string {
  const words = formatMinutes(shortMinutes);
  return shortMinutes === null || shortMinutes === 0 ? words : `<span class="bad">${words}</span>`;
}
