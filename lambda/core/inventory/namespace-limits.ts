import type { ResourceAmounts } from './resource-amounts.ts';

/** A ResourceQuota: `hard` allows, `used` is taken, both by names such as `requests.nvidia.com/gpu`. */
export type ObservedQuota = {
  readonly name: string;
  readonly hard: ResourceAmounts;
  readonly used: ResourceAmounts;
  /** It counts only some pods (`scopes`, `scopeSelector`): whether ours are among them is not known. */
  readonly isScoped: boolean;
};

/** A LimitRange's upper bounds for each container or each pod. */
export type ObservedLimitRange = {
  readonly name: string;
  readonly type: 'Container' | 'Pod';
  readonly max: ResourceAmounts;
};

/** What a namespace allows its pods. */
export type NamespaceLimits = { readonly quotas: readonly ObservedQuota[]; readonly limitRanges: readonly ObservedLimitRange[] };
