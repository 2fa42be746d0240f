import { constants, open } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { makeCalendarSources } from '../lambda/adapters/calendar/calendar-sources.ts';
import { makeSystemClock } from '../lambda/adapters/clock/system-clock.ts';
import type { Stores } from '../lambda/adapters/stores.ts';
import { type ConfigNote, parseConfig, renderNote } from '../lambda/core/config/parse.ts';
import type { Config } from '../lambda/core/config/schema.ts';
import { parseCalendar } from '../lambda/core/icalendar/parse-calendar.ts';
import type { CalendarSource } from '../lambda/ports/calendar-source.ts';
import { colors } from './colors.ts';
import type { Output } from './output.ts';
import { openStores, type StoreOptions } from './stores.ts';
import { UsageError } from './usage-error.ts';

export type LoadedConfig = {
  readonly file: string;
  /** The file as it was read. */
  readonly text: string;
  readonly config: Config;
  /** Where the file lies; relative paths and local state start here. */
  readonly directory: string;
  readonly calendarSources: readonly CalendarSource[];
  /** What is kept between ticks, where the options of the command say. */
  readonly stores: Stores;
  readonly options: LoadOptions;
};

/** The parser refuses more than this, so more is not read. */
const MAX_BYTES = 1024 * 1024 + 1;

/** `simulating`: what has no effect yet on a cluster is no news, since some of it has in a simulation. */
export type LoadOptions = StoreOptions & { readonly simulating?: boolean };

/** Reads and checks the configuration file and the calendar files that it names; its notes (keys without effect yet, warnings) go to stderr. Throws what is wrong with any of them. */
export async function loadConfig(file: string, output: Output, options: LoadOptions = {}): Promise<LoadedConfig> {
  const text = await readHead(file);
  const { config, notes } = parseConfig(text, basename(file));
  const isToldOf = ({ kind }: ConfigNote) => kind === 'warning' || options.simulating !== true;
  for (const note of notes.filter(isToldOf)) output.err(colors.dim(renderNote(basename(file), note)));
  const directory = dirname(resolve(file));
  const stores = openStores(options, directory);
  // The real clock also where time is simulated: servers live in the present.
  const { all: calendarSources, files } = makeCalendarSources({
    config,
    configFile: file,
    clock: makeSystemClock(),
    table: stores.calendar,
  });
  for (const line of await readSourceNotes(files, config, isToldOf)) output.err(colors.dim(line));
  return { file, text, config, directory, calendarSources, stores, options };
}

/** Notes on every calendar file. @throws {UsageError} with what is wrong with all of them. */
async function readSourceNotes(
  sources: readonly CalendarSource[],
  config: Config,
  isToldOf: (note: ConfigNote) => boolean,
): Promise<string[]> {
  const read = await Promise.allSettled(
    sources.map(async (source) =>
      parseCalendar(await source.read(), source.name, source.format ?? { kind: 'events' }, config)
        .notes.filter(isToldOf)
        .map((note) => renderNote(source.name, note)),
    ),
  );
  const wrong = read.flatMap((result) => (result.status === 'rejected' ? [messageOf(result.reason)] : []));
  if (wrong.length > 0) throw new UsageError(wrong.join('\n'));
  return read.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The configuration as it is now, if it changed; an unreadable or faulty one is reported, and the one before goes on. */
export async function reloadConfig(before: LoadedConfig, output: Output): Promise<LoadedConfig> {
  try {
    return (await readHead(before.file)) === before.text ? before : await loadConfig(before.file, output, before.options);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    output.err(`${error.message}\nThe configuration that was read before goes on.`);
    return before;
  }
}

async function readHead(file: string): Promise<string> {
  try {
    await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!(await handle.stat()).isFile()) throw new UsageError('it is not a regular file');
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    throw new UsageError(`${file} can't be read: ${messageOf(error)}. Name the configuration with --config FILE.`, {
      cause: error,
    });
  }
}
