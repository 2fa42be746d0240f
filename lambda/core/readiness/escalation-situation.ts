import type { PoolIntent } from '../capacity/pool-intent.ts';
import type { PoolState } from '../capacity/pool-state.ts';
import type { PoolGroup } from '../config/resolve-groups.ts';
import type { ObservedNodeClaim, ObservedNodePool } from '../inventory/observed-nodes.ts';
import type { InstantMs } from '../units/quantities.ts';
import type { Readiness } from './readiness.ts';

/** What escalation on one cluster is decided from. */
export type EscalationSituation = {
  readonly clusterName: string;
  /** Those of the cluster. */
  readonly groups: readonly PoolGroup[];
  readonly readiness: readonly Readiness[];
  readonly pools: readonly ObservedNodePool[];
  readonly claims: readonly ObservedNodeClaim[];
  /** Everybody's stored intents of the cluster's NodePools. */
  readonly intents: readonly PoolIntent[];
  readonly states: readonly PoolState[];
  readonly nowMs: InstantMs;
};
