import { type Cadence, startCadence } from './cadence.ts';
import { renderTime } from './clock.ts';
import { decideReplicas, type Limited, type Memory } from './hpa-rules.ts';
import type { Condition, HorizontalPodAutoscaler, MetricSpec, MetricStatus } from './objects.ts';
import { parseQuantity, renderMilli } from './quantity.ts';
import { AUTOSCALERS, DEPLOYMENTS } from './resources.ts';
import { readScale, writeScale } from './scale.ts';
import type { TriggerReading } from './triggers.ts';
import type { World } from './world.ts';

/** The external metrics API, which KEDA serves. */
export type ExternalMetrics = {
  readonly read: (autoscaler: HorizontalPodAutoscaler, metric: MetricSpec) => TriggerReading;
  /** The value doesn't change by itself. */
  readonly isConstant: (autoscaler: HorizontalPodAutoscaler) => boolean;
};

/** kube-controller-manager's `--horizontal-pod-autoscaler-sync-period` and `-tolerance` defaults. */
const SYNC_PERIOD_MS = 15_000;
const TOLERANCE = 0.1;
/** Changes older than the longest policy period that the API accepts (1,800 s) don't count any more. */
const LONGEST_POLICY_MS = 1_800_000;

type Loop = { readonly uid: string; readonly memory: Memory; readonly cadence: Cadence; signature: string };

type Computed =
  | { readonly kind: 'replicas'; readonly replicas: number; readonly metricName: string; readonly statuses: readonly MetricStatus[] }
  | { readonly kind: 'error'; readonly message: string };

