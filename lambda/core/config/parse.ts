import type { z } from 'zod';
import { checkEvents, checkRecurrences, checkSourceDefaults, type EventContext } from './check-events.ts';
import { checkSections } from './check-sections.ts';
import { asList, asMap, loosenEvents, loosenFile, loosenSources } from './loose.ts';
import { listNotYet } from './not-yet.ts';
import { ConfigError, type ConfigNote, type ConfigProblem, type Finding, type Path, renderPath } from './problem.ts';
import { Config, ConfigFile } from './schema.ts';
import { findSchemaProblems } from './schema-problems.ts';
import { type EventConfig, EventFile, EventList } from './sections/calendar.ts';
import { type Warning, warnOfConfig, warnOfEvents } from './warnings.ts';
import { wholeFile } from './yaml-syntax.ts';
import { readYaml, type YamlTree } from './yaml-tree.ts';

export { ConfigError, type ConfigNote, renderNote } from './problem.ts';

export type ParsedConfig = { readonly config: Config; readonly notes: readonly ConfigNote[] };
export type ParsedEvents = { readonly events: readonly EventConfig[]; readonly notes: readonly ConfigNote[] };

/**
 * A configuration from the text of its file (YAML 1.2), with what is worth knowing about it: keys without effect
 * in this version and likely mistakes. `fileName` is for messages only.
 * @throws {ConfigError} with every problem of the file; nothing else is ever thrown, whatever the text.
 */
export function parseConfig(text: string, fileName: string): ParsedConfig {
  const tree = readTree(text, fileName);
  if (Array.isArray(tree.value) || typeof tree.value !== 'object') {
    const what = Array.isArray(tree.value) ? 'a list' : 'a single value';
    throw new ConfigError(fileName, [
      wholeFile(`the file is ${what}, not a map`, 'write keys at its top: version, clusters, workloads, calendar'),
    ]);
  }
  const loose = loosenFile(tree.value);
  const context = {
    workloads: loose.workloads,
    timezone: loose.timezone,
    holidays: loose.calendar.holidays,
    hasHolidays: loose.calendar.written.has('holidays'),
  };
  const writtenEvents = asMap(asMap(tree.value).calendar).events;
  const config = parseValue(Config, ConfigFile, tree, fileName, [
    ...checkSections(loose),
    ...checkWrittenEvents(writtenEvents, ['calendar', 'events'], context),
    ...checkSourceDefaults(loosenSources(asMap(asMap(tree.value).calendar).sources), ['calendar', 'sources'], context),
  ]);
  return {
    config,
    notes: notesOf(tree, listNotYet(tree.value), [...warnOfConfig(config), ...warnOfPlus(tree, writtenEvents, ['calendar', 'events'])]),
  };
}

/**
 * The events of a calendar file: a bare list, or a map with `events`. They may name workloads of `config` only.
 * An empty file is a problem, an empty list is not.
 * @throws {ConfigError} with every problem of the file.
 */
export function parseEvents(text: string, fileName: string, config: Config): readonly EventConfig[] {
  return parseEventFile(text, fileName, config).events;
}

/** `parseEvents` with the notes on the file. */
export function parseEventFile(text: string, fileName: string, config: Config): ParsedEvents {
  const tree = readTree(text, fileName);
  const bare = Array.isArray(tree.value);
  if (!bare && typeof tree.value !== 'object') {
    throw new ConfigError(fileName, [wholeFile('the file is a single value, not a list of events', 'write `events:` and below it a list')]);
  }
  const base: Path = bare ? [] : ['events'];
  const written = bare ? tree.value : asMap(tree.value).events;
  const context = {
    workloads: config.workloads,
    timezone: config.timezone,
    holidays: config.calendar.holidays,
    hasHolidays: config.calendar.holidays !== undefined,
  };
  const known = config.calendar.events.map((event) => event.name);
  const again = loosenEvents(written).flatMap((event, index): Finding[] => {
    if (event.name === undefined || !known.includes(event.name)) return [];
    return [
      { path: [...base, index, 'name'], message: 'is already the name of an event of the configuration', fix: 'give each its own name' },
    ];
  });
  const findings = [...again, ...checkWrittenEvents(written, base, context)];
  const events = bare
    ? parseValue(EventList, EventList, tree, fileName, findings)
    : parseValue(EventFile, EventFile, tree, fileName, findings).events;
  const notYet = listNotYet({ events: written }, 'calendar').map((found) => ({ ...found, path: bare ? found.path.slice(1) : found.path }));
  return { events, notes: notesOf(tree, notYet, [...warnOfEvents(config, events, base), ...warnOfPlus(tree, written, base)]) };
}

function readTree(text: string, fileName: string): YamlTree {
  const tree = readYaml(text);
  if (!('locate' in tree)) throw new ConfigError(fileName, tree.problems);
  return tree;
}

function checkWrittenEvents(written: unknown, base: Path, context: EventContext): Finding[] {
  const faults = checkEvents(loosenEvents(written), base, context);
  return [...faults, ...checkRecurrences(asList(written), base, faults, context)];
}

function parseValue<T extends z.ZodType>(
  schema: T,
  asWritten: z.ZodType,
  tree: YamlTree,
  fileName: string,
  findings: readonly Finding[],
): z.output<T> {
  const problems = [
    ...tree.problems,
    ...[...findSchemaProblems(asWritten, tree.value), ...findings].map((finding) => locate(tree, finding)),
  ];
  if (problems.length > 0)
    throw new ConfigError(
      fileName,
      problems.toSorted((a, b) => a.line - b.line || a.column - b.column),
    );
  return schema.parse(tree.value);
}

function locate(tree: YamlTree, { path, message, fix, atKey = false }: Finding): ConfigProblem {
  const { line, column, text } = tree.locate(path, atKey);
  return { path: renderPath(path), line, column, value: atKey ? '' : text, message, ...(fix === undefined ? {} : { fix }) };
}

/** YAML reads `+4` as the number 4. */
function warnOfPlus(tree: YamlTree, written: unknown, base: Path): Warning[] {
  return asList(written).flatMap((_, index) => {
    const path = [...base, index, 'floor'];
    const { text } = tree.locate(path);
    return /^\+\d/.test(text)
      ? [
          {
            path,
            message: `${text} is the number ${text.slice(1)} in YAML; for that many more than the baseline write { add: ${text.slice(1)} }`,
          },
        ]
      : [];
  });
}

function notesOf(tree: YamlTree, notYet: readonly Warning[], warnings: readonly Warning[]): ConfigNote[] {
  const note =
    (kind: ConfigNote['kind'], atKey: boolean) =>
    (warning: Warning): ConfigNote => {
      const { line, column } = tree.locate(warning.path, atKey);
      return { kind, path: renderPath(warning.path), line, column, message: warning.message };
    };
  return [...notYet.map(note('no-effect-yet', true)), ...warnings.map(note('warning', false))].toSorted(
    (a, b) => a.line - b.line || a.column - b.column,
  );
}
