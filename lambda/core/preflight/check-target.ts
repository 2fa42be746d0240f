import { readPause } from '../compose/annotations.ts';
import { countAccelerators } from '../inventory/resource-amounts.ts';
import type { Finding } from '../prescale/findings.ts';
import type { EventNeed } from './event-need.ts';
import { findOfEvent, findShared } from './preflight-finding.ts';
import { valueSeen } from './sight.ts';

/** Whether there is something to move, whether it would follow, and how far. */
export function checkTarget(need: EventNeed): Finding[] {
  const { view, size } = need;
  const { workload, target, baseline, scale } = view;
  const { kind, namespace, name } = workload.target;
  if (target === undefined) return [findOfEvent('preflight-target-missing', 'critical', need, { missing: `${kind} ${namespace}/${name}` })];
  const { scalesTo } = target;
  if (scale.kind === 'seen' && scale.value === undefined && kind !== 'ScaledJob') {
    return [findOfEvent('preflight-target-missing', 'critical', need, { missing: `${scalesTo.kind} ${namespace}/${scalesTo.name}` })];
  }
  const { health } = target;
  const pause = readPause(target);
  return [
    ...(pause === undefined ? [] : [findOfEvent('preflight-paused', 'critical', need, { annotation: pause })]),
    ...(health?.ready === 'False'
      ? [findOfEvent('preflight-not-ready', 'critical', need, { reason: health.reason, message: health.message })]
      : []),
    // A pause removes it too, and is what is to be told then.
    ...(pause === undefined && lacksAutoscaler(need) ? [findOfEvent('preflight-hpa-missing', 'critical', need, {})] : []),
    ...(size.kind === 'unknown' ? [findOfEvent('preflight-size-unknown', 'critical', need, { why: size.why })] : []),
    ...(size.kind === 'replicas' && baseline !== undefined && size.replicas > baseline.max
      ? [findOfEvent('preflight-max-below-floor', 'warning', need, { floor: size.replicas, max: baseline.max })]
      : []),
    ...checkGpus(need),
  ];
}

function lacksAutoscaler({ view: { workload, autoscaler } }: EventNeed): boolean {
  return workload.target.kind === 'ScaledObject' && autoscaler.kind === 'seen' && autoscaler.value === undefined;
}

/** Prices, caps and plans count the GPUs of the configuration; the scheduler those of the pods. */
function checkGpus({ view: { workload, scale } }: EventNeed): Finding[] {
  const requests = valueSeen(scale)?.requests ?? {};
  if (Object.keys(requests).length === 0) return [];
  const asked = countAccelerators(requests);
  if (asked === workload.gpusPerReplica) return [];
  return [findShared('preflight-gpus-differ', 'warning', workload.name, { configured: workload.gpusPerReplica, podTemplate: asked })];
}
