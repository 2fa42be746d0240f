import type { ObservedLimitRange, ObservedQuota } from '../inventory/namespace-limits.ts';
import { isAccelerator, type ResourceAmounts } from '../inventory/resource-amounts.ts';
import type { Finding } from '../prescale/findings.ts';
import { type ClusterView, countCharged, isGroup, replicaRequests } from './cluster-view.ts';
import { type EventNeed, jointNeeds } from './event-need.ts';
import { findOfEvent, findOfEvents, findShared, graveFor, nameOf } from './preflight-finding.ts';
import { valueSeen } from './sight.ts';

/** Whether the namespace lets the pods in: ResourceQuotas, beside what others add at the same time, and LimitRanges. */
export function checkNamespace(need: EventNeed, needs: readonly EventNeed[], { limits }: ClusterView): Finding[] {
  const { namespace } = need.view.workload.target;
  const found = limits.get(namespace);
  const known = found && valueSeen(found);
  if (known === undefined) return [];
  const neighbours = needs.filter(({ view }) => view.workload.target.namespace === namespace);
  return [
    ...known.quotas.flatMap((quota) => [...checkQuota(need, neighbours, quota), ...checkKeys(namespace, quota)]),
    ...known.limitRanges.flatMap((range) => checkLimitRange(need, namespace, range)),
  ];
}

function checkQuota(need: EventNeed, neighbours: readonly EventNeed[], quota: ObservedQuota): Finding[] {
  const joints = jointNeeds(need, neighbours);
  return Object.entries(quota.hard).flatMap(([key, hard]) => {
    const moments = joints.map((joint) => chargeTogether(joint, key));
    const most = moments.reduce((highest, one) => (one.added > highest.added ? one : highest), NO_CHARGE);
    // A quota that was made a moment ago has not been counted yet; these pods are in it all the same.
    const used = quota.used[key] ?? most.needs.reduce((sum, { view }) => sum + (countCharged(view) ?? 0) * (chargeOf(view, key) ?? 0), 0);
    const over = most.added - (hard - used);
    if (over <= 1e-9) return [];
    const finding = findOfEvents(
      'preflight-quota',
      quota.isScoped ? 'warning' : graveFor(most.needs),
      most.needs,
      {
        ...(most.needs.length > 1 && { together: most.needs.map((one) => `${nameOf(one)} ${one.floor}`).join(', ') }),
        quota: quota.name,
        resource: key,
        hard,
        used,
        addedReplicas: most.replicas,
        added: most.added,
        missing: over,
        toAtLeast: used + most.added,
        ...(quota.isScoped && { scoped: true }),
      },
      `${quota.name}/${key}`,
    );
    return [finding];
  });
}

type Charge = { readonly needs: readonly EventNeed[]; readonly added: number; readonly replicas: number };
const NO_CHARGE: Charge = { needs: [], added: 0, replicas: 0 };

function chargeTogether(joint: readonly EventNeed[], key: string): Charge {
  const charges = joint.flatMap((need) => {
    const charged = countCharged(need.view);
    const each = chargeOf(need.view, key);
    if (need.floor === undefined || charged === undefined || each === undefined) return [];
    const replicas = Math.max(0, need.floor - charged);
    return replicas * each > 0 ? [{ need, replicas, added: replicas * each }] : [];
  });
  return {
    needs: charges.map(({ need }) => need),
    added: charges.reduce((sum, { added }) => sum + added, 0),
    replicas: charges.reduce((sum, { replicas }) => sum + replicas, 0),
  };
}

/**
 * What one more replica counts against a key of a quota, as k8s.io/kubernetes pkg/quota/v1/evaluator/core/pods.go counts pods; undefined
 * where that is not known: limits, which nobody read, requests that the pod template leaves out, and objects that are no pods.
 */
function chargeOf(view: EventNeed['view'], key: string): number | undefined {
  const requests = replicaRequests(view);
  switch (key) {
    // Of a group of pods at least one.
    case 'pods':
    case 'count/pods':
      return 1;
    case 'cpu':
    case 'memory':
    case 'ephemeral-storage':
      return requests[key];
    default:
      return key.startsWith('requests.') ? requests[key.slice('requests.'.length)] : undefined;
  }
}

/** Of extended resources a quota counts `requests.…` alone; the bare name, and that with `limits.`, are taken and limit nothing. */
function checkKeys(namespace: string, { name, hard }: ObservedQuota): Finding[] {
  return Object.entries(hard).flatMap(([key, amount]) => {
    const rightKey = `requests.${key.replace(/^limits\./, '')}`;
    return isAccelerator(key.replace(/^limits\./, '')) && hard[rightKey] === undefined
      ? [findShared('preflight-quota-key', 'warning', `ResourceQuota ${namespace}/${name}`, { key, hard: amount, rightKey })]
      : [];
  });
}

function checkLimitRange(need: EventNeed, namespace: string, { name, type, max }: ObservedLimitRange): Finding[] {
  const subject = `LimitRange ${namespace}/${name}`;
  const defaults =
    type === 'Container'
      ? Object.entries(max)
          .filter(([resource]) => isAccelerator(resource))
          .map(([resource, amount]) => findShared('preflight-limit-default', 'warning', subject, { resource, defaultLimit: amount }))
      : [];
  return [...defaults, ...(isGroup(need.view) ? [] : findTooLarge(need, replicaRequests(need.view), { name, type, max }))];
}

/** For a bound on containers: if one of them asks for all that the pod does, as with accelerators it nearly always is. */
function findTooLarge(need: EventNeed, requests: ResourceAmounts, { name, type, max }: ObservedLimitRange): Finding[] {
  return Object.entries(requests).flatMap(([resource, asked]) => {
    const most = max[resource];
    if (most === undefined || asked <= most) return [];
    const severity = type === 'Pod' || isAccelerator(resource) ? 'critical' : 'warning';
    const facts = { limitRange: name, type, resource, max: most, podAsks: asked };
    return [findOfEvent('preflight-limit-range', severity, need, facts, `${name}/${type}/${resource}`)];
  });
}
