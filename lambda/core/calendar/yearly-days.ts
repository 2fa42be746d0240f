import { Temporal } from 'temporal-polyfill';
import { DAY_MS } from '../units/quantities.ts';
import type { LocalMs } from '../units/time.ts';
import type { Rule } from './rule.ts';

const WEEK_DAYS = 7;
/** RFC 5545: the first week of a year is the first that has at least four of its days. */
const FIRST_WEEK_DAYS = 4;

/**
 * The midnights of one year's days that satisfy every BY… part of a YEARLY rule, in order. A week of BYWEEKNO counts where its
 * days lie: the end of December may be in week 1. BYWEEKNO without BYDAY means the whole week.
 */
export function yearlyDays(rule: Rule, year: number): LocalMs[] {
  const firstDay = dayNumber(year, 1);
  const length = dayNumber(year + 1, 1) - firstDay;
  const weeks = rule.byWeekNo.length === 0 ? [] : [year - 1, year, year + 1, year + 2].map((of) => firstWeek(of, rule.weekStart));
  const days: LocalMs[] = [];
  for (let month = 1, day = firstDay; month <= 12; month += 1) {
    const nextMonth = dayNumber(month === 12 ? year + 1 : year, (month % 12) + 1);
    const monthSpan = { first: day, length: nextMonth - day };
    for (; day < nextMonth; day += 1) {
      const matches =
        isIn(rule.byMonth, month) &&
        matchesPosition(rule.byMonthDay, day, monthSpan) &&
        matchesPosition(rule.byYearDay, day, { first: firstDay, length }) &&
        matchesWeek(rule.byWeekNo, day, weeks) &&
        matchesWeekday(rule, day, rule.byMonth.length > 0 ? monthSpan : { first: firstDay, length });
      if (matches) days.push(day * DAY_MS);
    }
  }
  return days;
}

/** Consecutive days, as numbers of days since 1970-01-01. */
type Span = { readonly first: number; readonly length: number };

function isIn(values: readonly number[], value: number): boolean {
  return values.length === 0 || values.includes(value);
}

/** Whether the day's place in the span, counted from 1 or from −1 at the end, is listed. */
function matchesPosition(values: readonly number[], day: number, { first, length }: Span): boolean {
  return values.length === 0 || values.includes(day - first + 1) || values.includes(day - first - length);
}

function matchesWeek(values: readonly number[], day: number, weeks: readonly number[]): boolean {
  if (values.length === 0) return true;
  const next = weeks.findIndex((start) => day < start);
  const [start, end] = [weeks[next - 1], weeks[next]];
  if (start === undefined || end === undefined) return false;
  const index = Math.floor((day - start) / WEEK_DAYS);
  return values.includes(index + 1) || values.includes(index - (end - start) / WEEK_DAYS);
}

function matchesWeekday(rule: Rule, day: number, { first, length }: Span): boolean {
  if (rule.byDay.length === 0) return true;
  const fromStart = Math.floor((day - first) / WEEK_DAYS) + 1;
  const fromEnd = -Math.floor((first + length - 1 - day) / WEEK_DAYS) - 1;
  return rule.byDay.some(
    ({ weekday, ordinal }) => weekday === weekdayOf(day) && (ordinal === undefined || ordinal === fromStart || ordinal === fromEnd),
  );
}

/** The first day of week 1 of a year. */
function firstWeek(year: number, weekStart: number): number {
  const newYear = dayNumber(year, 1);
  const sinceWeekStart = (weekdayOf(newYear) - weekStart + WEEK_DAYS) % WEEK_DAYS;
  const start = newYear - sinceWeekStart;
  return WEEK_DAYS - sinceWeekStart >= FIRST_WEEK_DAYS ? start : start + WEEK_DAYS;
}

/** 0 is Monday; 1970-01-01 was a Thursday. */
function weekdayOf(day: number): number {
  return (((day + 3) % WEEK_DAYS) + WEEK_DAYS) % WEEK_DAYS;
}

function dayNumber(year: number, month: number): number {
  return new Temporal.PlainDate(year, month, 1).toZonedDateTime('UTC').epochMilliseconds / DAY_MS;
}
