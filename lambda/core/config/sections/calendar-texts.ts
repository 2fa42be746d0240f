import Holidays from 'date-holidays';
import type { z } from 'zod';
import { cut } from '../problem.ts';
import { suggestion } from '../suggest.ts';
import { dateFix, isDate } from './time-fields.ts';

type Holiday = { readonly country: string; readonly state?: string };

/** Refuses countries and states that date-holidays has no data for. */
export function checkHolidays({ country, state }: Holiday, context: z.RefinementCtx): void {
  const library = new Holidays();
  const countries = library.getCountries('en');
  if (!Object.hasOwn(countries, country)) {
    const byName = Object.entries(countries).find(([, label]) => label.toLowerCase() === country.toLowerCase())?.[0];
    const code = byName ?? (Object.hasOwn(countries, country.toUpperCase()) ? country.toUpperCase() : undefined);
    const fix = code === undefined ? 'write an ISO 3166 code such as US, FR or JP' : `did you mean ${code}?`;
    context.addIssue({ code: 'custom', path: ['country'], message: 'is not a country with known holidays', params: { fix } });
    return;
  }
  if (state === undefined) return;
  // The typings forget that a country without states gives undefined.
  const states: Record<string, string> = library.getStates(country) ?? {};
  if (Object.hasOwn(states, state)) return;
  const upper = state.toUpperCase();
  const fix = Object.hasOwn(states, upper) ? `did you mean ${upper}?` : suggestion(state, Object.keys(states), `states of ${country}`, 60);
  context.addIssue({ code: 'custom', path: ['state'], message: `is not a state of ${country} with known holidays`, params: { fix } });
}

/** Lines of a recurrence as one text, without blank lines; folded lines (RFC 5545 3.1) are joined. */
export function normaliseRecurrence(recurrence: string | readonly string[]): string {
  const text = typeof recurrence === 'string' ? recurrence : recurrence.join('\n');
  return text
    .replace(/\r?\n[ \t]/g, '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}

/** RFC 5545 section 3.3.10. */
const RULE_PARTS = [
  'FREQ',
  'UNTIL',
  'COUNT',
  'INTERVAL',
  'BYSECOND',
  'BYMINUTE',
  'BYHOUR',
  'BYDAY',
  'BYMONTHDAY',
  'BYYEARDAY',
  'BYWEEKNO',
  'BYMONTH',
  'BYSETPOS',
  'WKST',
];

/** Looks at names and shape only; the calendar checks what the rule says. */
export function checkRecurrence(recurrence: string, context: z.RefinementCtx): void {
  for (const line of recurrence.split('\n')) {
    const fault = lineFault(line);
    if (fault === undefined) continue;
    context.addIssue({ code: 'custom', message: fault.message, params: { fix: fault.fix } });
    return;
  }
}

type Fault = { readonly message: string; readonly fix: string };

function lineFault(line: string): Fault | undefined {
  if (line === '') return { message: 'is empty', fix: 'remove the key, or write for example FREQ=WEEKLY;BYDAY=MO' };
  const property = /^([A-Za-z-]+)((?:;[^:]*)?):(.*)$/.exec(line);
  if (property === null) return ruleFault(line);
  const [, name = '', , value = ''] = property;
  switch (name.toUpperCase()) {
    case 'RRULE':
      return ruleFault(value);
    case 'RDATE':
    case 'EXDATE':
      return dateListFault(name.toUpperCase(), value);
    case 'DTSTART':
    case 'DTEND':
      return { message: `has a ${name} line, which the event says itself`, fix: 'write it as start: and end: or duration: of the event' };
    default:
      return { message: `has the unknown property ${cut(name)}`, fix: 'lines start with RRULE:, RDATE: or EXDATE:' };
  }
}

function ruleFault(rule: string): Fault | undefined {
  if (/^\s*[\d*]/.test(rule))
    return { message: 'is not an RFC 5545 rule', fix: 'instead of a cron expression write for example FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR' };
  const seen = new Set<string>();
  for (const part of rule.split(';')) {
    const [key = '', ...rest] = part.split('=');
    const name = key.trim().toUpperCase();
    if (rest.length !== 1 || rest[0]?.trim() === '')
      return {
        message: `has ${part === '' ? 'an empty part' : `"${cut(part)}"`}, where NAME=VALUE is needed`,
        fix: 'write for example FREQ=WEEKLY;BYDAY=MO,TU',
      };
    if (!RULE_PARTS.includes(name)) return { message: `has the unknown part ${cut(name)}`, fix: suggestion(name, RULE_PARTS, 'parts') };
    if (seen.has(name)) return { message: `has ${name} twice`, fix: 'keep one of the two' };
    seen.add(name);
  }
  if (!seen.has('FREQ')) return { message: 'has no FREQ', fix: 'add for example FREQ=WEEKLY' };
  if (seen.has('COUNT') && seen.has('UNTIL')) return { message: 'has both COUNT and UNTIL', fix: 'keep one of the two' };
  return undefined;
}

function dateListFault(name: string, value: string): Fault | undefined {
  for (const entry of value.split(',')) {
    const match = /^(\d{4})(\d{2})(\d{2})(?:T([01]\d|2[0-3])[0-5]\d[0-5]\dZ?)?(?:\/\S+)?$/.exec(entry.trim());
    const date = match === null ? '' : `${match[1]}-${match[2]}-${match[3]}`;
    if (match === null)
      return {
        message: `has "${cut(entry)}" in ${name}, which is no date and time`,
        fix: `write for example ${name}:20261127T090000`,
      };
    if (!isDate(date)) return { message: `has ${date} in ${name}, a date that does not exist`, fix: dateFix(date) };
  }
  return undefined;
}

/** `holidays`, or a date that exists. */
export function checkExceptEntry(entry: string, context: z.RefinementCtx): void {
  if (entry === 'holidays' || isDate(entry)) return;
  const shaped = /^\d{4}-\d{2}-\d{2}$/.test(entry);
  context.addIssue({
    code: 'custom',
    message: shaped ? 'is not a date that exists' : 'must be a date or `holidays`',
    params: { fix: shaped ? dateFix(entry) : 'write the local start date, such as 2026-05-15, or holidays' },
  });
}
