import type { Timer } from '../clock.ts';
import type { Fleet, Machine } from '../fleet.ts';
import { keyOf } from '../market/market.ts';
import type { NodePool } from '../objects.ts';
import { NODE_CLAIMS, NODE_POOLS, NODES, PODS } from '../resources.ts';
import { readTaints } from '../taints.ts';
import type { World } from '../world.ts';
import { allowedDisruptions, type DisruptionReason, nextBudgetChangeMs } from './budgets.ts';
import { type Claims, poolOf } from './claims.ts';
import { type Command, createCommands, renderTrue, sayOf } from './commands.ts';
import { bySavings, decideConsolidation, decideMultiNode, type Host, simulateRemoval } from './consolidation.ts';
import { doNotDisruptUntilMs, forbidsDisruption } from './do-not-disrupt.ts';
import { findDrift } from './drift.ts';
import { consolidateAfterMs, consolidatesUnderutilized } from './node-pools.ts';
import type { Offer } from './offers.ts';
import type { Draft, Supply } from './packing.ts';
import type { Termination } from './termination.ts';
import { createThrottle } from './throttle.ts';

export type Disruption = {
  /** Something changed that may make a node superfluous, or free one to be disrupted. */
  readonly wake: () => void;
  /** The machine's pods came or went just now. */
  readonly touch: (machine: Machine) => void;
  /** A machine in the making is ready, or is no more. */
  readonly settle: (machine: Machine) => void;
  /** The pool is another than it was. */
  readonly poolChanged: (pool: string) => void;
};

/**
 * Karpenter looks around every 10 s, waits 15 s before it acts on what it found, and drains for at least 5 s. An empty
 * node goes 23 s after `consolidateAfter` (measured: 33 s at 10 s), so of the 10 s some 3 pass.
 */
const LOOK_MS = 3_000;
const VALIDATION_MS = 15_000;
/** Of nodes in use it thinks no more often than Karpenter's rounds come: that is the dear part. */
const USED_EVERY_MS = 10_000;
/** How often Karpenter says the same of one object. */
const BLOCKED_EVERY_MS = 120_000;
const CLOSED_EVERY_MS = 60_000;
const UNCONSOLIDATABLE_EVERY_MS = 900_000;

