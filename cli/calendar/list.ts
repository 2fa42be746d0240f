import { readCalendarNow } from '../../lambda/app/calendar.ts';
import { expandOccurrences } from '../../lambda/core/calendar/expand.ts';
import { renderOccurrences } from '../../lambda/core/calendar/render.ts';
import { formatInZone, formatUtc } from '../../lambda/core/units/time.ts';
import type { CommonOptions } from '../common-options.ts';
import type { Environment } from '../environment.ts';
import { loadConfig } from '../load.ts';
import { EXIT, type ExitCode, renderJson, renderTable } from '../output.ts';
import { type PeriodOptions, resolvePeriod } from '../period.ts';
import { describeEntry } from '../render-plan.ts';
import type { StoreOptions } from '../stores.ts';

const MAX_DAYS = 3700;

export type ListOptions = CommonOptions & PeriodOptions & StoreOptions;

export async function listCalendar(options: ListOptions, { output, clock }: Environment): Promise<ExitCode> {
  const nowMs = clock.now();
  const { config, calendarSources } = await loadConfig(options.config, output, options);
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
