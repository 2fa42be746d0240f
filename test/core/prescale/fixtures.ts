import type { CalendarEvent, FloorSpec } from '../../../lambda/core/calendar/event.ts';
import type { Occurrence } from '../../../lambda/core/calendar/occurrence.ts';
import type { Held } from '../../../lambda/core/compose/object-state.ts';
import type { PrescaleSituation } from '../../../lambda/core/prescale/decide.ts';
import type { Workload } from '../../../lambda/core/prescale/workload.ts';
import { CHAT } from '../compose/fixtures.ts';

export const MINUTE = 60_000;
/** 2026-11-27T00:00:00Z */
export const START = 1_795_737_600_000;
export const END = START + 120 * MINUTE;

export const replicas = (count: number): FloorSpec => ({ kind: 'replicas', replicas: count });

export function event(changes: Partial<CalendarEvent> = {}): CalendarEvent {
  return {
    name: 'black-friday',
    source: 'config',
    workloads: ['chat'],
    importance: 1,
    timezone: 'UTC',
    start: '2026-11-27T00:00',
    duration: { ms: END - START },
    except: [],
    floor: replicas(30),
    ramp: { steps: 1, over: { ms: 0 } },
    release: { steps: 1, over: { ms: 0 }, maxHold: { ms: 60 * MINUTE } },
    ...changes,
  };
}

export function occurrence(changes: Partial<CalendarEvent> = {}, startMs = START, endMs = END): Occurrence {
  return { event: event(changes), startMs, endMs, startResolution: 'exact' };
}

export const chat: Workload = {
  name: 'chat',
  target: CHAT,
  bounds: undefined,
  leadMs: 12 * MINUTE,
  replicaLeadMs: 12 * MINUTE,
  startup: undefined,
  learnsLead: undefined,
  gpusPerReplica: 1,
  instanceType: undefined,
  missedMinuteUsd: { event: 5, other: 0.5 },
  capacity: { unit: 'requestsPerMinute', value: 600 },
};

/** What Foretide holds: a min since an instant, under the baseline max. */
export function held(min: number, sinceMs = START): Held {
  return { min, max: 60, sinceMs };
}

export function situation(nowMs: number, changes: Partial<PrescaleSituation> = {}): PrescaleSituation {
  return {
    workload: chat,
    occurrences: [occurrence()],
    baseline: { min: 2, max: 60 },
    held: undefined,
    need: { kind: 'ok', value: 0, observedAtMs: nowMs, source: 'test' },
    currentReplicas: undefined,
    needUnknownSinceMs: undefined,
    learning: undefined,
    nowMs,
    ...changes,
  };
}
