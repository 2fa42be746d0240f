import { describe, expect, it } from 'vitest';
import type { ClusterModel } from '../../sim/cluster-model.ts';
import { createModel } from '../../sim/cluster-model.ts';
import type { ScaledObject } from '../../sim/objects.ts';
import { AUTOSCALERS, DEPLOYMENTS, EVENTS, SCALED_OBJECTS } from '../../sim/resources.ts';
import type { WorkloadOptions } from '../../sim/workloads.ts';
import { LLM, START_MS } from './fixture.ts';

/** A workload that has been there for `ageSeconds`, with a demand that the test moves. */
function prepare(options: Partial<WorkloadOptions> = {}, ageSeconds = 400) {
  let demand = 0;
  const model = createModel({ seed: 'keda', startMs: START_MS });
  model.workloads.add({ ...LLM, demand: () => demand, ...options });
  model.clock.advanceTo(START_MS + ageSeconds * 1000);
  return {
    model,
    setDemand: (value: number) => {
      demand = value;
    },
    wait: (seconds: number) => model.clock.advanceTo(model.clock.now() + seconds * 1000),
    replicas: () => model.workloads.read('llm').replicas,
    autoscaler: () => model.store.get(AUTOSCALERS, 'inference', 'keda-hpa-llm'),
    object: () => objectOf(model),
    condition: (type: string) => objectOf(model).status?.conditions?.find((one) => one.type === type),
  };
}

function objectOf(model: ClusterModel): ScaledObject {
  const object = model.store.get(SCALED_OBJECTS, 'inference', 'llm');
  if (object === undefined) throw new Error('the test’s ScaledObject is gone');
  return object;
}

function patchSpec(model: ClusterModel, change: Partial<ScaledObject['spec']>): void {
  const object = objectOf(model);
  model.store.update(SCALED_OBJECTS, { ...object, spec: { ...object.spec, ...change } });
}

function annotate(model: ClusterModel, annotations: Record<string, string>): void {
  const object = objectOf(model);
  model.store.update(SCALED_OBJECTS, { ...object, metadata: { ...object.metadata, annotations } });
}

