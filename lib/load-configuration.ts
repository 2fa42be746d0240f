import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { type ConfigNote, parseConfig, parseEventFile, renderNote } from '../lambda/core/config/parse.ts';
import type { Config } from '../lambda/core/config/schema.ts';
import { DeploymentError } from './deployment-error.ts';

/** A configuration that has passed every check, and the files that make it up. */
export type Configuration = {
  readonly config: Config;
  readonly directory: string;
  readonly fileName: string;
  /** Calendar files, relative to `directory`. */
  readonly calendarFiles: readonly string[];
  /** Likely mistakes and keys without effect, each with its place. */
  readonly notes: readonly string[];
};

/** The parser's own limit, so that a huge file is refused before it is read. */
const MAX_BYTES = 1024 * 1024;

/**
 * Reads the configuration and the calendar files that it names, with the parser that the function uses at its cold start.
 *
 * @throws {ConfigError} with every problem of the first file that has some.
 * @throws {DeploymentError} when a file can't be read or can't be packed beside the handler.
 */
export function loadConfiguration(file: string): Configuration {
  const path = resolve(file);
  const directory = dirname(path);
  const fileName = basename(path);
  const { config, notes } = parseConfig(readText(path, 'Pass another with -c config=FILE.'), fileName);
  const eventFiles = config.calendar.sources.flatMap((source) => ('file' in source ? [packable(directory, source.file)] : []));
  const icsFiles = config.calendar.sources.flatMap((source) =>
    'ics' in source && !source.ics.startsWith('https://') ? [packable(directory, source.ics)] : [],
  );
  // An iCalendar changes after it is deployed only where it lies elsewhere; what is wrong with it, `foretide calendar list` says.
  for (const calendar of icsFiles) readText(join(directory, calendar), `It is named in calendar.sources of ${fileName}.`);
  const calendarNotes = eventFiles.flatMap((calendar) => {
    const text = readText(join(directory, calendar), `It is named in calendar.sources of ${fileName}.`);
    return renderNotes(calendar, parseEventFile(text, calendar, config).notes);
  });
  return {
    config,
    directory,
    fileName,
    calendarFiles: [...eventFiles, ...icsFiles],
    notes: [...renderNotes(fileName, notes), ...calendarNotes],
  };
}

function renderNotes(file: string, notes: readonly ConfigNote[]): string[] {
  return notes.map((note) => renderNote(file, note));
}

/** The function finds calendars where the configuration says, so they must lie in or below its directory. */
function packable(directory: string, file: string): string {
  const inside = relative(directory, resolve(directory, file));
  if (isAbsolute(file) || isAbsolute(inside) || inside === '..' || inside.startsWith('../') || inside.startsWith('..\\')) {
    throw new DeploymentError(
      `calendar.sources: file ${file} lies outside ${directory}; only files beside the configuration are deployed with it. Move it there.`,
    );
  }
  return inside;
}

function readText(path: string, hint: string): string {
  if (!existsSync(path)) throw new DeploymentError(`${path} does not exist. ${hint}`);
  const stat = statSync(path);
  if (!stat.isFile()) throw new DeploymentError(`${path} is not a file. ${hint}`);
  if (stat.size > MAX_BYTES)
    throw new DeploymentError(`${path} has ${stat.size} bytes; at most ${MAX_BYTES} are read. Split it, or drop past events.`);
  return readFileSync(path, 'utf8');
}
