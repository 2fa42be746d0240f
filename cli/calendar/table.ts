import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../lambda/core/config/schema.ts';
import type { LoadedConfig } from '../load.ts';
import { stateDirectory } from '../state-directory.ts';
import { UsageError } from '../usage-error.ts';

/** @throws {UsageError} when nothing would ever read what is written. */
export function requireTableSource(config: Config): void {
  if (config.calendar.sources.some((source) => 'table' in source)) return;
  throw new UsageError('the configuration does not read the calendar table: add { table: true } to calendar.sources');
}

/** Where the table is, for people: what this machine's loop reads, or the deployed function. */
export function describeTable({ directory, options: { table, state } }: LoadedConfig): string {
  return table === undefined
    ? `${join(stateDirectory(directory, state), 'calendar')} (for \`foretide run\` on this machine)`
    : `table ${table}`;
}

export function thisPerson(): string {
  return userInfo().username;
}

/** `chat,embed` */
export function splitNames(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