/** Voluntary disruption: empty, drifted and underutilized nodes, within the pools' budgets. Expiry isn't here: no budget holds it. */
export function startDisruption(
  world: World,
  parts: {
    readonly fleet: Fleet;
    readonly claims: Claims;
    readonly termination: Termination;
    readonly supply: () => Supply;
    readonly order: (draft: Draft) => Machine;
  },
): Disruption {
  const { clock, store } = world;
  const { fleet, claims, termination, supply, order } = parts;
  const commands = createCommands(world, { claims, termination, order });
  const validating = new Set<Machine>();
  const isDue = createThrottle(clock.now);
  let usedAgainMs = Number.NEGATIVE_INFINITY;
  let timer: { readonly atMs: number; readonly timer: Timer } | undefined;

  function wakeAt(atMs: number): void {
    if (timer !== undefined && timer.atMs <= atMs) return;
    timer?.timer.cancel();
    timer = {
      atMs,
      timer: clock.at(atMs, () => {
        timer = undefined;
        look();
      }),
    };
  }

  function look(): void {
    const nowMs = clock.now();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const machine of fleet.machines.values()) {
      const atMs = consolidatableAtMs(machine);
      if (atMs !== undefined && atMs > nowMs) nextMs = Math.min(nextMs, atMs);
      setConsolidatable(machine, atMs !== undefined && atMs <= nowMs);
    }
    if (nextMs < Number.POSITIVE_INFINITY) wakeAt(nextMs + LOOK_MS);
    lookForEmpty(nowMs);
    if (lookForDrifted(nowMs)) return;
    if (nowMs < usedAgainMs) wakeAt(usedAgainMs);
    else if (lookForUnderutilized(nowMs)) usedAgainMs = nowMs + USED_EVERY_MS;
  }

  /** From when on the machine has been quiet for its pool's `consolidateAfter`. */
  function consolidatableAtMs(machine: Machine): number | undefined {
    const pool = poolOf(store, machine);
    if (pool === undefined || !machine.ready || machine.deleting) return undefined;
    const afterMs = consolidateAfterMs(pool);
    return afterMs === undefined ? undefined : machine.quietSinceMs + afterMs;
  }

  function isConsolidatable(machine: Machine, nowMs: number): boolean {
    const atMs = consolidatableAtMs(machine);
    return atMs !== undefined && atMs <= nowMs;
  }

  function setConsolidatable(machine: Machine, consolidatable: boolean): void {
    if (machine.consolidatable === consolidatable) return;
    machine.consolidatable = consolidatable;
    if (consolidatable) claims.setConditions(machine, [renderTrue(clock.now(), 'Consolidatable', 'Consolidatable')]);
    else claims.clearConditions(machine, ['Consolidatable']);
  }

  function checkDrift(machine: Machine): void {
    const claim = store.get(NODE_CLAIMS, undefined, machine.name);
    const pool = poolOf(store, machine);
    if (claim === undefined || pool === undefined || !machine.launched || machine.deleting) return;
    const drifted = findDrift(pool, claim, machine.labels);
    if (drifted === machine.drifted) return;
    machine.drifted = drifted;
    if (drifted === undefined) claims.clearConditions(machine, ['Drifted']);
    else claims.setConditions(machine, [renderTrue(clock.now(), 'Drifted', drifted)]);
  }

  /** Whether Karpenter may touch the machine at all now; what forbids it becomes an event. */
  function isCandidate(machine: Machine, reason: DisruptionReason): boolean {
    if (!machine.ready || machine.deleting || machine.marked || validating.has(machine) || fleet.nominees(machine).length > 0) return false;
    const node = store.get(NODES, undefined, machine.name);
    if (node === undefined) return false;
    if (forbidsDisruption(node)) return block(machine, 'Disruption is blocked through the "karpenter.sh/do-not-disrupt" annotation');
    const nowMs = clock.now();
    for (const pod of machine.pods) {
      const object = store.get(PODS, pod.namespace, pod.name);
      if (object === undefined || doNotDisruptUntilMs(object, nowMs) <= nowMs) continue;
      // Drift waits for nobody where the pool bounds the drain.
      if (reason === 'Drifted' && poolOf(store, machine)?.spec.template.spec.terminationGracePeriod !== undefined) continue;
      return block(machine, `Pod has "karpenter.sh/do-not-disrupt" annotation (Pod=${pod.namespace}/${pod.name})`);
    }
    return true;
  }

  function block(machine: Machine, message: string): false {
    if (isDue(`${message}/${machine.name}`, BLOCKED_EVERY_MS)) sayOf(world, machine, 'DisruptionBlocked', message);
    return false;
  }

  /** How many more nodes of each pool may go now; those that are going or not ready count against it. */
  function readBudgets(reason: DisruptionReason, nowMs: number): Map<string, number> {
    const left = new Map<string, number>();
    for (const pool of store.list(NODE_POOLS)) {
      const machines = fleet.ofPool(pool.metadata.name).filter(({ ready }) => ready);
      const busy = machines.filter((machine) => machine.deleting || machine.marked || validating.has(machine)).length;
      const allowed = allowedDisruptions(pool, reason, machines.length, nowMs);
      left.set(pool.metadata.name, Math.max(0, allowed - busy));
    }
    return left;
  }

  /** Takes one from the pool's budget; false when there is none, and then the round comes back when there may be. */
  function take(budgets: Map<string, number>, machine: Machine, reason: DisruptionReason): boolean {
    const left = budgets.get(machine.pool) ?? 0;
    if (left > 0) {
      budgets.set(machine.pool, left - 1);
      return true;
    }
    const pool = poolOf(store, machine);
    if (pool === undefined) return false;
    if (allowedDisruptions(pool, reason, fleet.ofPool(machine.pool).length, clock.now()) === 0) sayClosed(pool, reason);
    const nextMs = nextBudgetChangeMs(pool, clock.now());
    if (nextMs !== undefined) wakeAt(nextMs + LOOK_MS);
    return false;
  }

  function sayClosed(pool: NodePool, reason: DisruptionReason): void {
    if (!isDue(`${reason}/${pool.metadata.name}`, CLOSED_EVERY_MS)) return;
    const message = `No allowed disruptions for disruption reason ${reason} due to blocking budget`;
    world.recordEvent(pool, { type: 'Normal', reason: 'DisruptionBlocked', message, component: 'karpenter' });
  }

  function candidates(reason: DisruptionReason, filter: (machine: Machine) => boolean): readonly Machine[] {
    return [...fleet.machines.values()].filter((machine) => filter(machine) && isCandidate(machine, reason));
  }

  function lookForEmpty(nowMs: number): void {
    const empty = candidates('Empty', (machine) => machine.pods.size === 0 && machine.consolidatable);
    if (empty.length === 0) return;
    const budgets = readBudgets('Empty', nowMs);
    const machines = empty.filter((machine) => take(budgets, machine, 'Empty'));
    if (machines.length > 0) validateLater({ machines, reason: 'Empty' });
  }

  function lookForDrifted(nowMs: number): boolean {
    const drifted = candidates('Drifted', ({ drifted }) => drifted !== undefined);
    if (drifted.length === 0) return false;
    const budgets = readBudgets('Drifted', nowMs);
    const emptyFirst = [...drifted].sort((left, right) => Number(left.pods.size > 0) - Number(right.pods.size > 0));
    for (const machine of emptyFirst) {
      if (!take(budgets, machine, 'Drifted')) continue;
      const { drafts, refused } = simulateRemoval([machine], readHosts(), supply());
      if (refused.length > 0) {
        block(machine, refused.join('; '));
        continue;
      }
      // Drift isn't validated again: nothing that pods do takes it back.
      commands.start({ machines: [machine], reason: 'Drifted' }, drafts);
      wakeAt(nowMs + LOOK_MS);
      return true;
    }
    return false;
  }

  /** False when there was nothing to think about. */
  function lookForUnderutilized(nowMs: number): boolean {
    const used = candidates('Underutilized', (machine) => machine.pods.size > 0 && isUnderutilizable(machine));
    if (used.length === 0) return false;
    const ordered = [...used].sort(bySavings);
    const hosts = readHosts();
    const offered = supply();
    const budgets = readBudgets('Underutilized', nowMs);
    const several = decideMultiNode(
      ordered.filter((machine) => take(budgets, machine, 'Underutilized')),
      hosts,
      offered,
    );
    if (several !== undefined) {
      validateLater({ ...several, reason: 'Underutilized' });
      return true;
    }
    const again = readBudgets('Underutilized', nowMs);
    for (const machine of ordered) {
      if ((again.get(machine.pool) ?? 0) === 0) continue;
      const verdict = decideConsolidation([machine], hosts, offered);
      if (verdict.kind === 'command') {
        validateLater({ ...verdict.command, reason: 'Underutilized' });
        return true;
      }
      if (isDue(`Unconsolidatable/${machine.name}`, UNCONSOLIDATABLE_EVERY_MS)) sayOf(world, machine, 'Unconsolidatable', verdict.why);
    }
    return true;
  }

  function isUnderutilizable(machine: Machine): boolean {
    const pool = poolOf(store, machine);
    return pool !== undefined && consolidatesUnderutilized(pool) && machine.consolidatable;
  }

  /** What still holds 15 s later is done. */
  function validateLater(command: Command): void {
    for (const machine of command.machines) validating.add(machine);
    clock.after(VALIDATION_MS, () => {
      for (const machine of command.machines) validating.delete(machine);
      validate(command);
    });
  }

  function validate({ machines, reason, replacement }: Command): void {
    const nowMs = clock.now();
    wakeAt(nowMs + LOOK_MS);
    const budgets = readBudgets(reason, nowMs);
    const still = machines.filter(
      (machine) =>
        !machine.gone &&
        isCandidate(machine, reason) &&
        isConsolidatable(machine, nowMs) &&
        (reason !== 'Empty' || machine.pods.size === 0),
    );
    const allowed = still.filter((machine) => take(budgets, machine, reason));
    if (reason === 'Empty') {
      if (allowed.length > 0) commands.start({ machines: allowed, reason }, []);
      return;
    }
    if (allowed.length < machines.length) return;
    const verdict = decideConsolidation(machines, readHosts(), supply());
    if (verdict.kind === 'no') return;
    const { replacement: now } = verdict.command;
    if ((now === undefined) !== (replacement === undefined)) return;
    commands.start(
      { ...verdict.command, reason },
      now === undefined ? [] : [{ ...now, offers: now.offers.filter((offer) => isAmong(replacement, offer)) }],
    );
  }

  function readHosts(): readonly Host[] {
    return [...fleet.machines.values()].flatMap((machine): Host[] => {
      const node = machine.ready && !machine.deleting && !machine.marked ? store.get(NODES, undefined, machine.name) : undefined;
      if (node === undefined) return [];
      return [{ machine, labels: node.metadata.labels ?? {}, taints: readTaints(node.spec.taints, node.spec.unschedulable === true) }];
    });
  }

  return {
    wake: () => wakeAt(clock.now() + LOOK_MS),
    poolChanged: (pool) => {
      for (const machine of fleet.ofPool(pool)) checkDrift(machine);
      wakeAt(clock.now() + LOOK_MS);
    },
    touch: (machine) => {
      const atMs = consolidatableAtMs(machine);
      if (atMs === undefined) return;
      setConsolidatable(machine, false);
      wakeAt(Math.max(atMs, clock.now()) + LOOK_MS);
    },
    settle: commands.settle,
  };
}

/** Whether the offer was among those that the command was made with. */
function isAmong(draft: Draft | undefined, { offering }: Offer): boolean {
  return draft?.offers.some((one) => keyOf(one.offering) === keyOf(offering)) === true;
}
