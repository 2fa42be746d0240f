import type { Occurrence } from '../../lambda/core/calendar/occurrence.ts';
import { sizeEvent } from '../../lambda/core/prescale/size.ts';
import type { Workload } from '../../lambda/core/prescale/workload.ts';
import { type InstantMs, MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import { UsageError } from '../usage-error.ts';

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

const HEADER = /^minute_utc,requests\r?$/;

/** Demand from CSV text `minute_utc,requests`; a minute that is missing keeps the one before, before the first there is none. */
export function parseDemand(text: string, fileName: string): DemandCurve {
  const [header = '', ...lines] = text.split('\n');
  if (!HEADER.test(header)) throw new UsageError(`${fileName}:1: the header must be minute_utc,requests (got ${header.slice(0, 60)})`);
  const minutes: { atMs: InstantMs; requests: number }[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const [time = '', count = '', ...rest] = line.trim().split(',');
    const atMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(time) ? Date.parse(time) : Number.NaN;
    const requests = count === '' ? Number.NaN : Number(count);
    const where = `${fileName}:${index + 2}`;
    if (Number.isNaN(atMs) || rest.length > 0)
      throw new UsageError(`${where}: a row is a UTC minute and a number (got ${line.slice(0, 60)})`);
    if (!Number.isFinite(requests) || requests < 0) throw new UsageError(`${where}: requests must be a number, 0 or more (got ${count})`);
    if (atMs <= (minutes.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY)) throw new UsageError(`${where}: minutes must go forward (got ${time})`);
    minutes.push({ atMs, requests });
  }
  return (atMs) => minutes[lastAtOrBefore(minutes, atMs)]?.requests ?? 0;
}

function lastAtOrBefore(minutes: readonly { readonly atMs: InstantMs }[], atMs: InstantMs): number {
  let [low, high] = [0, minutes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((minutes[middle]?.atMs ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
