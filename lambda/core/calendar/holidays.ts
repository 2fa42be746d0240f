import Holidays from 'date-holidays';
import { Temporal } from 'temporal-polyfill';
import { HOUR_MS } from '../units/quantities.ts';

export type HolidayRegion = { readonly country: string; readonly state?: string };

/** A public holiday's local day, `YYYY-MM-DD`. */
export type Holiday = { readonly date: string; readonly name: string };

const HOURS_PER_DAY = 24;
/** A holiday across a DST change is an hour longer or shorter than its days. */
const DST_SLACK_HOURS = 1.5;
const MOST_YEARS = 400;

/**
 * The public holidays (type `public` of date-holidays, observed substitute days included) on the local days `[fromDate, toDate)`,
 * sorted by date, then name. A holiday of several days is listed once a day; one that starts at noon counts for its day.
 * @throws {RangeError} when the region is unknown (see `checkHolidayRegion`), a date is none, or the period is longer than 400 years.
 */
export function listHolidays(region: HolidayRegion, fromDate: string, toDate: string): Holiday[] {
  const problem = checkHolidayRegion(region);
  if (problem !== undefined) throw new RangeError(problem);
  const fromYear = Temporal.PlainDate.from(fromDate).year;
  const toYear = Temporal.PlainDate.from(toDate).year;
  if (toYear - fromYear > MOST_YEARS) throw new RangeError(`holidays of more than ${MOST_YEARS} years: ask for less at a time`);
  const library = openRegion(region);
  const holidays = new Map<string, Holiday>();
  // One that starts in December may reach into January.
  for (let year = fromYear - 1; year <= toYear; year += 1)
    for (const holiday of library.getHolidays(year))
      for (const date of daysOf(holiday))
        if (date >= fromDate && date < toDate) holidays.set(`${date} ${holiday.name}`, { date, name: holiday.name });
  return [...holidays.values()].sort((a, b) => compareText(a.date, b.date) || compareText(a.name, b.name));
}

/** Why a region has no known holidays, in plain words; undefined when it has. Codes are ISO 3166, upper case: `{ country: 'US', state: 'NY' }`. */
export function checkHolidayRegion({ country, state }: HolidayRegion): string | undefined {
  const all = new Holidays();
  const countries = all.getCountries('en');
  if (!Object.hasOwn(countries, country))
    return `no holidays are known for country ${quote(country)}: write an ISO 3166 code such as US, FR, JP`;
  if (state === undefined) return undefined;
  const states = all.getStates(country, 'en') ?? {};
  if (Object.hasOwn(states, state)) return undefined;
  const known = Object.keys(states);
  const instead = known.length === 0 ? 'it has none: leave state out' : `known are ${known.join(', ')}`;
  return `no holidays are known for state ${quote(state)} of ${country}: ${instead}`;
}

function openRegion({ country, state }: HolidayRegion): Holidays {
  const options = { types: ['public' as const], languages: 'en' };
  return state === undefined ? new Holidays(country, options) : new Holidays(country, state, options);
}

/** `start` and `end` are used as two points of elapsed time only; the local day is the one in the text. */
function daysOf({ date, start, end }: { date: string; start: { getTime(): number }; end: { getTime(): number } }): string[] {
  const first = Temporal.PlainDate.from(date.slice(0, 10));
  const hours = Number(date.slice(11, 13)) + (end.getTime() - start.getTime()) / HOUR_MS;
  const days = Math.max(1, Math.ceil((hours - DST_SLACK_HOURS) / HOURS_PER_DAY));
  return Array.from({ length: days }, (_, index) => first.add({ days: index }).toString());
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 20));
}
