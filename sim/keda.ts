import { type Cadence, startCadence } from './cadence.ts';
import { renderTime } from './clock.ts';
import type { ExternalMetrics } from './hpa.ts';
import { autoscalerName, autoscalerOf, PAUSE_ANNOTATIONS, pauseOf, specError } from './keda-autoscaler.ts';
import { condition, NO_FALLBACK, READY, UNKNOWN_ACTIVE } from './keda-conditions.ts';
import { decideScale, fallbackReplicas } from './keda-scale.ts';
import type { Condition, Deployment, HorizontalPodAutoscaler, KubeObject, ScaledObject } from './objects.ts';
import { isSetForKeda } from './objects.ts';
import { AUTOSCALERS, DEPLOYMENTS, SCALED_OBJECTS } from './resources.ts';
import { writeScale } from './scale.ts';
import { activationOf, isConstant, metricNameOf, readTrigger, type TriggerReading, type TriggerSources, targetOf } from './triggers.ts';
import type { World } from './world.ts';

export type Keda = {
  /** The operator goes away: nobody reconciles, polls or serves metrics. */
  readonly stop: () => void;
  readonly start: () => void;
  readonly running: () => boolean;
  readonly metrics: ExternalMetrics;
};

/** From a change of a ScaledObject to its HPA: 200–400 ms on the real operator. */
const RECONCILE_MS = 250;
const FINALIZER = 'finalizer.keda.sh';
const FORCE_ACTIVATION = 'autoscaling.keda.sh/force-activation';

type Loop = { cadence: Cadence | undefined; failures: Map<number, number> };
type Poll = {
  readonly active: boolean;
  readonly failed: boolean;
  readonly activity: Readonly<Record<string, { readonly isActive: boolean }>>;
};

