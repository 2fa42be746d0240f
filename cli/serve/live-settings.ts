import type { Occurrence } from '../../lambda/core/calendar/occurrence.ts';
import type { Bounds } from '../../lambda/core/compose/bounds.ts';
import { type TargetRef, targetKey } from '../../lambda/core/compose/intent.ts';
import { resolveWorkloads } from '../../lambda/core/config/resolve-workloads.ts';
import type { Config } from '../../lambda/core/config/schema.ts';
import { sizeEvent } from '../../lambda/core/prescale/size.ts';
import type { Workload } from '../../lambda/core/prescale/workload.ts';
import type { LiveOccurrence } from '../../report/live-proof.ts';
import type { LiveSettings } from '../../report/live-state.ts';
import { UNIT_NAMES } from '../unit-names.ts';

const MOST_EVENTS_PER_WORKLOAD = 50;

export type PageDetails = Pick<LiveSettings, 'title' | 'generatedBy' | 'mode' | 'period'>;

/** What a page of these clusters is about. */
export function liveSettings(
  details: PageDetails,
  config: Config,
  clusters: readonly string[],
  eventsOf: (workload: Workload) => readonly LiveOccurrence[] = () => [],
): LiveSettings {
  return {
    ...details,
    timezone: config.timezone,
    clusters,
    workloads: resolveWorkloads(config)
      .filter(({ target }) => clusters.includes(target.cluster))
      .map((workload) => ({
        workload: workload.name,
        cluster: workload.target.cluster,
        unit: UNIT_NAMES[workload.capacity?.unit ?? 'requestsPerMinute'],
        capacityPerReplica: workload.capacity?.value ?? null,
        events: eventsOf(workload),
      })),
  };
}

/** The occurrences of one workload with their lead and their floor as far as the calendar alone can say it; a floor above max is trimmed. */
export function planOccurrences(
  workload: Workload,
  occurrences: readonly Occurrence[],
  { min, max }: Partial<Bounds>,
): readonly LiveOccurrence[] {
  return occurrences
    .filter(({ event }) => event.workloads.includes(workload.name))
    .slice(0, MOST_EVENTS_PER_WORKLOAD)
    .map(({ event, startMs, endMs }) => {
      const size = sizeEvent(event, workload, min);
      const floor = size.kind === 'unknown' ? null : Math.max(min ?? 0, Math.min(size.replicas, max ?? size.replicas));
      return { name: event.name, startMs, endMs, leadFromMs: startMs - workload.leadMs, floor };
    });
}

/** The name of the workload that a target belongs to. */
export function nameTargets(config: Config): (target: TargetRef) => string | undefined {
  const names = new Map(resolveWorkloads(config).map(({ name, target }) => [`${target.cluster}/${targetKey(target)}`, name]));
  return (target) => names.get(`${target.cluster}/${targetKey(target)}`);
}
