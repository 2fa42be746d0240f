import type { InstantMs } from '../units/quantities.ts';
import type { ResourceAmounts } from './resource-amounts.ts';

/** A requirement of a NodePool on a node label, e.g. `karpenter.sh/capacity-type` In `spot`. */
export type NodeRequirement = { readonly key: string; readonly operator: string; readonly values: readonly string[] };

export type NodeTaint = { readonly key: string; readonly value: string | undefined; readonly effect: string };

/** A Karpenter NodePool (karpenter.sh/v1) as one read found it. */
export type ObservedNodePool = {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** 1 to 100; undefined: not set, which counts as the least. */
  readonly weight: number | undefined;
  /** Of a static pool, which keeps this many nodes whatever pods there are, and takes no weight; undefined: it follows the pods. */
  readonly replicas: number | undefined;
  /** `spec.limits` as written, to be given back as written; a resource that isn't named is unlimited. */
  readonly limits: Readonly<Record<string, string>>;
  /** The same in numbers. */
  readonly limitAmounts: ResourceAmounts;
  /** `status.resources`: what its nodes have together, whole nodes counted. */
  readonly usage: ResourceAmounts;
  readonly requirements: readonly NodeRequirement[];
  readonly taints: readonly NodeTaint[];
  /** Of `template.spec.expireAfter`, default 720 h; undefined: never. */
  readonly expireAfterMs: number | undefined;
  /** Why its Ready condition is False; undefined while it is True, and while Karpenter has not looked since the last change. */
  readonly notReady: { readonly reason: string; readonly message: string } | undefined;
};

/** A machine that Karpenter asked for (karpenter.sh/v1 NodeClaim), as one read found it. Instants are undefined for what has not happened. */
export type ObservedNodeClaim = {
  readonly name: string;
  readonly uid: string;
  readonly nodePool: string | undefined;
  readonly createdMs: InstantMs;
  readonly launchedMs: InstantMs | undefined;
  readonly registeredMs: InstantMs | undefined;
  readonly initializedMs: InstantMs | undefined;
  /** When Karpenter replaces it because of its age, whatever budgets say; undefined: never. */
  readonly expiresMs: InstantMs | undefined;
  readonly isTerminating: boolean;
  readonly nodeName: string | undefined;
  readonly instanceType: string | undefined;
  readonly capacityType: string | undefined;
  readonly zone: string | undefined;
  /** What the pods ask for that it is launched for. */
  readonly requested: ResourceAmounts;
  /** What limits of its pool count, once it is launched. */
  readonly capacity: ResourceAmounts;
  /** What pods can use of it, once it is launched. */
  readonly allocatable: ResourceAmounts;
  /** The first of its conditions Launched, Registered and Initialized that is not True, where it says why. */
  readonly stalled: { readonly condition: string; readonly reason: string; readonly message: string } | undefined;
};
