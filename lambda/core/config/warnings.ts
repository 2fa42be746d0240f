import { demandOf } from './check-events.ts';
import type { Path } from './problem.ts';
import type { Config } from './schema.ts';
import type { EventConfig } from './sections/calendar.ts';
import type { CapConfig } from './sections/spend.ts';

export type Warning = { readonly path: Path; readonly message: string };

/** Valid, but hardly meant: each with what will really happen. */
export function warnOfConfig(config: Config): Warning[] {
  const warnings = [...warnOfEvents(config, config.calendar.events, ['calendar', 'events']), ...warnOfCaps(config)];
  if (config.calendar.events.length === 0 && config.calendar.sources.length === 0)
    warnings.push({ path: ['calendar'], message: 'has neither events nor sources: nothing will be scaled ahead' });
  for (const [index, workload] of config.workloads.entries()) {
    if (workload.target.kind === 'HorizontalPodAutoscaler' && workload.target.name.startsWith('keda-hpa-'))
      warnings.push({
        path: ['workloads', index, 'target', 'name'],
        message: 'looks like an HPA that KEDA owns and writes back; name its ScaledObject instead',
      });
  }
  return warnings;
}

/** The same for events, wherever they are written. */
export function warnOfEvents(config: Config, events: readonly EventConfig[], base: Path): Warning[] {
  return events.flatMap((event, index) => {
    const path: Path = [...base, index];
    const warnings: Warning[] = [];
    const warn = (key: string, message: string) => warnings.push({ path: [...path, key], message });
    if (event.floor === 'learned' && event.fallbackFloor === undefined && isFirstOfClass(events, index))
      warn('floor', 'is learned without a fallbackFloor: nothing is raised while its demand is not known');
    if (event.floor !== 'learned' && event.fallbackFloor !== undefined)
      warn('fallbackFloor', 'has no effect, since the floor is not learned');
    if (event.ramp.steps > 1 && event.ramp.over.ms === 0) warn('ramp', `has ${event.ramp.steps} steps over no time: they all come at once`);
    if (event.release.steps > 1 && event.release.over.ms === 0)
      warn('release', `has ${event.release.steps} steps over no time: they all come at once`);
    if (event.release.steps === 1 && event.release.over.ms > 0)
      warn('release', 'has one step, so `over` has no effect; write steps: 2 or more');
    if (event.recurrence === undefined && event.except.length > 0) warn('except', 'leaves out occurrences of an event that happens once');
    for (const name of event.workloads) warnings.push(...warnOfBounds(config, event, path, name));
    return warnings;
  });
}

/** One warning for a class says it for all of its events. */
function isFirstOfClass(events: readonly EventConfig[], index: number): boolean {
  const own = events[index]?.class;
  return own === undefined || events.findIndex((event) => event.class === own && event.floor === 'learned') === index;
}

function warnOfBounds(config: Config, event: EventConfig, path: Path, name: string): Warning[] {
  const workload = config.workloads.find((one) => one.name === name);
  const warnings: Warning[] = [];
  if (event.max !== undefined && workload?.delivery === 'metricsApi')
    warnings.push({
      path: [...path, 'max'],
      message: `can't be enforced for workload ${name}, whose bounds Foretide does not write (delivery: metricsApi): it cuts floors only`,
    });
  const bounds = workload?.bounds;
  if (bounds === undefined) return warnings;
  if (event.max !== undefined && event.max > bounds.max)
    warnings.push({
      path: [...path, 'max'],
      message: `is above bounds.max of workload ${name}, which Foretide never raises: ${bounds.max} stays its max`,
    });
  if (event.max !== undefined && event.max < bounds.min)
    warnings.push({
      path: [...path, 'max'],
      message: `is below bounds.min of workload ${name}, ${bounds.min}: the event takes replicas away`,
    });
  const wanted = relativeFloor(event, bounds.min);
  const max = Math.min(bounds.max, event.max ?? bounds.max);
  if (wanted !== undefined && wanted > max)
    warnings.push({
      path: [...path, 'floor'],
      message: `is ${wanted} replicas of workload ${name}, which will be trimmed to its max, ${max}`,
    });
  return warnings;
}

function relativeFloor({ floor }: EventConfig, min: number): number | undefined {
  if (typeof floor !== 'object' || demandOf(floor) !== undefined) return undefined;
  if ('add' in floor) return min + floor.add;
  return 'times' in floor ? Math.ceil(min * floor.times) : undefined;
}

function warnOfCaps(config: Config): Warning[] {
  return config.spend.caps.flatMap((cap, index) => {
    const covered = coveredBy(config, cap);
    if (config.spend.allowCritical || covered.length === 0 || covered.some((workload) => workload.tier !== 'critical')) return [];
    return [
      {
        path: ['spend', 'caps', index],
        message: `covers only critical workloads (${covered.map((workload) => workload.name).join(', ')}), which the ladder spares: the cap can alert, but cut nothing`,
      },
    ];
  });
}

function coveredBy(config: Config, { scope }: CapConfig): Config['workloads'] {
  if (scope === 'all') return config.workloads;
  if ('workload' in scope) return config.workloads.filter((workload) => workload.name === scope.workload);
  const accounts = 'account' in scope ? [scope.account] : scope.accounts;
  const clusters = config.clusters.filter((cluster) => cluster.account !== undefined && accounts.includes(cluster.account));
  return config.workloads.filter((workload) => clusters.some((cluster) => cluster.name === workload.cluster));
}
