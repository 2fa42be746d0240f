import { parseEvents } from '../../lambda/core/config/parse.ts';
import type { Config } from '../../lambda/core/config/schema.ts';
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
  const [files, others] = [calendarSources.filter(isYaml), calendarSources.filter((source) => !isYaml(source))];
  for (const { name } of others) output.err(`calendar.sources: ${name} is left out: a simulation knows no iCalendar yet.`);
  const fromSources = await Promise.all(files.map(async (source) => parseEvents(await source.read(), source.name, config)));
  const chosen = new Set(workloads.map(({ name }) => name));
  const events = [...config.calendar.events, ...fromSources.flat()].filter((event) => event.workloads.some((name) => chosen.has(name)));
  return { ...config, workloads, calendar: { ...config.calendar, sources: [], events } };
}

function isYaml({ format }: CalendarSource): boolean {
  return format === undefined || format.kind === 'events';
}
