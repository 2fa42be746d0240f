import { ConfigError, cut } from '../config/problem.ts';
import { type BrokenLine, type ContentLine, readContentLines } from './content-lines.ts';

/** A component of an iCalendar, such as a VEVENT, with what it holds in the order of the file. */
export type Component = {
  /** In capitals. */
  readonly name: string;
  readonly properties: readonly ContentLine[];
  readonly children: readonly Component[];
  /** Lines in it that are no properties. */
  readonly broken: readonly BrokenLine[];
  /** Where it begins, from 1. */
  readonly line: number;
};

/** As for every calendar; in characters here, where bytes are no longer known. */
const LONGEST_TEXT = 1024 * 1024;
const MOST_EVENTS = 10_000;
const MOST_ZONES = 500;
/** VCALENDAR, VEVENT, VALARM: nothing known goes deeper. */
const DEEPEST = 10;

/**
 * The VCALENDARs of an iCalendar stream. `fileName` is for messages.
 * @throws {ConfigError} when the text is none, is cut off, nests wrongly, or is larger than 1 MiB, 10,000 entries or 500 time zones.
 */
export function readCalendars(text: string, fileName: string): readonly Component[] {
  const refuse = (line: number, message: string, fix: string): ConfigError =>
    new ConfigError(fileName, [{ path: '', line, column: 1, value: '', message, fix }]);
  if (text.length > LONGEST_TEXT)
    throw refuse(1, `has ${text.length} characters; at most ${LONGEST_TEXT} are read`, 'split it, or drop past entries');
  const root = open('', 0);
  const path = [root];
  const counts = new Map<string, number>();
  for (const line of readContentLines(text)) {
    const current = path.at(-1) ?? root;
    if ('broken' in line) {
      if (current === root) throw refuse(line.line, `is no iCalendar: it has "${cut(line.broken)}"`, START);
      current.broken.push(line);
    } else if (line.name === 'BEGIN') {
      const name = line.value.trim().toUpperCase();
      if (current === root && name !== 'VCALENDAR') throw refuse(line.line, `begins with ${cut(name)}, not with a calendar`, START);
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      const most = name === 'VEVENT' ? MOST_EVENTS : name === 'VTIMEZONE' ? MOST_ZONES : Number.POSITIVE_INFINITY;
      if (count > most) throw refuse(line.line, `has more than ${most} ${name} components`, 'split it, or drop past entries');
      if (path.length > DEEPEST) throw refuse(line.line, `has components more than ${DEEPEST} deep`, 'export the calendar anew');
      const child = open(name, line.line);
      current.children.push(child);
      path.push(child);
    } else if (line.name === 'END') {
      const name = line.value.trim().toUpperCase();
      if (current.name !== name || current === root)
        throw refuse(
          line.line,
          `ends ${cut(name)}, but ${current === root ? 'nothing' : current.name} is open`,
          'export the calendar anew',
        );
      path.pop();
    } else if (current === root) throw refuse(line.line, `has ${cut(line.name)} outside of a calendar`, START);
    else current.properties.push(line);
  }
  const unclosed = path.at(-1) ?? root;
  if (unclosed !== root)
    throw refuse(unclosed.line, `is cut off: the ${unclosed.name} that begins here has no end`, 'fetch or export the calendar anew');
  if (root.children.length === 0) throw refuse(1, 'is no iCalendar: it has no content', START);
  return root.children;
}

const START = 'an iCalendar starts with BEGIN:VCALENDAR: check the address, and whether it asks for a login';

type Open = { name: string; properties: ContentLine[]; children: Open[]; broken: BrokenLine[]; line: number };

function open(name: string, line: number): Open {
  return { name, properties: [], children: [], broken: [], line };
}

/** The first property of a name. */
export function propertyOf(component: Component, name: string): ContentLine | undefined {
  return component.properties.find((property) => property.name === name);
}

/** Every property of a name. */
export function propertiesOf(component: Component, name: string): readonly ContentLine[] {
  return component.properties.filter((property) => property.name === name);
}

/** The text of a property, escapes undone (RFC 5545 section 3.3.11); undefined when there is none. */
export function textOf(component: Component, name: string): string | undefined {
  const property = propertyOf(component, name);
  return property === undefined ? undefined : unescapeText(property.value);
}

export function unescapeText(value: string): string {
  return value.replace(/\\([\\;,:"nN])/g, (_, character: string) => (character === 'n' || character === 'N' ? '\n' : character));
}
