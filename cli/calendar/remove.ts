import { basename } from 'node:path';
import { readCalendarNow } from '../../lambda/app/calendar.ts';
import { removeEvent } from '../../lambda/app/calendar-table.ts';
import { nearest } from '../../lambda/core/config/suggest.ts';
import type { CommonOptions } from '../common-options.ts';
import type { Environment } from '../environment.ts';
import { type LoadedConfig, loadConfig } from '../load.ts';
import { EXIT, type ExitCode, renderJson } from '../output.ts';
import type { StoreOptions } from '../stores.ts';
import { UsageError } from '../usage-error.ts';
import { describeTable } from './table.ts';

export type RemoveOptions = CommonOptions & StoreOptions & { readonly dryRun?: boolean };

export async function removeFromCalendar(name: string, options: RemoveOptions, { output }: Environment): Promise<ExitCode> {
  const loaded = await loadConfig(options.config, output, options);
  const dryRun = options.dryRun ?? false;
  const removed = await removeEvent(loaded.stores.calendar, name, dryRun);
  const where = describeTable(loaded);
  if (removed === undefined) {
    const elsewhere = await findElsewhere(name, loaded);
    if (elsewhere !== undefined) throw new UsageError(`${name} stands in ${elsewhere}, not in the calendar table: remove it there`);
    const names = (await loaded.stores.calendar.readEntries()).map(({ event }) => event.name);
    const near = nearest(name, names);
    output.err(`${where} has no event named ${name}${near === undefined ? '' : `; did you mean ${near}?`}`);
  }
  const done = dryRun ? 'would be removed (dry run: not written)' : 'removed; what it asked for goes with the next tick';
  if (options.json) output.out(renderJson({ removed: removed !== undefined, dryRun, where, event: removed?.event ?? null }));
  else if (removed !== undefined) output.out(`${name}: ${done}`);
  return removed === undefined ? EXIT.findings : EXIT.ok;
}

/** The file or calendar that an event of this name stands in. */
async function findElsewhere(name: string, { config, file, calendarSources }: LoadedConfig): Promise<string | undefined> {
  const others = calendarSources.filter(({ format }) => format?.kind !== 'table');
  const { events } = await readCalendarNow(others, config);
  const source = events.find((event) => event.name === name)?.source;
  return source === 'config' ? basename(file) : source;
}