describe('the HPA that KEDA keeps', () => {
  it('has the shape that was observed on a real cluster', () => {
    const { autoscaler, object } = prepare();
    expect(autoscaler()).toEqual({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: {
        name: 'keda-hpa-llm',
        namespace: 'inference',
        uid: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
        resourceVersion: expect.stringMatching(/^[0-9]+$/),
        creationTimestamp: '2026-11-23T18:40:00Z',
        labels: {
          'app.kubernetes.io/managed-by': 'keda-operator',
          'app.kubernetes.io/name': 'keda-hpa-llm',
          'app.kubernetes.io/part-of': 'llm',
          'app.kubernetes.io/version': '2.20.2',
          'scaledobject.keda.sh/name': 'llm',
        },
        ownerReferences: [
          {
            apiVersion: 'keda.sh/v1alpha1',
            blockOwnerDeletion: true,
            controller: true,
            kind: 'ScaledObject',
            name: 'llm',
            uid: object().metadata.uid,
          },
        ],
      },
      spec: {
        maxReplicas: 20,
        metrics: [
          {
            external: {
              metric: { name: 's0-prometheus', selector: { matchLabels: { 'scaledobject.keda.sh/name': 'llm' } } },
              target: { averageValue: '100', type: 'AverageValue' },
            },
            type: 'External',
          },
        ],
        minReplicas: 1,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'llm' },
      },
      status: {
        conditions: [
          {
            lastTransitionTime: '2026-11-23T18:40:15Z',
            message: 'recommended size matches current size',
            reason: 'ReadyForNewScale',
            status: 'True',
            type: 'AbleToScale',
          },
          {
            lastTransitionTime: '2026-11-23T18:40:15Z',
            message:
              'the HPA was able to successfully calculate a replica count from external metric s0-prometheus(&LabelSelector{MatchLabels:map[string]string{scaledobject.keda.sh/name: llm,},MatchExpressions:[]LabelSelectorRequirement{},})',
            reason: 'ValidMetricFound',
            status: 'True',
            type: 'ScalingActive',
          },
          {
            lastTransitionTime: '2026-11-23T18:45:30Z',
            message: 'the desired replica count is less than the minimum replica count',
            reason: 'TooFewReplicas',
            status: 'True',
            type: 'ScalingLimited',
          },
        ],
        currentMetrics: [
          {
            external: {
              current: { averageValue: '0' },
              metric: { name: 's0-prometheus', selector: { matchLabels: { 'scaledobject.keda.sh/name': 'llm' } } },
            },
            type: 'External',
          },
        ],
        currentReplicas: 1,
        desiredReplicas: 1,
      },
    });
  });

  it('the ScaledObject’s status says so', () => {
    expect(prepare().object().status).toEqual({
      authenticationsTypes: '',
      conditions: [
        {
          message: 'ScaledObject is defined correctly and is ready for scaling',
          reason: 'ScaledObjectReady',
          status: 'True',
          type: 'Ready',
        },
        { message: 'Scaling is not performed because triggers are not active', reason: 'ScalerNotActive', status: 'False', type: 'Active' },
        { message: 'No fallbacks are active on this scaled object', reason: 'NoFallbackFound', status: 'False', type: 'Fallback' },
        { status: 'False', type: 'Paused' },
        { message: 'HPA is actively scaling', reason: 'HPAActive', status: 'True', type: 'HPAActive' },
      ],
      externalMetricNames: ['s0-prometheus'],
      hpaName: 'keda-hpa-llm',
      originalReplicaCount: 1,
      scaleTargetGVKR: { group: 'apps', kind: 'Deployment', resource: 'deployments', version: 'v1' },
      scaleTargetKind: 'apps/v1.Deployment',
      triggersActivity: { 's0-prometheus': { isActive: false } },
      triggersTypes: 'prometheus',
    });
  });

  it.each([
    [{ minReplicaCount: 0 }, 1, 20],
    [{ minReplicaCount: 7 }, 7, 20],
    [{ minReplicaCount: 0, maxReplicaCount: 5 }, 1, 5],
  ])('%j gives min %i and max %i within 0.4 s', (change, min, max) => {
    const { model, wait, autoscaler } = prepare();
    patchSpec(model, change);
    wait(0.4);
    expect(autoscaler()?.spec).toMatchObject({ minReplicas: min, maxReplicas: max });
  });

  it('is put right when somebody else writes it', () => {
    const { model, wait, autoscaler } = prepare();
    const found = autoscaler();
    if (found !== undefined) model.store.update(AUTOSCALERS, { ...found, spec: { ...found.spec, minReplicas: 9 } });
    wait(0.4);
    expect(autoscaler()?.spec.minReplicas).toBe(1);
  });

  it('goes with its ScaledObject, and the replicas stay', () => {
    const { model, wait, autoscaler, replicas } = prepare({ minReplicas: 3 });
    const object = objectOf(model);
    model.store.update(SCALED_OBJECTS, { ...object, metadata: { ...object.metadata, deletionTimestamp: '2026-11-23T18:46:40Z' } });
    wait(0.4);
    expect(model.store.get(SCALED_OBJECTS, 'inference', 'llm')).toBeUndefined();
    expect(autoscaler()).toBeUndefined();
    expect(replicas()).toBe(3);
  });

  it('a spec that KEDA can’t satisfy leaves the HPA as it was', () => {
    const { model, wait, autoscaler, condition } = prepare();
    patchSpec(model, { idleReplicaCount: 5, minReplicaCount: 3 });
    wait(1);
    expect(condition('Ready')).toEqual({
      message:
        "ScaledObject doesn't have correct Idle/Min/Max Replica Counts specification: IdleReplicaCount=5 must be less than MinReplicaCount=3",
      reason: 'ScaledObjectCheckFailed',
      status: 'False',
      type: 'Ready',
    });
    expect(condition('Active')).toMatchObject({ status: 'Unknown', reason: 'UnknownState' });
    expect(autoscaler()?.spec.minReplicas).toBe(1);
  });
});

