import { DAY_MS, type InstantMs } from '../units/quantities.ts';
import { isTimeZone } from '../units/time.ts';
import { listFirings } from './cron-firings.ts';
import { CronError, parseCronSchedule } from './cron-schedule.ts';

/** A `cron` trigger of a ScaledObject, every field as it is written there; empty where it is missing. */
export type CronTrigger = {
  readonly timezone: string;
  readonly start: string;
  readonly end: string;
  readonly desiredReplicas: string;
};

/** A stretch `[fromMs, toMs)` in which a trigger asks for its replicas. */
export type CronWindow = { readonly fromMs: InstantMs; readonly toMs: InstantMs };

export type CronWindows = { readonly replicas: number; readonly windows: readonly CronWindow[] };

/** robfig/cron looks so far ahead for the next firing. */
const LOOK_AHEAD_MS = 5 * 366 * DAY_MS;

/**
 * When a trigger asks for how many replicas within `[fromMs, toMs)`, as KEDA 2.20 does: it does so whenever its next end comes no later than its next
 * start. So a start on weekdays with an end on every day leaves it up from Friday to Sunday (kedacore/keda#4677).
 * @throws {CronError} for a trigger that KEDA refuses, or that never starts or never ends.
 */
export function expandCronTrigger(trigger: CronTrigger, fromMs: InstantMs, toMs: InstantMs): CronWindows {
  const { timezone, start, end, desiredReplicas } = trigger;
  if (timezone === '') throw new CronError('has no timezone');
  if (!isTimeZone(timezone)) throw new CronError(`has the timezone ${JSON.stringify(timezone)}, which is unknown`);
  if (!/^\+?\d{1,9}$/.test(desiredReplicas) || Number(desiredReplicas) === 0)
    throw new CronError(`has ${JSON.stringify(desiredReplicas)} as desiredReplicas, which is no number above 0`);
  if (start === end) throw new CronError('has the same start and end');
  const starts = firingsOf('start', start, timezone, fromMs, toMs);
  const ends = firingsOf('end', end, timezone, fromMs, toMs);
  return { replicas: Number(desiredReplicas), windows: windowsBetween(starts, ends, fromMs, toMs) };
}

type Firings = { readonly take: () => void; readonly nextMs: () => InstantMs | undefined };

function firingsOf(what: 'start' | 'end', text: string, timezone: string, fromMs: InstantMs, toMs: InstantMs): Firings {
  const schedule = parse(what, text);
  const firings = listFirings(schedule, schedule.zone ?? timezone, fromMs, toMs + LOOK_AHEAD_MS);
  let next = firings.next();
  if (next.done === true) throw new CronError(`has the ${what} ${JSON.stringify(text)}, which never comes`);
  return {
    nextMs: () => (next.done === true ? undefined : next.value),
    take: () => {
      next = firings.next();
    },
  };
}

function parse(what: 'start' | 'end', text: string) {
  if (text === '') throw new CronError(`has no ${what}`);
  try {
    return parseCronSchedule(text);
  } catch (error) {
    if (error instanceof CronError)
      throw new CronError(`has ${what === 'end' ? 'an' : 'a'} ${what} that ${error.message}`, { cause: error });
    throw error;
  }
}

/** Between two firings nothing changes: the trigger is up when the later of the two is an end. */
function windowsBetween(starts: Firings, ends: Firings, fromMs: InstantMs, toMs: InstantMs): CronWindow[] {
  const windows: CronWindow[] = [];
  let atMs = fromMs;
  while (atMs < toMs) {
    const startMs = starts.nextMs() ?? Number.POSITIVE_INFINITY;
    const endMs = ends.nextMs() ?? Number.POSITIVE_INFINITY;
    const nextMs = Math.min(startMs, endMs, toMs);
    if (endMs <= startMs) {
      const last = windows.at(-1);
      if (last?.toMs === atMs) windows[windows.length - 1] = { ...last, toMs: nextMs };
      else windows.push({ fromMs: atMs, toMs: nextMs });
    }
    if (startMs === nextMs) starts.take();
    if (endMs === nextMs) ends.take();
    atMs = nextMs;
  }
  return windows;
}
