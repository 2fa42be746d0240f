import { Temporal } from 'temporal-polyfill';
import { localValue } from '../calendar/render-recurrence.ts';
import { WEEKDAY_CODES } from '../calendar/rule.ts';
import { DAY_MS, type InstantMs } from '../units/quantities.ts';
import type { LocalMs } from '../units/time.ts';

/** A change of a zone's clock: its offset from UTC before and after. */
type Transition = {
  /** The local time at which it happens, on the clock before it. */
  readonly localMs: LocalMs;
  readonly fromMs: number;
  readonly toMs: number;
};

/** What happened so many times in the same way is a rule. */
const YEARS_OF_A_RULE = 10;

/**
 * The VTIMEZONE of an IANA zone, right from `fromMs` to `toMs`, and beyond where its changes follow a rule such as the last Sunday of March.
 * TZNAMEs are offsets: the zones of the world have no other names that are theirs alone.
 */
export function writeZone(zone: string, fromMs: InstantMs, toMs: InstantMs): string[] {
  const offset = offsetMs(zone, fromMs);
  const { listed, rules } = splitAtRules(listTransitions(zone, fromMs, toMs), toMs);
  return [
    'BEGIN:VTIMEZONE',
    `TZID:${zone}`,
    ...writeObservance({ localMs: fromMs + offset, fromMs: offset, toMs: offset }),
    ...listed.flatMap((transition) => writeObservance(transition)),
    ...rules.flatMap(({ start, rule }) => writeObservance(start, rule)),
    'END:VTIMEZONE',
  ];
}

function writeObservance({ localMs, fromMs, toMs }: Transition, rule?: string): string[] {
  const kind = toMs > fromMs ? 'DAYLIGHT' : 'STANDARD';
  return [
    `BEGIN:${kind}`,
    `DTSTART:${localValue(localMs)}`,
    ...(rule === undefined ? [] : [`RRULE:${rule}`]),
    `TZOFFSETFROM:${writeOffset(fromMs)}`,
    `TZOFFSETTO:${writeOffset(toMs)}`,
    `TZNAME:${writeOffset(toMs)}`,
    `END:${kind}`,
  ];
}

function listTransitions(zone: string, fromMs: InstantMs, toMs: InstantMs): Transition[] {
  const transitions: Transition[] = [];
  let at = zoned(zone, fromMs).getTimeZoneTransition('next');
  while (at !== null && at.epochMilliseconds < toMs) {
    const beforeMs = offsetMs(zone, at.epochMilliseconds - 1);
    transitions.push({
      localMs: at.epochMilliseconds + beforeMs,
      fromMs: beforeMs,
      toMs: offsetMs(zone, at.epochMilliseconds),
    });
    at = at.getTimeZoneTransition('next');
  }
  return transitions;
}

type YearlyRule = { readonly start: Transition; readonly rule: string };

/** The transitions that stand alone, and the rules that all later ones follow; no rules where there is no such time. */
function splitAtRules(
  transitions: readonly Transition[],
  toMs: InstantMs,
): { listed: readonly Transition[]; rules: readonly YearlyRule[] } {
  for (const index of transitions.keys()) {
    const rules = findRules(transitions.slice(index), toMs);
    if (rules !== undefined) return { listed: transitions.slice(0, index), rules };
  }
  return { listed: transitions, rules: [] };
}

/** One yearly rule for each kind of change; undefined unless each happens so every year, for long enough and to the end. */
function findRules(transitions: readonly Transition[], toMs: InstantMs): YearlyRule[] | undefined {
  const changes = [...new Set(transitions.map(({ fromMs, toMs }) => `${fromMs} ${toMs}`))];
  const rules: YearlyRule[] = [];
  for (const change of changes) {
    const same = transitions.filter(({ fromMs, toMs }) => `${fromMs} ${toMs}` === change);
    const [start] = same;
    const days = same.map(({ localMs }) => zoned('UTC', localMs));
    const isYearly = days.every(({ year }, index) => year === (days[0]?.year ?? 0) + index);
    const goesOn = toMs - (same.at(-1)?.localMs ?? 0) < 366 * DAY_MS;
    const isSameTime = same.every(({ localMs }) => localMs % DAY_MS === (start?.localMs ?? 0) % DAY_MS);
    const rule = days.map(rulesOf).reduce((common, own) => common.filter((candidate) => own.includes(candidate)))[0];
    const isRule = isYearly && goesOn && isSameTime && same.length >= YEARS_OF_A_RULE;
    if (start === undefined || rule === undefined || !isRule) return undefined;
    rules.push({ start, rule });
  }
  return rules;
}

/** The yearly rules that a day fits and that zones have: the last or the n-th of a weekday in its month. */
function rulesOf({ month, day, dayOfWeek, daysInMonth }: Temporal.ZonedDateTime): string[] {
  const ordinals = [...(day + 7 > daysInMonth ? [-1] : []), Math.ceil(day / 7)];
  return ordinals.map((ordinal) => `FREQ=YEARLY;BYMONTH=${month};BYDAY=${ordinal}${WEEKDAY_CODES[dayOfWeek - 1]}`);
}

function zoned(zone: string, ms: InstantMs): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
}

function offsetMs(zone: string, ms: InstantMs): number {
  return zoned(zone, ms).offsetNanoseconds / 1e6;
}

/** `+0530`; with seconds only when there are some. */
function writeOffset(ms: number): string {
  const seconds = Math.abs(Math.round(ms / 1_000));
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, ...(seconds % 60 === 0 ? [] : [seconds % 60])];
  return `${ms < 0 ? '-' : '+'}${parts.map((part) => String(part).padStart(2, '0')).join('')}`;
}
