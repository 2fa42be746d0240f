import { quote } from '../calendar/recurrence-value.ts';
import { isTimeZone } from '../units/time.ts';

/**
 * A schedule as KEDA 2.20 reads it: five fields of robfig/cron v3 (pkg/scalers/cron_scaler.go; robfig/cron/v3 parser.go, spec.go). That is
 * neither croner's dialect nor that of most cron daemons: Sunday is 0 and never 7; L, W and # don't exist; `5/15` goes on to the end; a
 * star with a step counts as a list when day of month meets day of week.
 */
export type CronSchedule = {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** 0 is Sunday. */
  readonly weekdays: ReadonlySet<number>;
  /** A day must fit both day of month and day of week, since one of them is a star; otherwise one is enough. */
  readonly needsBoth: boolean;
  /** Of a schedule that begins with `CRON_TZ=` or `TZ=`: it goes before the trigger's. */
  readonly zone: string | undefined;
};

/** A cron trigger that KEDA refuses; the message completes "its start …". */
export class CronError extends Error {
  override readonly name = 'CronError';
}

type Field = { readonly what: string; readonly min: number; readonly max: number; readonly names?: readonly string[] };

const MINUTE: Field = { what: 'minute', min: 0, max: 59 };
const HOUR: Field = { what: 'hour', min: 0, max: 23 };
const DAY: Field = { what: 'day of month', min: 1, max: 31 };
const MONTH: Field = {
  what: 'month',
  min: 1,
  max: 12,
  names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
};
const WEEKDAY: Field = { what: 'day of week', min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] };

const LONGEST_TEXT = 1_000;

/** @throws {CronError} for what KEDA refuses. */
export function parseCronSchedule(text: string): CronSchedule {
  if (text.length > LONGEST_TEXT) throw new CronError(`is longer than ${LONGEST_TEXT} characters`);
  const [, zone, rest = ''] = /^(?:CRON_TZ|TZ)=(\S+) (.*)$/s.exec(text) ?? [undefined, undefined, text];
  if (zone !== undefined && !isTimeZone(zone)) throw new CronError(`has the unknown time zone ${quote(zone)}`);
  if (rest.trim().startsWith('@')) throw new CronError(`is ${quote(text)}: KEDA takes five fields only`);
  const fields = rest.split(/\s+/).filter((field) => field !== '');
  const [minute, hour, day, month, weekday, ...more] = fields;
  if (minute === undefined || hour === undefined || day === undefined || month === undefined || weekday === undefined || more.length > 0)
    throw new CronError(`is ${quote(text)}, which has ${fields.length} fields instead of five`);
  const days = parseField(day, DAY);
  const weekdays = parseField(weekday, WEEKDAY);
  return {
    minutes: sorted(parseField(minute, MINUTE).values),
    hours: sorted(parseField(hour, HOUR).values),
    days: days.values,
    months: parseField(month, MONTH).values,
    weekdays: weekdays.values,
    needsBoth: days.hasStar || weekdays.hasStar,
    zone,
  };
}

type Parsed = { readonly values: ReadonlySet<number>; readonly hasStar: boolean };

function parseField(text: string, field: Field): Parsed {
  const parts = text.split(',').filter((part) => part !== '');
  const ranges = parts.map((part) => parseRange(part, field));
  return { values: new Set(ranges.flatMap(({ values }) => [...values])), hasStar: ranges.some(({ hasStar }) => hasStar) };
}

/** `*`, `?`, `5`, `1-5`, each also with `/step`. */
function parseRange(text: string, field: Field): Parsed {
  const refuse = (problem: string) => new CronError(`has ${quote(text)} as ${field.what}, ${problem}`);
  const [range = '', stepText, ...moreSteps] = text.split('/');
  const [low = '', high, ...moreBounds] = range.split('-');
  const isStar = low === '*' || low === '?';
  if (moreSteps.length > 0 || (moreBounds.length > 0 && !isStar)) throw refuse('which is no range');
  const step = stepText === undefined ? 1 : numberOf(stepText);
  if (step === undefined || step === 0) throw refuse('whose step is no number above 0');
  const from = isStar ? field.min : numberOrName(low, field);
  const openEnd = stepText === undefined ? from : field.max;
  const to = isStar ? field.max : high === undefined ? openEnd : numberOrName(high, field);
  if (from === undefined || to === undefined) throw refuse(`which is no number${field.names === undefined ? '' : ' or name'}`);
  if (from < field.min || to > field.max) throw refuse(`outside of ${field.min} to ${field.max}`);
  if (from > to) throw refuse('which ends before it begins');
  const values = new Set<number>();
  for (let value = from; value <= to; value += step) values.add(value);
  return { values, hasStar: isStar && step === 1 };
}

function numberOrName(text: string, { names, min }: Field): number | undefined {
  const index = names?.indexOf(text.toLowerCase()) ?? -1;
  return index >= 0 ? index + min : numberOf(text);
}

function numberOf(text: string): number | undefined {
  return /^\+?\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function sorted(values: ReadonlySet<number>): number[] {
  return [...values].sort((a, b) => a - b);
}
