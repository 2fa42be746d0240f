import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { CalendarFormat } from '../../core/icalendar/parse-calendar.ts';
import type { CalendarSource } from '../../ports/calendar-source.ts';

const MAX_CALENDAR_BYTES = 1024 * 1024;

/** A calendar file can't be read as text; says which and what to do. */
export class CalendarFileError extends Error {
  override readonly name = 'CalendarFileError';
}

/** The calendar in `file`, a path relative to the configuration file that names it. */
export function makeFileCalendarSource(
  configurationFile: string,
  file: string,
  format: CalendarFormat = { kind: 'events' },
): CalendarSource {
  const path = resolve(dirname(configurationFile), file);
  return {
    name: file,
    format,
    read: () => readCalendarFile(path, ' Paths in calendar.sources are relative to the configuration file.'),
  };
}

/** The whole text of a calendar file. `advice` follows what the system says. @throws {CalendarFileError} */
export async function readCalendarFile(path: string, advice = ''): Promise<string> {
  return decodeText(path, await readBounded(path, advice));
}

async function readBounded(path: string, advice: string): Promise<Buffer> {
  try {
    const handle = await open(path, 'r');
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw new CalendarFileError(`Calendar ${path} is not a regular file. Name a file.`);
      if (stat.size > MAX_CALENDAR_BYTES) throw tooLarge(path, stat.size);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_CALENDAR_BYTES + 1), 0, MAX_CALENDAR_BYTES + 1, 0);
      if (bytesRead > MAX_CALENDAR_BYTES) throw tooLarge(path, bytesRead);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof CalendarFileError) throw error;
    const problem = error instanceof Error ? error.message : String(error);
    throw new CalendarFileError(`Calendar ${path} can't be read: ${problem}.${advice}`, { cause: error });
  }
}

function tooLarge(path: string, bytes: number): CalendarFileError {
  return new CalendarFileError(
    `Calendar ${path} has ${bytes} bytes; at most ${MAX_CALENDAR_BYTES} are read. Split it, or drop past events.`,
  );
}

function decodeText(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CalendarFileError(`Calendar ${path} is not UTF-8 text. Save it as UTF-8.`, { cause });
  }
}
