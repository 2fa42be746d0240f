import { parseTable } from '../../lambda/core/calendar-table/parse-table.ts';
import { parseEvents } from '../../lambda/core/config/parse.ts';
import type { Config } from '../../lambda/core/config/schema.ts';
import type { EventConfig } from '../../lambda/core/config/sections/calendar.ts';
import type { CalendarSource } from '../../lambda/ports/calendar-source.ts';
import { findWorkload } from '../find-workload.ts';
import { leaveOutScaledJobs } from '../leave-out-jobs.ts';
import type { LoadedConfig } from '../load.ts';
import type { Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';

/**
 * The configuration of a simulation: the chosen workload (all of them when none is named), and every event that names
 * it, those of the calendar files among them, so that nothing is read again in each simulated minute.
 */
export async function selectForSimulation(
  { config, calendarSources }: LoadedConfig,
  workloadName: string | undefined,
  output: Output,
): Promise<Config> {
  if (workloadName !== undefined) findWorkload(config, workloadName);
  const named = config.workloads.filter(({ name }) => workloadName === undefined || name === workloadName);
  const { workloads } = leaveOutScaledJobs({ ...config, workloads: named }, output);
  if (workloads.length === 0) throw new UsageError('no workload is left to simulate');
  // A simulation takes events as the configuration writes them.
  const fromSources = await Promise.all(calendarSources.map((source) => readEvents(source, config, output)));
  const chosen = new Set(workloads.map(({ name }) => name));
  const events = [...config.calendar.events, ...fromSources.flat()].filter((event) => event.workloads.some((name) => chosen.has(name)));
  return { ...config, workloads, calendar: { ...config.calendar, sources: [], events } };
}

async function readEvents(source: CalendarSource, config: Config, output: Output): Promise<readonly EventConfig[]> {
  const kind = source.format?.kind ?? 'events';
  if (kind === 'events') return parseEvents(await source.read(), source.name, config);
  if (kind !== 'table') {
    output.err(`calendar.sources: ${source.name} is left out: a simulation knows no iCalendar yet.`);
    return [];
  }
  const { events, problems } = parseTable(await source.read(), source.name, config);
  for (const { entry, problem, fix } of problems) output.err(`${source.name}: ${entry} ${problem}; it is left out: ${fix}`);
  return events;
}
