import type { CalendarProof } from './calendar-data.ts';
import { formatCount, formatPlural } from './text.ts';

const MINUTE_MS = 60_000;
/** How long after a floor is asked for replicas may not be seen starting yet. */
const ASKED_JUST_NOW_MS = 2 * MINUTE_MS;

/** One occurrence of an event for one workload, as the calendar has it. */
export type LiveOccurrence = {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  /** When the last step is asked for: start − lead. */
  readonly leadFromMs: number;
  /** `null`: its size is not known. */
  readonly floor: number | null;
};

/** With what is known of its readiness. */
export type LiveEvent = LiveOccurrence & {
  /** `null`: the start has not come, or was not read. */
  readonly readyAtStart: boolean | null;
  readonly proof: CalendarProof;
  readonly why: string | null;
};

export type ProofReading = {
  readonly atMs: number;
  readonly ready: number | null;
  readonly starting: number | null;
  readonly replicas: number | null;
};

/** What a reading proves of an event. What was seen in the minute of its start stays. */
export function proveEvent(event: LiveEvent, reading: ProofReading | undefined): LiveEvent {
  if (reading === undefined || event.readyAtStart !== null) return event;
  const { startMs, endMs, leadFromMs, floor } = event;
  const { atMs, ready, starting, replicas } = reading;
  if (atMs < leadFromMs) return { ...event, proof: 'open', why: floor === null ? 'its size is not known' : null };
  if (atMs >= endMs) return { ...event, proof: 'open', why: 'its start was not read' };
  if (floor === null) return { ...event, proof: 'open', why: 'its size is not known' };
  if (ready === null) return { ...event, proof: 'open', why: countRunning(replicas, floor) };
  if (atMs >= startMs + MINUTE_MS) {
    return { ...event, proof: 'open', why: `its start was not read; ${countReady(ready, floor, starting)} now` };
  }
  if (atMs >= startMs) {
    const readyAtStart = ready >= floor;
    return { ...event, readyAtStart, proof: readyAtStart ? 'ready' : 'missed', why: `${countOf(ready, floor)} replicas at the start` };
  }
  const why = countReady(ready, floor, starting);
  if (ready >= floor) return { ...event, proof: 'ready', why };
  const isOnItsWay = ready + (starting ?? 0) >= floor || atMs < leadFromMs + ASKED_JUST_NOW_MS;
  return { ...event, proof: isOnItsWay ? 'open' : 'atRisk', why };
}

function countOf(ready: number, floor: number): string {
  return `${formatCount(ready)} of ${formatCount(floor)}`;
}

function countReady(ready: number, floor: number, starting: number | null): string {
  return `${countOf(ready, floor)} ready${starting === null || starting === 0 ? '' : `, ${formatCount(starting)} starting`}`;
}

function countRunning(replicas: number | null, floor: number): string {
  const running = replicas === null ? 'replicas are not read' : `${formatPlural(replicas, 'replica')} of ${formatCount(floor)}`;
  return replicas === null ? running : `${running}; how many are Ready is not read`;
}