describe('raising and lowering min', () => {
  it('with an inactive trigger KEDA sets the deployment itself, at once', () => {
    const { model, wait, replicas } = prepare();
    patchSpec(model, { minReplicaCount: 12 });
    wait(0.4);
    expect(replicas()).toBe(12);
  });

  it('with an active trigger the HPA does, at its next sync, in one jump', () => {
    const { model, wait, replicas, setDemand } = prepare();
    setDemand(90);
    wait(10);
    patchSpec(model, { minReplicaCount: 12 });
    wait(0.4);
    expect(replicas()).toBe(1);
    wait(15);
    expect(replicas()).toBe(12);
  });

  it('lowering min drops floor replicas at the next sync: the window remembers metrics only', () => {
    const { model, wait, replicas } = prepare();
    patchSpec(model, { minReplicaCount: 12 });
    wait(30);
    patchSpec(model, { minReplicaCount: 1 });
    wait(15.4);
    expect(replicas()).toBe(1);
  });

  it('an HPA younger than the window keeps its first replicas that long', () => {
    const { model, wait, replicas } = prepare({ minReplicas: 12 }, 30);
    patchSpec(model, { minReplicaCount: 1 });
    wait(200);
    expect(replicas()).toBe(12);
    wait(120);
    expect(replicas()).toBe(1);
  });

  it('max below the replicas cuts at the next sync', () => {
    const { model, wait, replicas } = prepare({ minReplicas: 12 });
    patchSpec(model, { minReplicaCount: 1, maxReplicaCount: 5 });
    wait(15.4);
    expect(replicas()).toBeLessThanOrEqual(5);
  });
});

describe('demand', () => {
  it('scales up by at most 4 or double each 15 s', () => {
    const { wait, replicas, setDemand } = prepare();
    setDemand(1_200);
    const steps: number[] = [];
    for (let sync = 0; sync < 3; sync += 1) {
      wait(15);
      steps.push(replicas());
    }
    expect(steps).toEqual([4, 8, 12]);
  });

  it.each([
    [1_090, 10],
    [1_110, 12],
  ])('10 replicas at %i requests become %i: the tolerance is 10 %%', (demand, expected) => {
    const { wait, replicas, setDemand } = prepare();
    setDemand(1_000);
    wait(60);
    expect(replicas()).toBe(10);
    setDemand(demand);
    wait(15);
    expect(replicas()).toBe(expected);
  });

  it('scales down only once the highest recommendation is five minutes old', () => {
    const { wait, replicas, setDemand } = prepare();
    setDemand(1_200);
    wait(60);
    setDemand(100);
    wait(285);
    expect(replicas()).toBe(12);
    wait(45);
    expect(replicas()).toBe(1);
  });
});

describe('zero and idle', () => {
  it('min 0 goes to zero after the cooldown, and comes back when the trigger is active', () => {
    const { wait, replicas, setDemand, autoscaler, condition } = prepare({ minReplicas: 0, replicas: 1 }, 1);
    setDemand(50);
    wait(10);
    setDemand(0);
    wait(20);
    expect(replicas()).toBe(1);
    expect(condition('Active')).toMatchObject({ reason: 'ScalerCooldown' });
    wait(40);
    expect(replicas()).toBe(0);
    expect(autoscaler()?.spec.minReplicas).toBe(1);
    expect(autoscaler()?.status?.conditions?.find(({ type }) => type === 'ScalingActive')).toMatchObject({
      status: 'False',
      reason: 'ScalingDisabled',
    });
    setDemand(50);
    wait(5);
    expect(replicas()).toBe(1);
  });

  it('idle replicas ignore a raised min until somebody forces activation', () => {
    const { model, wait, replicas, autoscaler } = prepare({ minReplicas: 2, idleReplicaCount: 0 });
    expect(replicas()).toBe(0);
    patchSpec(model, { minReplicaCount: 6 });
    wait(30);
    expect(autoscaler()?.spec.minReplicas).toBe(6);
    expect(replicas()).toBe(0);
    annotate(model, { 'autoscaling.keda.sh/force-activation': 'true' });
    wait(5);
    expect(replicas()).toBe(6);
  });
});

