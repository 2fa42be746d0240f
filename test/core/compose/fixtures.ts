import { expect } from 'vitest';
import type { Bounds } from '../../../lambda/core/compose/bounds.ts';
import { decideTarget, type TargetDecision } from '../../../lambda/core/compose/decide-target.ts';
import type { Intent, IntentOwner, TargetRef } from '../../../lambda/core/compose/intent.ts';
import type { ObjectState } from '../../../lambda/core/compose/object-state.ts';
import type { ObservedTarget, TargetPatch } from '../../../lambda/core/compose/observed.ts';

export const NOW = 1_800_000_000_000;
export const MINUTE = 60_000;
export const CHAT: TargetRef = { cluster: 'prod', kind: 'ScaledObject', namespace: 'inference', name: 'llama-8b' };

export function floor(replicas: number, owner: IntentOwner = 'prescale', changes: Partial<Intent> = {}): Intent {
  return {
    owner,
    id: `floor-${replicas}`,
    target: CHAT,
    want: { kind: 'floor', replicas },
    untilMs: NOW + 60 * MINUTE,
    reason: 'event-window',
    evidence: { summary: 'black-friday', facts: {} },
    ...changes,
  };
}

export function ceiling(replicas: number, owner: IntentOwner = 'prescale', changes: Partial<Intent> = {}): Intent {
  return floor(replicas, owner, { id: `ceiling-${replicas}`, want: { kind: 'ceiling', replicas }, reason: 'event-max', ...changes });
}

export function observed(changes: Partial<ObservedTarget> = {}): ObservedTarget {
  return {
    ref: CHAT,
    uid: 'uid-1',
    resourceVersion: '100',
    bounds: { min: 2, max: 60 },
    absent: [],
    annotations: {},
    scalesTo: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'llama-8b' },
    ...changes,
  };
}

/** What the API server makes of a patch: null removes, absent min and max read as KEDA's defaults. */
function patched(object: ObservedTarget, patch: TargetPatch): ObservedTarget {
  expect(patch.resourceVersion).toBe(object.resourceVersion);
  const annotations = Object.entries({ ...object.annotations, ...patch.annotations }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  const absent = (['min', 'max'] as const).filter((field) => patch[field] === null);
  expect(patch.min ?? 0).toBeLessThanOrEqual(patch.max ?? 100);
  expect(patch.max ?? 100).toBeGreaterThanOrEqual(1);
  return {
    ...object,
    resourceVersion: String(Number(object.resourceVersion) + 1),
    bounds: { min: patch.min ?? 0, max: patch.max ?? 100 },
    absent,
    annotations: Object.fromEntries(annotations),
  };
}

/** One object with a reconciler's memory of it: ticks and edits in any order. */
export function object(initial: Partial<ObservedTarget> = {}, configured?: Bounds) {
  const self = {
    live: observed(initial),
    state: undefined as ObjectState | undefined,
    tick(intents: readonly Intent[], nowMs = NOW): TargetDecision {
      const decision = decideTarget({ observed: self.live, state: self.state, configured, intents, nowMs });
      if (decision.patch) self.live = patched(self.live, decision.patch);
      self.state = decision.state;
      return decision;
    },
    edit(changes: Partial<Bounds>) {
      const resourceVersion = String(Number(self.live.resourceVersion) + 1);
      self.live = { ...self.live, resourceVersion, bounds: { ...self.live.bounds, ...changes } };
    },
  };
  return self;
}
