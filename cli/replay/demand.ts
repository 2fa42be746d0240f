import type { Occurrence } from '../../lambda/core/calendar/occurrence.ts';
import { minuteIndex } from '../../lambda/core/demand/demand-series.ts';
import { sizeEvent } from '../../lambda/core/prescale/size.ts';
import type { Workload } from '../../lambda/core/prescale/workload.ts';
import { type InstantMs, MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import type { DemandTrace } from '../../sim/simulate/demand-trace.ts';

/** Demand at an instant, in the unit of the workload's capacity. */
export type DemandCurve = (atMs: InstantMs) => number;

/** Share of the floor's capacity that made-up demand reaches inside an event. */
const EVENT_LOAD = 0.8;
/** And of the baseline's capacity outside. */
const REST_LOAD = 0.6;
const EDGE_MS = 10 * MINUTE_MS;

/** Demand that believes the calendar: near what each event's floor can serve, from its start to its end, little otherwise. */
export function demandFromCalendar(workload: Workload, baselineMin: number, occurrences: readonly Occurrence[]): DemandCurve {
  const capacity = workload.capacity?.value ?? 1;
  const rest = Math.max(baselineMin, 0.5) * capacity * REST_LOAD;
  const own = occurrences
    .filter(({ event }) => event.workloads.includes(workload.name))
    .flatMap(({ event, startMs, endMs }) => {
      const size = sizeEvent(event, workload, baselineMin);
      return size.kind === 'replicas' ? [{ startMs, endMs, top: size.replicas * capacity * EVENT_LOAD }] : [];
    });
  return (atMs) =>
    own.reduce((highest, { startMs, endMs, top }) => {
      const inside = Math.min(1, Math.max(0, Math.min((atMs - startMs) / EDGE_MS, (endMs - atMs) / EDGE_MS)));
      return Math.max(highest, rest + (top - rest) * inside);
    }, rest);
}

/** Demand of a file: the last reading at or before an instant, which fills gaps; before the first there is none. */
export function demandFromTrace({ series }: DemandTrace): DemandCurve {
  const { startMs, values } = series;
  return (atMs) =>
    values.subarray(0, Math.max(0, minuteIndex({ startMs, values }, atMs) + 1)).findLast((value) => !Number.isNaN(value)) ?? 0;
}
