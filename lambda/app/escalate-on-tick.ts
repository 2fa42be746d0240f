import { resolveGroups } from '../core/config/resolve-groups.ts';
import { resolveWorkloads } from '../core/config/resolve-workloads.ts';
import { findNotReady } from '../core/readiness/find-not-ready.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { LeaseStore } from '../ports/lease.ts';
import type { NodePools } from '../ports/node-pools.ts';
import type { PoolStore } from '../ports/pool-store.ts';
import { type EscalateInput, type Escalation, escalate } from './escalate.ts';
import type { Failures } from './failures.ts';

export type EscalateOnTickDependencies = {
  readonly nodePools: NodePools | undefined;
  readonly inventory: Inventory | undefined;
  readonly poolStore: PoolStore;
  readonly leases: LeaseStore;
};

/**
 * Escalation with what it has to read first: NodePools where groups are configured or something is still held, machines where replicas come late. What can't
 * be read moves nothing, and the tick fails in the end; people hear of replicas that come late all the same.
 */
export async function escalateOnTick(
  { nodePools, inventory, poolStore, leases }: EscalateOnTickDependencies,
  input: Omit<EscalateInput, 'pools' | 'claims'>,
  failures: Failures,
): Promise<Escalation> {
  const { config, clusterName, readiness, nowMs } = input;
  const untouched = (): Escalation => {
    const leadMs = new Map(resolveWorkloads(config).map((workload) => [workload.name, workload.leadMs]));
    return { outcomes: [], findings: findNotReady({ readiness, escalations: [], pools: [], leadMs, nowMs }) };
  };
  if (nodePools === undefined) return untouched();
  const isGrouped = resolveGroups(config).some(({ cluster }) => cluster === clusterName);
  const holds = async () => (await poolStore.readPoolStates(clusterName)).length > 0;
  if (!isGrouped && !(await failures.collect('reading states of NodePools', holds, false))) return untouched();
  const isLate = readiness.some(({ state }) => state === 'late' || state === 'stuck');
  const [pools, claims] = await Promise.all([
    failures.collect('reading NodePools', () => nodePools.readNodePools(), undefined),
    isLate && inventory !== undefined ? failures.collect('reading NodeClaims', () => inventory.readNodeClaims(), undefined) : [],
  ]);
  if (pools === undefined || claims === undefined) return untouched();
  return escalate({ nodePools, poolStore, leases }, { ...input, pools, claims }, failures);
}