/** The HPA controller: every autoscaler syncs each 15 s, counted from its creation. */
export function startAutoscaling(world: World, metrics: ExternalMetrics): { readonly wake: (namespace: string, name: string) => void } {
  const { clock, store } = world;
  const loops = new Map<string, Loop>();
  const byTarget = new Map<string, Set<string>>();

  store.subscribe(({ type, resource, object, previous }) => {
    const key = `${object.metadata.namespace}/${object.metadata.name}`;
    if (resource === DEPLOYMENTS) {
      for (const autoscaler of byTarget.get(key) ?? []) loops.get(autoscaler)?.cadence.wake();
      return;
    }
    if (resource !== AUTOSCALERS) return;
    const autoscaler = object as HorizontalPodAutoscaler;
    const target = `${object.metadata.namespace}/${autoscaler.spec.scaleTargetRef.name}`;
    if (type === 'ADDED') {
      loops.set(key, {
        uid: object.metadata.uid,
        memory: { recommendations: [], ups: [], downs: [] },
        cadence: startCadence(clock, clock.now() + SYNC_PERIOD_MS, SYNC_PERIOD_MS, () => sync(key)),
        signature: '',
      });
      byTarget.set(target, (byTarget.get(target) ?? new Set()).add(key));
    } else if (type === 'DELETED') {
      loops.get(key)?.cadence.stop();
      loops.delete(key);
      byTarget.get(target)?.delete(key);
    } else if (previous?.spec !== object.spec) {
      loops.get(key)?.cadence.wake();
    }
  });

  function sync(key: string): 'again' | 'sleep' {
    const [namespace = '', name = ''] = key.split('/');
    const loop = loops.get(key);
    const autoscaler = store.get(AUTOSCALERS, namespace, name);
    if (loop === undefined || autoscaler === undefined) return 'sleep';
    const { kind, name: targetName } = autoscaler.spec.scaleTargetRef;
    const scale = readScale(store, namespace, kind, targetName);
    if (scale === undefined) {
      const message = `the HPA controller was unable to get the target's current scale: ${kind.toLowerCase()}s.apps "${targetName}" not found`;
      report(loop, autoscaler, { desired: 0, current: 0, conditions: [condition('AbleToScale', 'False', 'FailedGetScale', message)] });
      return 'sleep';
    }
    const nowMs = clock.now();
    const { memory } = loop;
    const current = scale.wanted;
    const min = autoscaler.spec.minReplicas ?? 1;
    const max = autoscaler.spec.maxReplicas;
    if (memory.recommendations.length === 0) memory.recommendations = [{ atMs: nowMs, replicas: current }];

    if (current === 0 && min !== 0) {
      const disabled = condition(
        'ScalingActive',
        'False',
        'ScalingDisabled',
        'scaling is disabled since the replica count of the target is zero',
      );
      report(loop, autoscaler, { desired: 0, current, conditions: [gotScale(), disabled], statuses: [] });
      return 'sleep';
    }
    if (current > max) return rescale(loop, autoscaler, current, max, 'Current number of replicas above Spec.MaxReplicas');
    if (current < min) return rescale(loop, autoscaler, current, min, 'Current number of replicas below Spec.MinReplicas');

    const computed = computeReplicas(autoscaler, current, scale.existing);
    if (computed.kind === 'error') {
      const failed = condition(
        'ScalingActive',
        'False',
        'FailedGetExternalMetric',
        `the HPA was unable to compute the replica count: ${computed.message}`,
      );
      report(loop, autoscaler, { desired: autoscaler.status?.desiredReplicas ?? 0, current, conditions: [gotScale(), failed] });
      return metrics.isConstant(autoscaler) ? 'sleep' : 'again';
    }
    const active = condition(
      'ScalingActive',
      'True',
      'ValidMetricFound',
      `the HPA was able to successfully calculate a replica count from external metric ${computed.metricName}`,
    );
    const { replicas, stabilized, limited } = decideReplicas(
      computed.replicas,
      current,
      { min, max },
      autoscaler.spec.behavior,
      memory,
      nowMs,
    );
    const extra = { conditions: [active, limitedCondition(limited)], statuses: computed.statuses };
    if (replicas !== current) {
      const reason = replicas > current ? `external metric ${computed.metricName} above target` : 'All metrics below target';
      return rescale(loop, autoscaler, current, replicas, reason, extra);
    }
    const able =
      stabilized === 'no'
        ? condition('AbleToScale', 'True', 'ReadyForNewScale', 'recommended size matches current size')
        : stabilized === 'down'
          ? condition(
              'AbleToScale',
              'True',
              'ScaleDownStabilized',
              'recent recommendations were higher than current one, applying the highest recent recommendation',
            )
          : condition(
              'AbleToScale',
              'True',
              'ScaleUpStabilized',
              'recent recommendations were lower than current one, applying the lowest recent recommendation',
            );
    report(loop, autoscaler, { desired: replicas, current, conditions: [able, ...extra.conditions], statuses: extra.statuses });
    const settled =
      metrics.isConstant(autoscaler) &&
      memory.recommendations.every((past) => past.replicas === computed.replicas) &&
      scale.existing === scale.wanted;
    return settled ? 'sleep' : 'again';
  }

  function rescale(
    loop: Loop,
    autoscaler: HorizontalPodAutoscaler,
    current: number,
    replicas: number,
    reason: string,
    extra: { readonly conditions: readonly Condition[]; readonly statuses: readonly MetricStatus[] } = { conditions: [], statuses: [] },
  ): 'again' {
    const { namespace = '' } = autoscaler.metadata;
    const nowMs = clock.now();
    const deployment = store.get(DEPLOYMENTS, namespace, autoscaler.spec.scaleTargetRef.name);
    if (deployment !== undefined) writeScale(store, deployment, replicas);
    const { ups, downs } = loop.memory;
    if (replicas > current) ups.push({ atMs: nowMs, change: replicas - current });
    else downs.push({ atMs: nowMs, change: current - replicas });
    for (const changes of [ups, downs]) while ((changes[0]?.atMs ?? nowMs) < nowMs - LONGEST_POLICY_MS) changes.shift();
    world.recordEvent(autoscaler, {
      type: 'Normal',
      reason: 'SuccessfulRescale',
      message: `New size: ${replicas}; reason: ${reason}`,
      component: 'horizontal-pod-autoscaler',
    });
    const able = condition(
      'AbleToScale',
      'True',
      'SucceededRescale',
      `the HPA controller was able to update the target scale to ${replicas}`,
    );
    report(loop, autoscaler, {
      desired: replicas,
      current,
      conditions: [able, ...extra.conditions],
      statuses: extra.statuses,
      scaled: true,
    });
    return 'again';
  }

  /** The highest answer of the metrics; one that fails stops a scale-down, all of them failing stops scaling by metrics. */
  function computeReplicas(autoscaler: HorizontalPodAutoscaler, current: number, existing: number): Computed {
    const { namespace } = autoscaler.metadata;
    let best: { readonly replicas: number; readonly metricName: string } | undefined;
    const statuses: MetricStatus[] = [];
    let failure: string | undefined;
    for (const metric of autoscaler.spec.metrics ?? []) {
      if (metric.external === undefined) continue;
      const { metric: identifier, target } = metric.external;
      const selector = renderSelector(identifier.selector?.matchLabels ?? {});
      const reading = metrics.read(autoscaler, metric);
      if (reading.kind === 'error') {
        failure ??= `unable to get external metric ${namespace}/${identifier.name}/${selector}: unable to fetch metrics from external metrics API: ${reading.message}`;
        continue;
      }
      const usageMilli = Math.round(reading.value * 1000);
      const wantedMilli = (parseQuantity(target.averageValue ?? target.value ?? '1') ?? 1) * 1000;
      const perReplica = target.type === 'AverageValue';
      const ratio = perReplica ? usageMilli / (wantedMilli * existing) : usageMilli / wantedMilli;
      const near = Math.abs(1 - ratio) <= TOLERANCE;
      const replicas = near ? existing : Math.ceil(perReplica ? usageMilli / wantedMilli : ratio * existing);
      const shown = perReplica
        ? { averageValue: renderMilli(existing === 0 ? 0 : Math.ceil(usageMilli / existing)) }
        : { value: renderMilli(usageMilli) };
      statuses.push({ external: { current: shown, metric: identifier }, type: 'External' });
      if (best === undefined || replicas > best.replicas) best = { replicas, metricName: `${identifier.name}(${selector})` };
    }
    if (best === undefined || (failure !== undefined && best.replicas < current)) {
      return {
        kind: 'error',
        message: `${failure === undefined ? 'no metrics' : `invalid metrics (1 invalid out of ${autoscaler.spec.metrics?.length ?? 0}), first error is: failed to get external metric: ${failure}`}`,
      };
    }
    return { kind: 'replicas', ...best, statuses };
  }

  function report(
    loop: Loop,
    autoscaler: HorizontalPodAutoscaler,
    next: {
      readonly desired: number;
      readonly current: number;
      readonly conditions: readonly Condition[];
      readonly statuses?: readonly MetricStatus[];
      readonly scaled?: true;
    },
  ): void {
    const signature = JSON.stringify(next);
    if (signature === loop.signature && next.scaled !== true) return;
    loop.signature = signature;
    const before = autoscaler.status;
    const time = renderTime(clock.now());
    const conditions = ['AbleToScale', 'ScalingActive', 'ScalingLimited'].flatMap((type) => {
      const old = before?.conditions?.find((one) => one.type === type);
      const now = next.conditions.find((one) => one.type === type);
      if (now === undefined) return old === undefined ? [] : [old];
      const since = old !== undefined && old.status === now.status ? (old.lastTransitionTime ?? time) : time;
      return [{ lastTransitionTime: since, ...now }];
    });
    const currentMetrics = next.statuses === undefined ? before?.currentMetrics : next.statuses.length === 0 ? null : next.statuses;
    const lastScaleTime = next.scaled === true ? time : before?.lastScaleTime;
    store.update(AUTOSCALERS, {
      ...autoscaler,
      status: {
        conditions,
        ...(currentMetrics === undefined ? {} : { currentMetrics }),
        currentReplicas: next.current,
        desiredReplicas: next.desired,
        ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
      },
    });
  }

  return { wake: (namespace, name) => loops.get(`${namespace}/${name}`)?.cadence.wake() };
}

function condition(type: string, status: Condition['status'], reason: string, message: string): Condition {
  return { message, reason, status, type };
}

function gotScale(): Condition {
  return condition('AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale");
}

function limitedCondition({ status, reason, message }: Limited): Condition {
  return condition('ScalingLimited', status, reason, message);
}

/** Go's `%v` of a LabelSelector, which the HPA controller puts into its messages. */
function renderSelector(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}: ${value},`);
  return `&LabelSelector{MatchLabels:map[string]string{${pairs.join('')}},MatchExpressions:[]LabelSelectorRequirement{},}`;
}
