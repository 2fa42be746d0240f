import { Temporal } from 'temporal-polyfill';
import { type InstantMs, SECOND_MS } from './quantities.ts';

/** A wall-clock time without a zone, as the milliseconds that it would be in UTC. Never mix it with an `InstantMs`. */
export type LocalMs = number;

/** How a local time became an instant: as written, moved forward out of a DST gap, or the first of two in a DST overlap. */
export type LocalResolution = 'exact' | 'movedForward' | 'firstOfTwo';

export type ResolvedLocal = { readonly ms: InstantMs; readonly resolution: LocalResolution };

/** What an ISO 8601 text says: an instant when it has an offset, else a local time. */
export type TimeText = { readonly kind: 'instant'; readonly ms: InstantMs } | { readonly kind: 'local'; readonly localMs: LocalMs };

/** A text that is no time, or a zone that doesn't exist. The message names the text and says what to write. */
export class TimeError extends Error {
  override readonly name = 'TimeError';
}

const DATE = String.raw`\d{4}-\d{2}-\d{2}`;
const CLOCK = String.raw`\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?`;
const TIME_TEXT = new RegExp(`^(${DATE})(?:[Tt ](${CLOCK})([Zz]|[+-]\\d{2}:\\d{2})?)?$`);
const LONGEST_ZONE_NAME = 64;
const LONGEST_QUOTED = 40;

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `2026-11-27T05:00:00Z`; parts of a second are dropped. @throws {RangeError} when `ms` is no instant. */
export function formatUtc(ms: InstantMs): string {
  const second = Math.floor(ms / SECOND_MS);
  const known = recentTexts.get(second);
  if (known !== undefined) return known;
  const text = Temporal.Instant.fromEpochMilliseconds(second * SECOND_MS).toString();
  if (recentTexts.size === MOST_RECENT_TEXTS) recentTexts.clear();
  recentTexts.set(second, text);
  return text;
}

/** A tick writes the same few starts and ends into evidence again and again. */
const recentTexts = new Map<number, string>();
const MOST_RECENT_TEXTS = 1_000;

/**
 * `Fri 27 Nov 2026 00:00 EST`, for people; seconds only when there are some.
 * @throws {TimeError} when the zone is unknown. @throws {RangeError} when `ms` is no instant.
 */
export function formatInZone(ms: InstantMs, zone: string): string {
  const at = atZone(Math.floor(ms / SECOND_MS) * SECOND_MS, zone);
  const clock = [at.hour, at.minute, ...(at.second === 0 ? [] : [at.second])].map(twoDigits).join(':');
  return `${WEEKDAYS[at.dayOfWeek - 1]} ${twoDigits(at.day)} ${MONTHS[at.month - 1]} ${at.year} ${clock} ${abbreviationOf(ms, zone)}`;
}

/**
 * The instant that a text means: `2026-11-27T00:00`, a date alone (its midnight), both local to `zone`, or with an
 * offset `2026-07-12T15:00-04:00`, `…Z`. Local times that don't exist move forward by the gap, repeated ones are the first.
 * @throws {TimeError} when the text is no time, or the zone is unknown.
 */
export function parseInstant(text: string, zone: string): InstantMs {
  const time = parseTimeText(text);
  return time.kind === 'instant' ? time.ms : resolveLocal(time.localMs, zone).ms;
}

/** What a text says, before any zone is applied. @throws {TimeError} when it is no time: wrong form, or a date or hour that doesn't exist. */
export function parseTimeText(text: string): TimeText {
  const [, date, clock, offset] = TIME_TEXT.exec(text.trim()) ?? [];
  if (date === undefined) throw new TimeError(`${quote(text)} is no time: write for example 2026-11-27T00:00, or 2026-11-27T00:00-05:00`);
  const local = `${date}T${clock ?? '00:00'}`;
  try {
    if (offset === undefined) return { kind: 'local', localMs: localMsOf(Temporal.PlainDateTime.from(local, { overflow: 'reject' })) };
    return { kind: 'instant', ms: Temporal.Instant.from(`${local}${offset.toUpperCase()}`).epochMilliseconds };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TimeError(`${quote(text)} is no time: that date or time of day does not exist`, { cause: error });
  }
}

/**
 * The instant of a local time in an IANA zone. One that a DST gap skips moves forward by the length of the gap; of one
 * that comes twice it is the first.
 * @throws {TimeError} when the zone is unknown.
 */
export function resolveLocal(localMs: LocalMs, zone: string): ResolvedLocal {
  const local = Temporal.Instant.fromEpochMilliseconds(localMs).toZonedDateTimeISO('UTC').toPlainDateTime();
  const known = knownZone(zone);
  const earlier = local.toZonedDateTime(known, { disambiguation: 'earlier' }).epochMilliseconds;
  const later = local.toZonedDateTime(known, { disambiguation: 'later' }).epochMilliseconds;
  if (earlier === later) return { ms: earlier, resolution: 'exact' };
  const exists = toLocal(earlier, known) === localMs;
  return exists ? { ms: earlier, resolution: 'firstOfTwo' } : { ms: later, resolution: 'movedForward' };
}

/** The wall-clock time in a zone at an instant. @throws {TimeError} when the zone is unknown. */
export function toLocal(ms: InstantMs, zone: string): LocalMs {
  return localMsOf(atZone(ms, zone).toPlainDateTime());
}

/** The date of a local time as `YYYY-MM-DD`. */
export function formatLocalDate(localMs: LocalMs): string {
  return Temporal.Instant.fromEpochMilliseconds(localMs).toZonedDateTimeISO('UTC').toPlainDate().toString();
}

/** A local time as `2026-11-27T09:00`, with seconds only when there are some; parts of a second are dropped. */
export function formatLocalTime(localMs: LocalMs): string {
  const text = formatUtc(localMs).slice(0, -1);
  return text.endsWith(':00') ? text.slice(0, -3) : text;
}

/** Whether a name is an IANA time zone here, such as `Europe/Paris`; a bare offset is none. */
export function isTimeZone(name: string): boolean {
  if (name.length > LONGEST_ZONE_NAME || !/^[A-Za-z]/.test(name)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function knownZone(zone: string): string {
  if (!isTimeZone(zone)) throw new TimeError(`${quote(zone)} is no time zone: write an IANA name such as Europe/Paris`);
  return zone;
}

function atZone(ms: InstantMs, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(knownZone(zone));
}

function localMsOf(local: Temporal.PlainDateTime): LocalMs {
  return local.toZonedDateTime('UTC').epochMilliseconds;
}

/** English has `EST` but no `CET`, British English the other way round: the first that is no bare offset. */
function abbreviationOf(ms: InstantMs, zone: string): string {
  const names = ['en-US', 'en-GB', 'en-AU'].map((locale) =>
    new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'short' })
      .formatToParts(ms)
      .find((part) => part.type === 'timeZoneName'),
  );
  const texts = names.flatMap((name) => (name === undefined ? [] : [name.value]));
  return texts.find((text) => !/\d/.test(text)) ?? texts[0] ?? zone;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

function quote(text: string): string {
  return JSON.stringify(text.length > LONGEST_QUOTED ? `${text.slice(0, LONGEST_QUOTED)}…` : text);
}