/** KEDA's operator: keeps an HPA for each ScaledObject, polls the triggers, and does what an HPA can't do (0 ↔ n). */
export function startKeda(world: World, sources: TriggerSources): Keda {
  const { clock, store } = world;
  const loops = new Map<string, Loop>();
  const due = new Set<string>();
  const byTarget = new Map<string, string>();
  const ownedNames = new Map<string, Set<string>>();
  let up = true;
  let writing = false;

  store.subscribe(({ type, resource, object, previous }) => {
    const key = `${object.metadata.namespace}/${object.metadata.name}`;
    if (resource === DEPLOYMENTS) {
      const scaledObject = byTarget.get(key) ?? '';
      // A target that appears is what KEDA's retries wait for.
      if (type === 'ADDED' && scaledObject !== '') requestReconcile(scaledObject);
      loops.get(scaledObject)?.cadence?.wake();
    } else if (resource === AUTOSCALERS) {
      const owner = object.metadata.ownerReferences?.find((reference) => reference.kind === 'ScaledObject');
      if (owner === undefined) return;
      const ownerKey = `${object.metadata.namespace}/${owner.name}`;
      if (type === 'DELETED' || (type === 'MODIFIED' && previous?.spec !== object.spec && !writing)) requestReconcile(ownerKey);
      else loops.get(ownerKey)?.cadence?.wake();
    } else if (resource === SCALED_OBJECTS) {
      if (type === 'DELETED' || type === 'ADDED' || needsReconcile(object, previous)) requestReconcile(key);
      else if (object.metadata.annotations !== previous?.metadata.annotations) loops.get(key)?.cadence?.wake();
    }
  });

  sources.onChange((namespace, name) => loops.get(`${namespace}/${name}`)?.cadence?.wake());

  function requestReconcile(key: string): void {
    if (due.has(key)) return;
    due.add(key);
    clock.after(RECONCILE_MS, () => {
      due.delete(key);
      if (up) reconcile(key);
    });
  }

  function reconcile(key: string): void {
    const [namespace = '', name = ''] = key.split('/');
    const found = store.get(SCALED_OBJECTS, namespace, name);
    if (found === undefined || found.metadata.deletionTimestamp !== undefined) {
      endLoop(key);
      if (found !== undefined) finalize(found);
      else removeAutoscaler(namespace, name);
      return;
    }
    const scaledObject = found.metadata.finalizers?.includes(FINALIZER) ? found : adopt(found);
    byTarget.set(`${namespace}/${scaledObject.spec.scaleTargetRef.name}`, key);
    const deployment = targetOfObject(scaledObject);
    const wrong = deployment === undefined ? missingTarget(scaledObject) : specError(scaledObject);
    if (wrong !== undefined || deployment === undefined) {
      endLoop(key);
      say(scaledObject, 'ScaledObjectCheckFailed', wrong ?? '', 'Warning');
      setStatus(scaledObject, {}, [condition('Ready', 'False', 'ScaledObjectCheckFailed', wrong ?? ''), UNKNOWN_ACTIVE]);
      return;
    }
    const pause = pauseOf(scaledObject);
    if (pause.kind === 'all') {
      removeAutoscaler(namespace, name);
      endLoop(key);
      if (pause.replicas !== undefined) writeScale(store, deployment, pause.replicas);
      if (!hasCondition(scaledObject, 'Paused', 'True')) say(scaledObject, 'ScaledObjectPaused', 'ScaledObject is paused');
      setStatus(scaledObject, pause.replicas === undefined ? {} : { pausedReplicaCount: pause.replicas }, [
        READY,
        condition('Paused', 'True', 'ScaledObjectPaused', 'ScaledObject is paused'),
      ]);
      return;
    }
    keepAutoscaler(scaledObject);
    if (!hasCondition(scaledObject, 'Ready', 'True')) say(scaledObject, 'ScaledObjectReady', 'ScaledObject is ready for scaling');
    if (pause.kind === 'none' && hasCondition(scaledObject, 'Paused', 'True'))
      say(scaledObject, 'ScaledObjectUnpaused', 'pause annotation removed for ScaledObject');
    const paused =
      pause.kind === 'none' ? notPaused(scaledObject) : condition('Paused', 'True', 'ScaledObjectPaused', 'ScaledObject is paused');
    const current = setStatus(
      scaledObject,
      {
        authenticationsTypes: '',
        externalMetricNames: scaledObject.spec.triggers.map(metricNameOf),
        hpaName: autoscalerName(scaledObject),
        originalReplicaCount: scaledObject.status?.originalReplicaCount ?? deployment.spec.replicas ?? 1,
        scaleTargetGVKR: { group: 'apps', kind: 'Deployment', resource: 'deployments', version: 'v1' },
        scaleTargetKind: 'apps/v1.Deployment',
        triggersTypes: [...new Set(scaledObject.spec.triggers.map(({ type }) => type))].join(','),
        pausedReplicaCount: undefined,
      },
      [READY, ...(scaledObject.status?.conditions?.some(({ type }) => type === 'Active') ? [] : [UNKNOWN_ACTIVE]), NO_FALLBACK, paused],
    );
    beginLoop(key, current);
  }

  /** KEDA restarts the polling of an object on every change and evaluates at once. */
  function beginLoop(key: string, scaledObject: ScaledObject): void {
    endLoop(key);
    const loop: Loop = { cadence: undefined, failures: new Map() };
    loops.set(key, loop);
    say(scaledObject, 'KEDAScalersStarted', 'Started scalers watch');
    const firstMs = clock.now();
    const periodMs = (scaledObject.spec.pollingInterval ?? 30) * 1000;
    poll(key, loop);
    loop.cadence = startCadence(clock, firstMs + periodMs, periodMs, () => poll(key, loop));
  }

  function endLoop(key: string): void {
    loops.get(key)?.cadence?.stop();
    loops.delete(key);
  }

  function poll(key: string, loop: Loop): 'again' | 'sleep' {
    const [namespace = '', name = ''] = key.split('/');
    const scaledObject = store.get(SCALED_OBJECTS, namespace, name);
    const deployment = scaledObject === undefined ? undefined : targetOfObject(scaledObject);
    if (scaledObject === undefined || deployment === undefined) return 'sleep';
    const read = readTriggers(scaledObject, loop);
    const forced = isSetForKeda(scaledObject.metadata.annotations?.[FORCE_ACTIVATION]);
    const fallingBack = read.failed && hasFailedEnough(scaledObject, loop);
    // A trigger that falls back counts as active (KEDA 2.20, pkg/scaling): KEDA raises 0 and leaves the size to the HPA.
    const result: Poll = forced || fallingBack ? { ...read, active: true } : read;
    const { replicas, event, conditions, waiting } = decideScale({
      scaledObject,
      current: deployment.spec.replicas ?? 1,
      active: result.active,
      failed: result.failed,
      nowMs: clock.now(),
    });
    if (replicas !== undefined) writeScale(store, deployment, replicas);
    if (event !== undefined) world.recordEvent(scaledObject, { type: 'Normal', ...event, component: 'keda-operator' });
    if (fallingBack !== hasCondition(scaledObject, 'Fallback', 'True')) {
      const [reason, message] = fallingBack
        ? ['ScaledObjectFallbackActivated', 'ScaledObject fallback is active']
        : ['ScaledObjectFallbackDeactivated', 'ScaledObject fallback is no longer active'];
      say(scaledObject, reason, message);
    }
    const extra = result.active ? { lastActiveTime: renderTime(clock.now()) } : {};
    setStatus(scaledObject, { ...extra, triggersActivity: result.activity }, [
      ...conditions,
      fallingBack
        ? condition('Fallback', 'True', 'FallbackExists', 'At least one trigger is falling back on this scaled object')
        : NO_FALLBACK,
      ...autoscalerCondition(namespace, autoscalerName(scaledObject)),
    ]);
    const idle =
      isConstant(sources.get(namespace, name), scaledObject) &&
      !result.active &&
      !waiting &&
      !(result.failed && scaledObject.spec.fallback !== undefined && !fallingBack);
    return idle ? 'sleep' : 'again';
  }

  function say(scaledObject: ScaledObject, reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal'): void {
    world.recordEvent(scaledObject, { type, reason, message, component: 'keda-operator' });
  }

  function readTriggers(scaledObject: ScaledObject, loop: Loop): Poll {
    const source = sources.get(scaledObject.metadata.namespace ?? '', scaledObject.metadata.name);
    let active = false;
    let failed = false;
    const activity: Record<string, { readonly isActive: boolean }> = {};
    for (const [index, trigger] of scaledObject.spec.triggers.entries()) {
      const reading = readTrigger(source, trigger, index, clock.now());
      const isActive = reading.kind === 'value' && reading.value > activationOf(trigger);
      activity[metricNameOf(trigger, index)] = { isActive };
      active ||= isActive;
      failed ||= reading.kind === 'error';
      loop.failures.set(index, reading.kind === 'error' ? (loop.failures.get(index) ?? 0) + 1 : 0);
      if (reading.kind === 'error') {
        say(scaledObject, 'KEDAScalerFailed', reading.message, 'Warning');
      }
    }
    return { active, failed, activity };
  }

  function hasFailedEnough({ spec }: ScaledObject, loop: Loop): boolean {
    const threshold = spec.fallback?.failureThreshold;
    return threshold !== undefined && [...loop.failures.values()].some((count) => count > 0 && count >= threshold);
  }

  function adopt(scaledObject: ScaledObject): ScaledObject {
    const { metadata } = scaledObject;
    return store.update(SCALED_OBJECTS, {
      ...scaledObject,
      metadata: {
        ...metadata,
        finalizers: [...(metadata.finalizers ?? []), FINALIZER],
        labels: { ...metadata.labels, 'scaledobject.keda.sh/name': metadata.name },
      },
    });
  }

  /** Deleting a ScaledObject takes its HPA with it; the replicas stay unless the user asked for the original count back. */
  function finalize(scaledObject: ScaledObject): void {
    const { metadata, spec, status } = scaledObject;
    removeAutoscaler(metadata.namespace ?? '', metadata.name);
    const deployment = targetOfObject(scaledObject);
    if (spec.advanced?.restoreToOriginalReplicaCount === true && deployment !== undefined && status?.originalReplicaCount !== undefined) {
      writeScale(store, deployment, status.originalReplicaCount);
    }
    say(scaledObject, 'ScaledObjectDeleted', 'ScaledObject was deleted', 'Warning');
    const finalizers = (metadata.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
    const released = store.update(SCALED_OBJECTS, { ...scaledObject, metadata: { ...metadata, finalizers } });
    if (finalizers.length === 0) store.remove(SCALED_OBJECTS, released);
  }

  function targetOfObject({ metadata, spec }: ScaledObject): Deployment | undefined {
    if ((spec.scaleTargetRef.kind ?? 'Deployment') !== 'Deployment') return undefined;
    return store.get(DEPLOYMENTS, metadata.namespace, spec.scaleTargetRef.name);
  }

  function ownedAutoscalers(namespace: string, scaledObjectName: string): readonly HorizontalPodAutoscaler[] {
    const names = ownedNames.get(`${namespace}/${scaledObjectName}`) ?? new Set<string>();
    return [...names].flatMap((name) => store.get(AUTOSCALERS, namespace, name) ?? []);
  }

  function removeAutoscaler(namespace: string, scaledObjectName: string): void {
    writing = true;
    for (const autoscaler of ownedAutoscalers(namespace, scaledObjectName)) store.remove(AUTOSCALERS, autoscaler);
    ownedNames.delete(`${namespace}/${scaledObjectName}`);
    writing = false;
  }

  function keepAutoscaler(scaledObject: ScaledObject): void {
    const { namespace = '', name } = scaledObject.metadata;
    const wanted = autoscalerOf(scaledObject);
    const existing = store.get(AUTOSCALERS, namespace, wanted.metadata.name);
    for (const other of ownedAutoscalers(namespace, name)) {
      if (other.metadata.name !== wanted.metadata.name) removeAutoscaler(namespace, name);
    }
    writing = true;
    if (existing === undefined) {
      store.create(AUTOSCALERS, wanted);
    } else {
      const metadata = { ...existing.metadata, ...wanted.metadata };
      const sameSpec = JSON.stringify(existing.spec) === JSON.stringify(wanted.spec);
      if (!sameSpec || JSON.stringify(existing.metadata) !== JSON.stringify(metadata)) {
        store.update(AUTOSCALERS, { ...existing, metadata, spec: sameSpec ? existing.spec : wanted.spec });
      }
    }
    writing = false;
    ownedNames.set(`${namespace}/${name}`, new Set([wanted.metadata.name]));
  }

  /** `HPAActive` mirrors the HPA's own `ScalingActive` (KEDA 2.20.2). */
  function autoscalerCondition(namespace: string, name: string): readonly Condition[] {
    const active = store.get(AUTOSCALERS, namespace, name)?.status?.conditions?.find(({ type }) => type === 'ScalingActive');
    if (active === undefined) return [];
    if (active.status === 'True') return [condition('HPAActive', 'True', 'HPAActive', 'HPA is actively scaling')];
    return [condition('HPAActive', active.status, active.reason ?? '', active.message ?? '')];
  }

  function setStatus(scaledObject: ScaledObject, change: object, conditions: readonly Condition[]): ScaledObject {
    const latest = store.get(SCALED_OBJECTS, scaledObject.metadata.namespace, scaledObject.metadata.name) ?? scaledObject;
    const before = latest.status?.conditions ?? [];
    const merged = ['Ready', 'Active', 'Fallback', 'Paused', 'HPAActive'].flatMap(
      (type) => conditions.find((one) => one.type === type) ?? before.find((one) => one.type === type) ?? [],
    );
    const entries = Object.entries({ ...latest.status, ...change, conditions: merged }).filter(([, value]) => value !== undefined);
    const status = Object.fromEntries(entries);
    if (JSON.stringify(status) === JSON.stringify(latest.status)) return latest;
    return store.update(SCALED_OBJECTS, { ...latest, status });
  }

  function readMetric(autoscaler: HorizontalPodAutoscaler, metricName: string): TriggerReading {
    const { namespace = '' } = autoscaler.metadata;
    if (!up)
      return { kind: 'error', message: `the server is currently unable to handle the request (get ${metricName}.external.metrics.k8s.io)` };
    const scaledObject = ownerOf(autoscaler);
    const index = Number(/^s([0-9]+)-/.exec(metricName)?.[1] ?? Number.NaN);
    const trigger = scaledObject?.spec.triggers[index];
    if (scaledObject === undefined || trigger === undefined) {
      return { kind: 'error', message: `the server could not find the metric ${metricName} for ${namespace}` };
    }
    const reading = readTrigger(sources.get(namespace, scaledObject.metadata.name), trigger, index, clock.now());
    const loop = loops.get(`${namespace}/${scaledObject.metadata.name}`);
    const { fallback } = scaledObject.spec;
    if (reading.kind === 'value' || fallback === undefined || loop === undefined || !hasFailedEnough(scaledObject, loop)) return reading;
    const current = targetOfObject(scaledObject)?.spec.replicas ?? 0;
    return { kind: 'value', value: fallbackReplicas(fallback, current) * Number(targetOf(trigger)) };
  }

  function ownerOf(autoscaler: HorizontalPodAutoscaler): ScaledObject | undefined {
    const owner = autoscaler.metadata.ownerReferences?.find(({ kind }) => kind === 'ScaledObject');
    return owner === undefined ? undefined : store.get(SCALED_OBJECTS, autoscaler.metadata.namespace, owner.name);
  }

  return {
    running: () => up,
    stop: () => {
      up = false;
      for (const key of [...loops.keys()]) endLoop(key);
    },
    start: () => {
      if (up) return;
      up = true;
      for (const { metadata } of store.list(SCALED_OBJECTS)) requestReconcile(`${metadata.namespace}/${metadata.name}`);
      // Finalizers keep deleted objects in the list above, but an HPA whose owner went without one is collected here.
      for (const key of ownedNames.keys()) requestReconcile(key);
    },
    metrics: {
      read: (autoscaler, metric) => readMetric(autoscaler, metric.external?.metric.name ?? ''),
      isConstant: (autoscaler) => {
        const scaledObject = ownerOf(autoscaler);
        if (!up || scaledObject === undefined) return true;
        return (
          isConstant(sources.get(scaledObject.metadata.namespace ?? '', scaledObject.metadata.name), scaledObject) &&
          scaledObject.spec.fallback === undefined
        );
      },
    },
  };
}

function hasCondition({ status }: ScaledObject, type: string, wanted: Condition['status']): boolean {
  return status?.conditions?.some((one) => one.type === type && one.status === wanted) === true;
}

function notPaused({ status }: ScaledObject): Condition {
  const before = status?.conditions?.find(({ type }) => type === 'Paused');
  if (before === undefined || before.reason === undefined) return { status: 'False', type: 'Paused' };
  return condition('Paused', 'False', 'ScaledObjectUnpaused', 'pause annotation removed for ScaledObject');
}

function missingTarget({ spec }: ScaledObject): string {
  return `ScaledObject doesn't have correct scaleTargetRef specification: ${spec.scaleTargetRef.kind ?? 'Deployment'} "${spec.scaleTargetRef.name}" not found`;
}

/** Which changes make KEDA's controller reconcile: spec, deletion and the pausing annotations; no others. */
function needsReconcile(object: KubeObject, previous: KubeObject | undefined): boolean {
  if (previous === undefined || object.spec !== previous.spec) return true;
  if (object.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp) return true;
  return PAUSE_ANNOTATIONS.some((name) => object.metadata.annotations?.[name] !== previous.metadata.annotations?.[name]);
}
