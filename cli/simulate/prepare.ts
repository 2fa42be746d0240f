import { parseEvents } from '../../lambda/core/config/parse.ts';
import type { Config } from '../../lambda/core/config/schema.ts';
import { findWorkload } from '../find-workload.ts';
import type { LoadedConfig } from '../load.ts';

/**
 * The configuration of a simulation: the chosen workload (all of them when none is named), and every event that names
 * it, those of the calendar files among them, so that nothing is read again in each simulated minute.
 */
export async function selectForSimulation({ config, calendarSources }: LoadedConfig, workloadName: string | undefined): Promise<Config> {
  if (workloadName !== undefined) findWorkload(config, workloadName);
  const workloads = config.workloads.filter(({ name }) => workloadName === undefined || name === workloadName);
  const fromSources = await Promise.all(calendarSources.map(async (source) => parseEvents(await source.read(), source.name, config)));
  const chosen = new Set(workloads.map(({ name }) => name));
  const events = [...config.calendar.events, ...fromSources.flat()].filter((event) => event.workloads.some((name) => chosen.has(name)));
  return { ...config, workloads, calendar: { ...config.calendar, sources: [], events } };
}
