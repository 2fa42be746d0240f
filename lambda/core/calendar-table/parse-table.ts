import type { CalendarEvent } from '../calendar/event.ts';
import { resolveEvent } from '../config/events.ts';
import { asMap } from '../config/loose.ts';
import { parseEvents } from '../config/parse.ts';
import { ConfigError, describeEntryProblem } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';
import type { EventConfig } from '../config/sections/calendar.ts';
import type { EntryProblem } from '../icalendar/parse-icalendar.ts';

export type ParsedTable = { readonly events: readonly EventConfig[]; readonly problems: readonly EntryProblem[] };

/** The text of a calendar table: a line an event, as JSON of the values that a file would have. */
export function renderTableText(events: readonly object[]): string {
  return events.map((event) => JSON.stringify(event)).join('\n');
}

/**
 * The events of a calendar table's text. Each is checked as the only event of a calendar file would be, so that one that does not fit the
 * configuration any more silences no other. No text has no events. Nothing is thrown, whatever the text.
 */
export function parseTable(text: string, source: string, config: Config): ParsedTable {
  const events: EventConfig[] = [];
  const problems: EntryProblem[] = [];
  for (const line of text.split('\n').filter((written) => written !== '')) {
    try {
      events.push(...parseEvents(`[${line}]`, source, config));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems.slice(0, 1).map((problem) => problemOf(line, describeEntryProblem(problem), source, config)));
    }
  }
  return { events, problems };
}

function problemOf(line: string, fault: { readonly problem: string; readonly fix?: string }, source: string, config: Config): EntryProblem {
  const { name, ...values } = valuesOf(line);
  const entry = typeof name === 'string' ? name : 'an entry without a name';
  const fix = `${fault.fix === undefined ? '' : `${fault.fix}; or `}foretide calendar add --replace, or remove it`;
  return { entry, kind: 'left-out', problem: fault.problem, fix, when: whenOf(entry, values, source, config) };
}

const TIMES = ['timezone', 'holidays', 'start', 'end', 'duration', 'recurrence', 'except'];

/** When it happens, if its times are not what is wrong. */
function whenOf(name: string, values: Readonly<Record<string, unknown>>, source: string, config: Config): CalendarEvent | undefined {
  const workloads = config.workloads.slice(0, 1).map((workload) => workload.name);
  const times = Object.fromEntries(Object.entries(values).filter(([key]) => TIMES.includes(key)));
  try {
    const alone = { ...config, calendar: { ...config.calendar, events: [] } };
    const [event] = parseEvents(JSON.stringify([{ ...times, name, workloads, floor: 0 }]), source, alone);
    return event && resolveEvent({ timezone: config.timezone, holidays: config.calendar.holidays }, source, event);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

function valuesOf(line: string): Readonly<Record<string, unknown>> {
  try {
    return asMap(JSON.parse(line));
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
