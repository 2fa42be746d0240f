import { renderTime } from '../clock.ts';
import type { Machine } from '../fleet.ts';
import type { Condition } from '../objects.ts';
import { NODE_CLAIMS, NODES } from '../resources.ts';
import type { World } from '../world.ts';
import type { DisruptionReason } from './budgets.ts';
import type { Claims } from './claims.ts';
import type { Consolidation } from './consolidation.ts';
import type { Draft } from './packing.ts';
import type { Termination } from './termination.ts';

/** Nodes that go, and why. */
export type Command = Consolidation & { readonly reason: DisruptionReason };

export type Commands = {
  readonly start: (command: Command, replacements: readonly Draft[]) => void;
  /** A machine in the making is ready, or is no more. */
  readonly settle: (machine: Machine) => void;
};

/** Carries out what was decided: nodes go only once what comes in their place is there. */
export function createCommands(
  world: World,
  { claims, termination, order }: { readonly claims: Claims; readonly termination: Termination; readonly order: (draft: Draft) => Machine },
): Commands {
  const { clock, store } = world;
  const waitingFor = new Map<Machine, Command>();

  /** Cordon, replace, and once the replacements are ready, end. */
  function start(command: Command, drafts: readonly Draft[]): void {
    if (drafts.some(({ offers }) => offers.length === 0)) return;
    for (const machine of command.machines) {
      machine.marked = true;
      termination.taint(machine);
      claims.setConditions(machine, [renderTrue(clock.now(), 'DisruptionReason', command.reason)]);
    }
    const replacements = drafts.map(order);
    for (const replacement of replacements) {
      waitingFor.set(replacement, command);
      const claim = store.get(NODE_CLAIMS, undefined, replacement.name);
      if (claim === undefined) continue;
      const message = `Launching NodeClaim: ${command.reason}`;
      world.recordEvent(claim, { type: 'Normal', reason: 'DisruptionLaunching', message, component: 'karpenter' });
    }
    if (replacements.length === 0) finish(command);
  }

  function finish({ machines, reason }: Command): void {
    for (const machine of machines) {
      if (machine.gone || machine.deleting) continue;
      sayOf(world, machine, 'DisruptionTerminating', `Disrupting NodeClaim: ${reason}`, `Disrupting Node: ${reason}`);
      termination.begin(machine, reason);
    }
  }

  /** A replacement that can't be had leaves the nodes as they were. */
  function abandon({ machines }: Command): void {
    for (const machine of machines) {
      if (machine.gone || machine.deleting) continue;
      machine.marked = false;
      termination.untaint(machine);
      claims.clearConditions(machine, ['DisruptionReason']);
    }
  }

  function settle(machine: Machine): void {
    const command = waitingFor.get(machine);
    if (command === undefined) return;
    waitingFor.delete(machine);
    const others = [...waitingFor].flatMap(([other, its]) => (its === command ? [other] : []));
    if (machine.gone) {
      for (const other of others) waitingFor.delete(other);
      abandon(command);
    } else if (others.length === 0) finish(command);
  }

  return { start, settle };
}

export function sayOf({ store, recordEvent }: World, machine: Machine, reason: string, message: string, nodeMessage = message): void {
  const claim = store.get(NODE_CLAIMS, undefined, machine.name);
  const node = store.get(NODES, undefined, machine.name);
  if (node !== undefined) recordEvent(node, { type: 'Normal', reason, message: nodeMessage, component: 'karpenter' });
  if (claim !== undefined) recordEvent(claim, { type: 'Normal', reason, message, component: 'karpenter' });
}

export function renderTrue(nowMs: number, type: string, reason: string): Condition {
  return { type, status: 'True', reason, message: reason, lastTransitionTime: renderTime(nowMs) };
}
