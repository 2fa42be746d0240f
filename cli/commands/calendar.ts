import { readCalendarNow } from '../../lambda/app/calendar.ts';
import { expandOccurrences } from '../../lambda/core/calendar/expand.ts';
import { renderOccurrences } from '../../lambda/core/calendar/render.ts';
import { formatInZone, formatUtc } from '../../lambda/core/units/time.ts';
import { type CommonOptions, withCommonOptions } from '../common-options.ts';
import type { DefineCommand } from '../define-command.ts';
import type { Environment } from '../environment.ts';
import { loadConfig } from '../load.ts';
import { EXIT, type ExitCode, renderJson, renderTable } from '../output.ts';
import { type PeriodOptions, resolvePeriod, withPeriodOptions } from '../period.ts';
import { describeEntry } from '../render-plan.ts';

const MAX_DAYS = 3700;

export const defineCalendar: DefineCommand = (program, environment, act) => {
  const calendar = program.command('calendar').description('look into the calendar');
  withPeriodOptions(withCommonOptions(calendar.command('list')))
    .description('every occurrence that touches the period, whole, one row each')
    .addHelpText(
      'after',
      `
Entries of calendars that need a look are named on stderr; with one that is left out it exits with 1,
and with 3, after the rest, when a calendar can't be read.

Examples:
  foretide calendar list
  foretide calendar list --from 2026-11-27 --to 2026-12-01 --json
  foretide calendar list --config prod.yaml --from 2026-01-01T00:00Z --to 2027-01-01T00:00Z`,
    )
    .action((options: CommonOptions & PeriodOptions) => act(() => listCalendar(options, environment)));
};

async function listCalendar(options: CommonOptions & PeriodOptions, { output, clock }: Environment): Promise<ExitCode> {
  const nowMs = clock.now();
  const { config, calendarSources } = await loadConfig(options.config, output);
  const { fromMs, toMs } = resolvePeriod(options, config.timezone, nowMs, MAX_DAYS);
  const { events, problemsIn, unreadable } = await readCalendarNow(calendarSources, config);
  const occurrences = expandOccurrences(events, fromMs, toMs);
  const problems = problemsIn(fromMs, toMs);
  for (const problem of problems) output.err(describeEntry(problem, config.timezone));
  for (const { reason } of unreadable) output.err(reason);
  const lacks = problems.some(({ kind }) => kind === 'left-out');
  const exitCode = unreadable.length > 0 ? EXIT.failure : lacks ? EXIT.findings : EXIT.ok;
  if (options.json) {
    output.out(renderJson(renderOccurrences(occurrences)));
    return exitCode;
  }
  if (occurrences.length === 0) {
    output.out(`Nothing on the calendar from ${formatUtc(fromMs)} to ${formatUtc(toMs)}.`);
    return exitCode;
  }
  const rows = occurrences.map(({ event, startMs, endMs }) => [
    event.name,
    event.workloads.join(', '),
    formatInZone(startMs, event.timezone),
    formatInZone(endMs, event.timezone),
    formatUtc(startMs),
    event.source,
  ]);
  output.out(renderTable(['EVENT', 'WORKLOADS', 'START', 'END', 'START (UTC)', 'SOURCE'], rows));
  return exitCode;
}
