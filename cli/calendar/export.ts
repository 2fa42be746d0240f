import { exportICalendar } from '../../lambda/core/calendar-table/export-table.ts';
import { writeYaml } from '../../lambda/core/calendar-table/write-yaml.ts';
import type { WrittenCalendar } from '../../lambda/core/icalendar/write-icalendar.ts';
import type { CommonOptions } from '../common-options.ts';
import type { Environment } from '../environment.ts';
import { loadConfig } from '../load.ts';
import { EXIT, type ExitCode, renderJson } from '../output.ts';
import type { StoreOptions } from '../stores.ts';
import { UsageError } from '../usage-error.ts';

export type ExportOptions = CommonOptions & StoreOptions & { readonly format: string };

export async function exportCalendar(options: ExportOptions, { output, clock }: Environment): Promise<ExitCode> {
  const { format } = options;
  if (format !== 'ics' && format !== 'yaml') throw new UsageError(`--format is yaml or ics (got ${format})`);
  const { config, stores } = await loadConfig(options.config, output, options);
  const entries = await stores.calendar.readEntries();
  const events = entries.map(({ event }) => event);
  const { text, problems }: WrittenCalendar =
    format === 'ics' ? exportICalendar(entries, config, clock.now()) : { text: writeYaml(events), problems: [] };
  for (const { entry, kind, problem, fix } of problems)
    output.err(`${entry} ${problem}${kind === 'left-out' ? '; it is left out' : ''}: ${fix}`);
  // The output ends the last line itself.
  output.out(options.json ? renderJson({ events, format, text, problems }) : text.replace(/\n$/, ''));
  return problems.some(({ kind }) => kind === 'left-out') ? EXIT.findings : EXIT.ok;
}
