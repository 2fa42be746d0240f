import { type LocalMs, parseTimeText, TimeError } from '../units/time.ts';

/** A recurrence that is wrong; the message says what and what to write instead, and doesn't name the event. */
export class RecurrenceError extends Error {
  override readonly name = 'RecurrenceError';
}

const LONGEST_QUOTED = 40;

/** Untrusted text for a message: in quotes, at most about 40 characters, without control characters. */
export function quote(text: string): string {
  return JSON.stringify(text.length > LONGEST_QUOTED ? `${text.slice(0, LONGEST_QUOTED)}…` : text);
}

/** An RFC 5545 DATE, `20261127`: its midnight. Undefined for other texts. @throws {RecurrenceError} when there is no such day. */
export function parseDateValue(text: string): LocalMs | undefined {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(text) ?? [];
  return year === undefined ? undefined : parseLocal(text, `${year}-${month}-${day}`);
}

/** An RFC 5545 DATE-TIME, `20261127T090000` or with a final `Z`. Undefined for other texts. @throws {RecurrenceError} when there is no such time. */
export function parseTimeValue(text: string): { readonly localMs: LocalMs; readonly utc: boolean } | undefined {
  const [, year, month, day, hour, minute, second, utc] = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(Z)?$/i.exec(text) ?? [];
  if (year === undefined) return undefined;
  return { localMs: parseLocal(text, `${year}-${month}-${day}T${hour}:${minute}:${second}`), utc: utc !== undefined };
}

function parseLocal(written: string, iso: string): LocalMs {
  try {
    const time = parseTimeText(iso);
    return time.kind === 'local' ? time.localMs : time.ms;
  } catch (error) {
    if (error instanceof TimeError) throw new RecurrenceError(`${quote(written)} is no date or time that exists`, { cause: error });
    throw error;
  }
}
