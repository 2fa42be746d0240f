import { resolve } from 'node:path';
import { CalendarFileError, readCalendarFile } from '../../lambda/adapters/files/file-calendar-source.ts';
import { type ImportResult, importEvents } from '../../lambda/app/calendar-table.ts';
import type { TableChange } from '../../lambda/core/calendar-table/decide-import.ts';
import { readImport } from '../../lambda/core/calendar-table/read-import.ts';
import { parseEvents } from '../../lambda/core/config/parse.ts';
import { ConfigError, renderNote } from '../../lambda/core/config/problem.ts';
import type { Config } from '../../lambda/core/config/schema.ts';
import type { EntryDefaults } from '../../lambda/core/icalendar/needs.ts';
import { colors } from '../colors.ts';
import type { CommonOptions } from '../common-options.ts';
import type { Environment } from '../environment.ts';
import { loadConfig } from '../load.ts';
import { EXIT, type ExitCode, renderJson } from '../output.ts';
import type { StoreOptions } from '../stores.ts';
import { UsageError } from '../usage-error.ts';
import { explainOptions } from './event-options.ts';
import { parseFloorOption } from './floor-option.ts';
import { describeTable, requireTableSource, splitNames, thisPerson } from './table.ts';

export type ImportOptions = CommonOptions &
  StoreOptions & { readonly workloads?: string; readonly floor?: string; readonly dryRun?: boolean };

export async function importCalendar(file: string, options: ImportOptions, { output, clock }: Environment): Promise<ExitCode> {
  const nowMs = clock.now();
  const loaded = await loadConfig(options.config, output, options);
  const { config, stores } = loaded;
  requireTableSource(config);
  const brought = readImport(await readText(file), file, config, parseDefaults(options, config), nowMs);
  const dryRun = options.dryRun ?? false;
  const result = await importEvents(stores.calendar, brought, { person: thisPerson(), nowMs, dryRun });
  for (const note of brought.notes) output.err(colors.dim(renderNote(file, note)));
  for (const { entry, kind, problem, fix } of result.problems)
    output.err(`${file}: ${entry} ${problem}${kind === 'left-out' ? '; it is left out' : ''}: ${fix}`);
  for (const failure of result.failures) output.err(`not written: ${failure}`);
  const where = describeTable(loaded);
  output.out(options.json ? renderJson({ file, dryRun, where, ...summarize(result) }) : renderResult(file, where, result, dryRun));
  if (result.failures.length > 0) return EXIT.failure;
  return result.problems.some(({ kind }) => kind === 'left-out') ? EXIT.findings : EXIT.ok;
}

async function readText(file: string): Promise<string> {
  try {
    return await readCalendarFile(resolve(file));
  } catch (error) {
    throw error instanceof CalendarFileError ? new UsageError(error.message, { cause: error }) : error;
  }
}

/** What entries need that say nothing: checked as an event of these would be. */
function parseDefaults({ workloads, floor }: ImportOptions, config: Config): EntryDefaults {
  const written = {
    ...(workloads !== undefined && { workloads: splitNames(workloads) }),
    ...(floor !== undefined && { floor: parseFloorOption(floor) }),
  };
  const stand = {
    name: 'entry',
    start: '2026-01-01',
    duration: '1h',
    workloads: config.workloads.slice(0, 1).map(({ name }) => name),
    floor: 0,
  };
  try {
    const alone = { ...config, calendar: { ...config.calendar, events: [] } };
    const [event] = parseEvents(JSON.stringify([{ ...stand, ...written }]), '', alone);
    return {
      ...(workloads !== undefined && event !== undefined && { workloads: event.workloads }),
      ...(floor !== undefined && event !== undefined && { floor: event.floor }),
    };
  } catch (error) {
    throw error instanceof ConfigError ? explainOptions(error) : error;
  }
}

const KINDS = ['added', 'replaced', 'removed'] as const;

function summarize({ changes, unchanged, problems, failures }: ImportResult) {
  const [added, replaced, removed] = KINDS.map((kind) => namesOf(changes, kind));
  return { added, replaced, removed, unchanged, problems, failures };
}

function renderResult(file: string, where: string, { changes, unchanged, problems }: ImportResult, dryRun: boolean): string {
  const leftOut = problems.filter(({ kind }) => kind === 'left-out').length;
  const counts = [
    ...KINDS.map((kind) => `${namesOf(changes, kind).length} ${kind}`),
    `${unchanged.length} unchanged`,
    `${leftOut} left out`,
  ];
  const lines = changes.map(({ kind, event }) => `  ${kind}: ${event.name}`);
  return [`${file} → ${where}: ${counts.join(', ')}${dryRun ? ' (dry run: not written)' : ''}`, ...lines].join('\n');
}

function namesOf(changes: readonly TableChange[], kind: TableChange['kind']): string[] {
  return changes.filter((change) => change.kind === kind).map(({ event }) => event.name);
}
