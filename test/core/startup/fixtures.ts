import fc from 'fast-check';
import type { ObservedNodeClaim } from '../../../lambda/core/inventory/observed-nodes.ts';
import type { ObservedPod } from '../../../lambda/core/inventory/observed-pod.ts';
import { POD_PHASES, STARTUP_PHASES, type StartupRecords, type StartupSample } from '../../../lambda/core/startup/startup-records.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const NOON = Date.parse('2026-11-27T12:00:00Z');

export function pod(uid: string, changes: Partial<ObservedPod> = {}): ObservedPod {
  return {
    namespace: 'inference',
    name: `llama-${uid}`,
    uid,
    createdMs: NOON,
    scheduledMs: undefined,
    startedMs: undefined,
    readyMs: undefined,
    isTerminating: false,
    nodeName: undefined,
    unschedulable: undefined,
    waiting: undefined,
    restarts: 0,
    requests: {},
    ...changes,
  };
}

export function claim(name: string, changes: Partial<ObservedNodeClaim> = {}): ObservedNodeClaim {
  return {
    name,
    uid: `uid-${name}`,
    nodePool: 'gpu-spot',
    createdMs: NOON + 2 * SECOND,
    launchedMs: NOON + 10 * SECOND,
    registeredMs: NOON + 70 * SECOND,
    initializedMs: NOON + 100 * SECOND,
    expiresMs: undefined,
    isTerminating: false,
    nodeName: name,
    instanceType: 'p5.48xlarge',
    capacityType: 'spot',
    zone: 'us-east-1a',
    requested: {},
    capacity: {},
    allocatable: {},
    stalled: undefined,
    ...changes,
  };
}

/** Of a replica that became Ready on a node that was there. */
export function sample(key: string, tookMs: number, changes: Partial<StartupSample> = {}): StartupSample {
  return {
    key,
    createdMs: NOON,
    tookMs,
    phases: { schedule: 0, image: 0, load: tookMs },
    instanceType: 'p5.48xlarge',
    capacityType: 'spot',
    ...changes,
  };
}

/** The same on a node that was made for it. */
export function onNewNode(one: StartupSample): StartupSample {
  return { ...one, phases: { claim: 0, launch: 0, register: 0, initialize: 0, schedule: 0, image: 0, load: one.tookMs } };
}

export function censored(one: StartupSample): StartupSample {
  return { ...one, phases: undefined };
}

export function records(samples: readonly StartupSample[], changes: Partial<StartupRecords> = {}): StartupRecords {
  return { lookedAtMs: NOON, samples, pending: [], ...changes };
}

const key = fc.stringMatching(/^[0-9a-f]{6}$/);
const seconds = (max: number) => fc.integer({ min: 0, max }).map((count) => count * SECOND);
const name = fc.option(fc.stringMatching(/^[a-z0-9.-]{1,32}$/), { nil: undefined });

const anySample = fc
  .record({
    key,
    createdMs: seconds(90 * 86_400).map((ago) => NOON - ago),
    durations: fc.oneof(
      fc.array(seconds(3_600), { minLength: POD_PHASES.length, maxLength: POD_PHASES.length }),
      fc.array(seconds(3_600), { minLength: STARTUP_PHASES.length, maxLength: STARTUP_PHASES.length }),
      seconds(3_600),
    ),
    instanceType: name,
    capacityType: fc.constantFrom('spot', 'on-demand', 'reserved', undefined),
  })
  .map(({ durations, ...rest }): StartupSample => {
    if (typeof durations === 'number') return { ...rest, tookMs: durations, phases: undefined };
    const phases = durations.length === POD_PHASES.length ? POD_PHASES : STARTUP_PHASES;
    return {
      ...rest,
      tookMs: durations.reduce((sum, duration) => sum + duration, 0),
      phases: Object.fromEntries(phases.map((phase, index) => [phase, durations[index]])),
    };
  });

/** Records as a look may leave them, with up to `most` samples. */
export function anyRecords(most: number): fc.Arbitrary<StartupRecords> {
  return fc
    .record({
      samples: fc.uniqueArray(anySample, { maxLength: most, selector: (one) => one.key }),
      pending: fc.uniqueArray(fc.record({ key, createdMs: seconds(3_600).map((ago) => NOON - ago) }), {
        maxLength: 24,
        selector: (one) => one.key,
      }),
    })
    .map(({ samples, pending }) =>
      records(
        samples.toSorted((a, b) => a.createdMs - b.createdMs || (a.key < b.key ? -1 : 1)),
        { pending },
      ),
    );
}