describe('a trigger whose source fails', () => {
  it('at zero without a fallback nothing moves', () => {
    const { model, wait, replicas, autoscaler, condition } = prepare({ minReplicas: 0 });
    expect(replicas()).toBe(0);
    model.workloads.failTrigger('llm', 'connection refused');
    wait(5);
    patchSpec(model, { minReplicaCount: 6 });
    wait(45);
    expect(autoscaler()?.spec.minReplicas).toBe(6);
    expect(replicas()).toBe(0);
    expect(condition('Ready')).toMatchObject({ status: 'False', reason: 'TriggerError' });
    patchSpec(model, { fallback: { failureThreshold: 1, replicas: 2 } });
    wait(20);
    expect(replicas()).toBe(6);
    expect(condition('Fallback')).toMatchObject({ status: 'True' });
  });

  it('with replicas a raised min works and a lowered one does not', () => {
    const { model, wait, replicas, autoscaler } = prepare();
    model.workloads.failTrigger('llm', 'connection refused');
    wait(15);
    patchSpec(model, { minReplicaCount: 6 });
    wait(16);
    expect(replicas()).toBe(6);
    patchSpec(model, { minReplicaCount: 1 });
    wait(600);
    expect(autoscaler()?.spec.minReplicas).toBe(1);
    expect(replicas()).toBe(6);
    expect(autoscaler()?.status?.conditions?.find(({ type }) => type === 'ScalingActive')).toMatchObject({
      status: 'False',
      reason: 'FailedGetExternalMetric',
    });
    model.workloads.failTrigger('llm', undefined);
    wait(400);
    expect(replicas()).toBe(1);
  });
});

describe('pausing', () => {
  it.each([
    [{ 'autoscaling.keda.sh/paused': 'true' }, 2],
    [{ 'autoscaling.keda.sh/paused': 'yes' }, 2],
    [{ 'autoscaling.keda.sh/paused-replicas': '4' }, 4],
    [{ 'autoscaling.keda.sh/paused': 'true', 'autoscaling.keda.sh/paused-replicas': '0' }, 0],
  ])('%j takes the HPA away and stands at %i', (annotations, expected) => {
    const { model, wait, replicas, autoscaler, condition } = prepare({ minReplicas: 2 });
    annotate(model, annotations);
    wait(0.4);
    patchSpec(model, { minReplicaCount: 8 });
    wait(60);
    expect(autoscaler()).toBeUndefined();
    expect(replicas()).toBe(expected);
    expect(condition('Ready')).toMatchObject({ status: 'True' });
    expect(condition('Paused')).toMatchObject({ status: 'True' });
    annotate(model, {});
    wait(0.4);
    expect(autoscaler()?.spec.minReplicas).toBe(8);
    expect(replicas()).toBe(8);
    expect(condition('Paused')).toMatchObject({ status: 'False' });
  });

  it('a paused scale-in raises and doesn’t lower', () => {
    const { model, wait, replicas, autoscaler } = prepare();
    annotate(model, { 'autoscaling.keda.sh/paused-scale-in': 'true' });
    wait(1);
    patchSpec(model, { minReplicaCount: 6 });
    wait(16);
    expect(replicas()).toBe(6);
    patchSpec(model, { minReplicaCount: 1 });
    wait(600);
    expect(autoscaler()?.spec).toMatchObject({ minReplicas: 1, behavior: { scaleDown: { selectPolicy: 'Disabled' } } });
    expect(replicas()).toBe(6);
  });

  it('a paused scale-out still follows a raised min, not demand', () => {
    const { model, wait, replicas, setDemand } = prepare();
    annotate(model, { 'autoscaling.keda.sh/paused-scale-out': 'true' });
    wait(1);
    setDemand(1_200);
    wait(60);
    expect(replicas()).toBe(1);
    patchSpec(model, { minReplicaCount: 6 });
    wait(16);
    expect(replicas()).toBe(6);
  });
});

