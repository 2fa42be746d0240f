import { parseTable } from '../calendar-table/parse-table.ts';
import { resolveEvents } from '../config/events.ts';
import { type ConfigNote, parseEventFile } from '../config/parse.ts';
import type { Config } from '../config/schema.ts';
import type { EntryDefaults } from './needs.ts';
import { type ParsedCalendar, parseICalendar } from './parse-icalendar.ts';

/** How the text of a calendar is to be read: YAML of events; the calendar table's; iCalendar; or whichever of YAML and iCalendar it looks like. */
export type CalendarFormat =
  | { readonly kind: 'events' }
  | { readonly kind: 'table' }
  | { readonly kind: 'icalendar'; readonly defaults: EntryDefaults }
  | { readonly kind: 'either'; readonly defaults: EntryDefaults };

/** `notes`: what is worth knowing about a YAML file that is valid. */
export type ReadCalendar = ParsedCalendar & { readonly notes: readonly ConfigNote[] };

/**
 * The events in a calendar's text, every default of the configuration filled in. `source` becomes the events' source.
 * @throws {ConfigError} when the text as a whole can't be used.
 */
export function parseCalendar(text: string, source: string, format: CalendarFormat, config: Config): ReadCalendar {
  if (format.kind === 'icalendar' || (format.kind === 'either' && /^\uFEFF?\s*BEGIN:VCALENDAR/i.test(text)))
    return { ...parseICalendar(text, source, config, format.defaults), notes: [] };
  if (format.kind === 'table') {
    const { events, problems } = parseTable(text, source, config);
    return { events: resolveEvents(config, source, events), problems, notes: [] };
  }
  const { events, notes } = parseEventFile(text, source, config);
  return { events: resolveEvents(config, source, events), problems: [], notes };
}
