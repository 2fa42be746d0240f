import { describe, expect, it } from 'vitest';
import type { ObservedTarget } from '../../../lambda/core/compose/observed.ts';
import type { ObservedAutoscaler } from '../../../lambda/core/compose/observed-autoscaler.ts';
import { findObstacles } from '../../../lambda/core/prescale/obstacles.ts';
import { findFollower, needsAutoscaler, type WorkloadSituation } from '../../../lambda/core/prescale/situation.ts';
import { CHAT, observed } from '../compose/fixtures.ts';
import { chat, END, held, MINUTE, START } from './fixtures.ts';

const FLOOR = 12;
const SCALE_OUT_PAUSED = { 'autoscaling.keda.sh/paused-scale-out': 'true' };
const LATER = START + 2 * MINUTE;

function situation(changes: Partial<ObservedTarget>, baselineMin = 2): WorkloadSituation {
  return {
    key: 'ScaledObject/inference/llama-8b',
    workload: { ...chat, target: changes.ref ?? CHAT },
    observed: observed({ bounds: { min: FLOOR, max: 60 }, ...changes }),
    state: undefined,
    recalled: { kind: 'known', baseline: { min: baselineMin, max: 60 }, held: held(FLOOR), source: 'annotation' },
    occurrences: [],
    previous: [],
  };
}

function hpa(currentReplicas: number): ObservedAutoscaler {
  return { namespace: 'inference', name: 'keda-hpa-llama-8b', min: FLOOR, max: 60, currentReplicas, desiredReplicas: currentReplicas };
}

const failing = { ready: 'False', reason: 'TriggerError', message: 'Triggers are not working correctly' } as const;

describe('what keeps a held floor from warming anything', () => {
  it('is nothing while KEDA is content', () => {
    const ready = { ready: 'True', reason: 'ScaledObjectReady', message: '' } as const;
    expect(findObstacles(situation({ health: ready }), hpa(0), LATER)).toEqual([]);
    expect(findObstacles(situation({}), hpa(0), LATER)).toEqual([]);
  });

  it('is not told of before KEDA has had two minutes, nor where nothing is held', () => {
    expect(findObstacles(situation({ health: failing }), hpa(0), LATER - 1)).toEqual([]);
    expect(findObstacles({ ...situation({ health: failing }), recalled: undefined }, hpa(0), LATER)).toEqual([]);
  });

  it('may be failing triggers: critical at too few replicas, a warning at enough', () => {
    expect(findObstacles(situation({ health: failing }), hpa(0), LATER)).toEqual([
      {
        key: 'ScaledObject/inference/llama-8b/triggers-failing',
        severity: 'critical',
        code: 'triggers-failing',
        subject: 'ScaledObject/inference/llama-8b',
        facts: { heldMin: FLOOR, currentReplicas: 0, reason: 'TriggerError', message: 'Triggers are not working correctly' },
      },
    ]);
    expect(findObstacles(situation({ health: failing }), hpa(FLOOR), LATER)).toMatchObject([{ severity: 'warning' }]);
    expect(findObstacles(situation({ health: failing }), undefined, LATER)).toMatchObject([
      { severity: 'critical', facts: { currentReplicas: null } },
    ]);
  });

  it('may be some failing triggers, which activation overcomes', () => {
    const partly = { ready: 'Unknown', reason: 'PartialTriggerError', message: '' } as const;
    expect(findObstacles(situation({ health: partly }), hpa(0), LATER)).toMatchObject([{ code: 'triggers-failing', severity: 'warning' }]);
  });

  it('may be a spec that KEDA refuses', () => {
    const health = { ready: 'False', reason: 'ScaledObjectCheckFailed', message: 'IdleReplicaCount=5 must be less than …' } as const;
    expect(findObstacles(situation({ health }), hpa(FLOOR), LATER)).toMatchObject([
      { code: 'scaler-not-ready', severity: 'critical', facts: { reason: 'ScaledObjectCheckFailed', message: health.message } },
    ]);
  });

  it('may be paused-scale-out, where the target rests at zero or idles', () => {
    const expected = [{ code: 'scale-out-paused', severity: 'critical' }];
    expect(findObstacles(situation({ annotations: SCALE_OUT_PAUSED }, 0), hpa(0), LATER)).toMatchObject(expected);
    expect(findObstacles(situation({ annotations: SCALE_OUT_PAUSED, idleReplicas: 0 }), hpa(0), LATER)).toMatchObject(expected);
    expect(findObstacles(situation({ annotations: SCALE_OUT_PAUSED }), hpa(0), LATER)).toEqual([]);
    expect(findObstacles(situation({ annotations: SCALE_OUT_PAUSED }, 0), hpa(FLOOR), LATER)).toEqual([]);
  });
});

describe('a ScaledJob', () => {
  const nightly = situation({ ref: { ...CHAT, kind: 'ScaledJob', name: 'nightly' } });

  it('is not expected to have an HPA', () => {
    expect(needsAutoscaler(nightly, LATER)).toBe(false);
    expect(findFollower(nightly, undefined, END)).toEqual([]);
  });

  it('can be refused by KEDA too', () => {
    const health = { ready: 'False', reason: 'ScaledJobCheckFailed', message: '' } as const;
    const refused = situation({ ref: { ...CHAT, kind: 'ScaledJob' }, health });
    expect(findObstacles(refused, undefined, LATER)).toMatchObject([{ code: 'scaler-not-ready' }]);
  });
});
