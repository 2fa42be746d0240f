import type { InstantMs } from '../units/quantities.ts';
import { formatUtc, type LocalMs, resolveLocal, toLocal } from '../units/time.ts';
import { type Rule, WEEKDAY_CODES } from './rule.ts';
import type { Timetable } from './timetable.ts';

/** An instant as the parameters and the value of an RFC 5545 property: `;TZID=Europe/Paris` and `20261127T090000`. */
export type WrittenTime = { readonly params: string; readonly value: string };

/** An RRULE value that `parseRule` reads as the same rule. */
export function renderRule(rule: Rule): string {
  const list = (name: string, values: readonly (string | number)[]) => (values.length === 0 ? [] : [`${name}=${values.join(',')}`]);
  return [
    `FREQ=${rule.frequency}`,
    ...(rule.interval === 1 ? [] : [`INTERVAL=${rule.interval}`]),
    ...(rule.count === undefined ? [] : [`COUNT=${rule.count}`]),
    ...renderUntil(rule),
    ...list('BYMONTH', rule.byMonth),
    ...list('BYWEEKNO', rule.byWeekNo),
    ...list('BYYEARDAY', rule.byYearDay),
    ...list('BYMONTHDAY', rule.byMonthDay),
    ...list(
      'BYDAY',
      rule.byDay.map(({ weekday, ordinal }) => `${ordinal ?? ''}${WEEKDAY_CODES[weekday]}`),
    ),
    ...list('BYHOUR', rule.byHour),
    ...list('BYMINUTE', rule.byMinute),
    ...list('BYSECOND', rule.bySecond),
    ...list('BYSETPOS', rule.bySetPos),
    ...(rule.weekStart === 0 ? [] : [`WKST=${WEEKDAY_CODES[rule.weekStart]}`]),
  ].join(';');
}

function renderUntil({ until }: Rule): string[] {
  if (until === undefined) return [];
  return [until.kind === 'instant' ? `UNTIL=${utcValue(until.ms)}` : `UNTIL=${localValue(until.localMs)}`];
}

/**
 * A timetable's RRULE, RDATE and EXDATE lines, which `parseRecurrence` reads as the same; none for an event that happens once. Holidays
 * and a part of a series have no line.
 */
export function renderRecurrence(timetable: Timetable): string[] {
  const { zone, rules, added, ownDurations, removedStarts, removedDates } = timetable;
  const listed = [...new Map(added.map((start) => [start.ms, start])).values()];
  const plain = listed.filter(({ ms }) => !ownDurations.has(ms)).map(({ ms }) => writeTime(ms, zone));
  const periods = listed.flatMap(({ ms }) => {
    const durationMs = ownDurations.get(ms);
    return durationMs === undefined ? [] : [`${utcValue(ms)}/${renderLength(durationMs)}`];
  });
  const dates = [...removedDates].sort().map((date) => date.replaceAll('-', ''));
  return [
    ...rules.map((rule) => `RRULE:${renderRule(rule)}`),
    ...linesOf('RDATE', plain),
    ...(periods.length === 0 ? [] : [`RDATE;VALUE=PERIOD:${periods.join(',')}`]),
    ...linesOf(
      'EXDATE',
      [...removedStarts].sort((a, b) => a - b).map((ms) => writeTime(ms, zone)),
    ),
    ...(dates.length === 0 ? [] : [`EXDATE;VALUE=DATE:${dates.join(',')}`]),
  ];
}

/** One line for all times of the same form. */
function linesOf(name: string, times: readonly WrittenTime[]): string[] {
  const forms = [...new Set(times.map(({ params }) => params))];
  return forms.map((form) => {
    const same = times.filter(({ params }) => params === form);
    return `${name}${form}:${same.map(({ value }) => value).join(',')}`;
  });
}

/** Local to the zone where that means the same instant, otherwise UTC: the second of a local time that comes twice has no other form. */
export function writeTime(ms: InstantMs, zone: string): WrittenTime {
  const localMs = toLocal(ms, zone);
  if (zone === 'UTC' || resolveLocal(localMs, zone).ms !== ms) return { params: '', value: utcValue(ms) };
  return { params: `;TZID=${zone}`, value: localValue(localMs) };
}

/** A DATE-TIME on some wall clock. */
export function localValue(localMs: LocalMs): string {
  return formatUtc(localMs).slice(0, -1).replaceAll(/[-:]/g, '');
}

function utcValue(ms: InstantMs): string {
  return formatUtc(ms).replaceAll(/[-:]/g, '');
}

/** An RFC 5545 DURATION of elapsed time, `PT9H30M`; whole seconds. */
export function renderLength(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const parts = [
    [Math.floor(seconds / 3_600), 'H'],
    [Math.floor(seconds / 60) % 60, 'M'],
    [seconds % 60, 'S'],
  ] as const;
  const text = parts.flatMap(([count, unit]) => (count === 0 ? [] : [`${count}${unit}`])).join('');
  return `PT${text === '' ? '0S' : text}`;
}
