import type { Container, LimitRange, LimitRangeItem, PodSpec, ResourceQuota } from './objects.ts';
import { parseQuantity, renderMilli, renderQuantity } from './quantity.ts';
import { LIMIT_RANGES, PODS, RESOURCE_QUOTAS } from './resources.ts';
import type { World } from './world.ts';

/** What the admission plug-ins LimitRanger and ResourceQuota make of a pod: as it may be created, or why it may not. */
export type Admitted = { readonly kind: 'admitted'; readonly spec: PodSpec } | { readonly kind: 'refused'; readonly why: string };

export type NamespaceLimits = { readonly admit: (namespace: string, podName: string, spec: PodSpec) => Admitted };

/** ResourceQuotas and LimitRanges: what they refuse, and what quotas say is used. */
export function startNamespaceLimits({ store }: World): NamespaceLimits {
  store.subscribe(({ type, resource, object, previous }) => {
    const { namespace = '' } = object.metadata;
    if (resource === RESOURCE_QUOTAS && type !== 'DELETED' && previous?.spec !== object.spec) {
      recount(namespace, object.metadata.name);
    } else if (resource === PODS && type !== 'MODIFIED') {
      for (const { metadata } of store.list(RESOURCE_QUOTAS, namespace)) recount(namespace, metadata.name);
    }
  });

  function recount(namespace: string, name: string): void {
    const quota = store.get(RESOURCE_QUOTAS, namespace, name);
    if (quota === undefined) return;
    const counted = countedKeys(quota).map((key): [string, string] => [key, renderAmount(key, usedOf(namespace, key))]);
    store.update(RESOURCE_QUOTAS, {
      ...quota,
      status: { hard: quota.spec.hard ?? {}, ...(counted.length > 0 && { used: Object.fromEntries(counted) }) },
    });
  }

  function usedOf(namespace: string, key: string): number {
    return store.list(PODS, namespace).reduce((sum, { spec }) => sum + chargeOf(spec, key), 0);
  }

  function refuseByQuota(namespace: string, spec: PodSpec): string | undefined {
    for (const quota of store.list(RESOURCE_QUOTAS, namespace)) {
      const { hard = {} } = quota.spec;
      const keys = countedKeys(quota);
      const { name } = quota.metadata;
      const unsaid = keys.filter((key) => MUST_BE_SAID.has(key)).flatMap((key) => describeUnsaid(spec, key));
      if (unsaid.length > 0) return `failed quota: ${name}: must specify ${unsaid.join('; ')}`;
      const exceeded = keys.filter((key) => {
        const charge = chargeOf(spec, key);
        return charge > 0 && usedOf(namespace, key) + charge > (parseQuantity(hard[key] ?? '') ?? Number.POSITIVE_INFINITY);
      });
      if (exceeded.length === 0) continue;
      const list = (amount: (key: string) => string) => exceeded.map((key) => `${key}=${amount(key)}`).join(',');
      const requested = list((key) => renderAmount(key, chargeOf(spec, key)));
      return `exceeded quota: ${name}, requested: ${requested}, used: ${list((key) => renderAmount(key, usedOf(namespace, key)))}, limited: ${list((key) => String(hard[key]))}`;
    }
    return undefined;
  }

  return {
    admit: (namespace, podName, given) => {
      const ranges = store.list(LIMIT_RANGES, namespace);
      const spec = ranges.reduce(withDefaultLimits, given);
      const tooMuch = ranges.flatMap((range) => describeTooMuch(range, spec));
      const why = tooMuch.length > 1 ? `[${tooMuch.join(', ')}]` : (tooMuch[0] ?? refuseByQuota(namespace, spec));
      return why === undefined ? { kind: 'admitted', spec } : { kind: 'refused', why: `pods "${podName}" is forbidden: ${why}` };
    },
  };
}

/** Names of resources that a pod must ask for in words where a quota counts them. */
const MUST_BE_SAID: ReadonlySet<string> = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']);

/** What the quota's pod evaluator counts: any other key is taken and limits nothing, the bare name of an extended resource too. */
function countedKeys({ spec }: ResourceQuota): string[] {
  // Which pods a scope means is not modelled.
  if ((spec.scopes ?? []).length > 0 || spec.scopeSelector !== undefined) return [];
  const isCounted = (key: string) => key === 'pods' || key === 'count/pods' || key.startsWith('requests.') || MUST_BE_SAID.has(key);
  return Object.keys(spec.hard ?? {})
    .filter(isCounted)
    .sort();
}

function describeUnsaid({ containers }: PodSpec, key: string): string[] {
  const silent = containers.filter((container) => amountOf(container, key) === undefined).map(({ name }) => name);
  return silent.length === 0 ? [] : [`${key} for: ${silent.join(',')}`];
}

function chargeOf({ containers }: PodSpec, key: string): number {
  if (key === 'pods' || key === 'count/pods') return 1;
  return containers.reduce((sum, container) => sum + (amountOf(container, key) ?? 0), 0);
}

/** A limit without a request is a request too. */
function amountOf({ resources }: Container, key: string): number | undefined {
  const name = resourceOf(key);
  const text = key.startsWith('limits.') ? resources?.limits?.[name] : (resources?.requests?.[name] ?? resources?.limits?.[name]);
  return text === undefined ? undefined : parseQuantity(text);
}

function resourceOf(key: string): string {
  return key.replace(/^(requests|limits)\./, '');
}

function renderAmount(key: string, amount: number): string {
  return resourceOf(key) === 'cpu' ? renderMilli(Math.round(amount * 1_000)) : renderQuantity(resourceOf(key), amount);
}

/** The max of type Container is the default limit as well (k8s.io/kubernetes pkg/apis/core/v1/defaults.go). */
function withDefaultLimits(spec: PodSpec, { spec: { limits } }: LimitRange): PodSpec {
  const defaults = limits.filter(({ type }) => type === 'Container').map((item) => ({ ...item.max, ...item.default }));
  if (defaults.every((one) => Object.keys(one).length === 0)) return spec;
  const added = Object.assign({}, ...defaults) as Record<string, string>;
  const containers = spec.containers.map((container) => ({
    ...container,
    resources: { ...container.resources, limits: { ...added, ...container.resources?.limits } },
  }));
  return { ...spec, containers };
}

function describeTooMuch({ spec: { limits } }: LimitRange, spec: PodSpec): string[] {
  return limits.flatMap((item) => {
    if (item.type === 'Container')
      return spec.containers.flatMap((container) => describeAbove(item, (name) => amountOf(container, `limits.${name}`)));
    return item.type === 'Pod' ? describeAbove(item, (name) => chargeOf(spec, `limits.${name}`)) : [];
  });
}

function describeAbove({ type, max = {} }: LimitRangeItem, limitOf: (name: string) => number | undefined): string[] {
  return Object.entries(max).flatMap(([name, most]) => {
    const limit = limitOf(name);
    if (limit === undefined || limit <= (parseQuantity(most) ?? Number.POSITIVE_INFINITY)) return [];
    return [`maximum ${name} usage per ${type} is ${most}, but limit is ${renderAmount(name, limit)}`];
  });
}