describe('a paused scale-out at zero', () => {
  const PAUSED = { 'autoscaling.keda.sh/paused-scale-out': 'true' };
  const FORCED = { 'autoscaling.keda.sh/force-activation': 'true' };

  it.each<[string, Record<string, string>, Partial<ScaledObject['spec']>, number]>([
    ['follows min while no trigger is active', PAUSED, {}, 6],
    ['stays where activation is forced', { ...PAUSED, ...FORCED }, {}, 0],
    ['stays where it idles', PAUSED, { idleReplicaCount: 0 }, 0],
  ])('%s', (_, annotations, spec, expected) => {
    const { model, wait, replicas } = prepare({ minReplicas: 0 });
    annotate(model, annotations);
    wait(60);
    expect(replicas()).toBe(0);
    patchSpec(model, { minReplicaCount: 6, ...spec });
    wait(60);
    expect(replicas()).toBe(expected);
  });
});

describe('without KEDA', () => {
  it('patches wait until the operator is back', () => {
    const { model, wait, replicas, autoscaler } = prepare();
    model.keda.stop();
    patchSpec(model, { minReplicaCount: 6 });
    wait(120);
    expect(autoscaler()?.spec.minReplicas).toBe(1);
    expect(replicas()).toBe(1);
    model.keda.start();
    wait(0.4);
    expect(autoscaler()?.spec.minReplicas).toBe(6);
    expect(replicas()).toBe(6);
  });

  it('a deployment that somebody deletes takes its pods along', () => {
    const { model, wait } = prepare({ minReplicas: 3 });
    const deployment = model.store.get(DEPLOYMENTS, 'inference', 'llm');
    if (deployment !== undefined) model.store.remove(DEPLOYMENTS, deployment);
    wait(1);
    expect(model.workloads.read('llm')).toMatchObject({ ready: 0, starting: 0, replicas: 0 });
  });

  it('events tell what happened', () => {
    const { model } = prepare({ minReplicas: 0, replicas: 1 });
    const reasons = model.store.list(EVENTS, 'inference').map(({ reason }) => reason);
    expect(reasons).toContain('KEDAScaleTargetDeactivated');
  });
});

describe('a ScaledObject that is there before its deployment', () => {
  it('waits for it', () => {
    const model = createModel({ seed: 'keda', startMs: START_MS });
    const wait = (seconds: number) => model.clock.advanceTo(model.clock.now() + seconds * 1000);
    model.workloads.add({ ...LLM, minReplicas: 3 });
    const deployment = model.store.get(DEPLOYMENTS, 'inference', 'llm');
    if (deployment === undefined) throw new Error('the workload has no deployment');
    model.store.remove(DEPLOYMENTS, deployment);
    wait(1);
    expect(objectOf(model).status?.conditions?.[0]).toMatchObject({ type: 'Ready', status: 'False', reason: 'ScaledObjectCheckFailed' });
    expect(model.store.get(AUTOSCALERS, 'inference', 'keda-hpa-llm')).toBeUndefined();
    const { apiVersion, kind, spec } = deployment;
    model.store.create(DEPLOYMENTS, { apiVersion, kind, metadata: { namespace: 'inference', name: 'llm' }, spec });
    wait(1);
    expect(objectOf(model).status?.conditions?.[0]).toMatchObject({ type: 'Ready', status: 'True' });
    expect(model.store.get(AUTOSCALERS, 'inference', 'keda-hpa-llm')?.spec.minReplicas).toBe(3);
  });
});
