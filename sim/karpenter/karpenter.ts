import type { Timer } from '../clock.ts';
import type { Fleet, Machine } from '../fleet.ts';
import type { Ec2 } from '../market/market.ts';
import type { KubeObject } from '../objects.ts';
import type { PodRecord } from '../pods.ts';
import { NODE_CLAIMS, NODE_POOLS, NODES, PODS } from '../resources.ts';
import type { Scheduler } from '../scheduler.ts';
import { findUntolerated, readTaints } from '../taints.ts';
import type { World } from '../world.ts';
import { createClaims } from './claims.ts';
import { type Disruption, startDisruption } from './disruption.ts';
import { expireAfterMs } from './node-pools.ts';
import { createOffers } from './offers.ts';
import { type Draft, packPods, type Supply } from './packing.ts';
import { createPoolStatus } from './pool-status.ts';
import { createTermination } from './termination.ts';
import { createThrottle } from './throttle.ts';

export type Karpenter = {
  /** A pod came to the machine or left it. */
  readonly touch: (machine: Machine) => void;
};

/** Karpenter's batch (1 s idle + its round), and its retry. */
const BATCH_MS = 1_200;
const RETRY_MS = 10_000;
/** Karpenter says the same of a pod or a pool only so often. */
const FAILED_EVENT_MS = 300_000;
const NO_TYPES_EVENT_MS = 60_000;
/** What Karpenter gives as the reason of evictions that it didn't decide on itself. */
const FORCED = 'Forceful Termination';
/** Nominations beyond these get no event: Karpenter's rate limit. */
const MAX_NOMINATION_EVENTS = 10;

/** Karpenter 1.14 on the twin's market: buys nodes for pods that wait, and ends those that aren't worth their price. */
export function startKarpenter(
  world: World,
  parts: { readonly fleet: Fleet; readonly scheduler: Scheduler; readonly market: Ec2 },
): Karpenter {
  const { clock, store } = world;
  const { fleet, scheduler, market } = parts;
  const random = world.random.fork('nodes');
  const isDue = createThrottle(clock.now);
  let timer: Timer | undefined;

  const offers = createOffers(market, clock, () => {
    requestProvision();
    disruption.wake();
  });
  const poolStatus = createPoolStatus(world, fleet);
  const termination = createTermination(world, { fleet, market }, (machine) => {
    poolStatus.refresh(machine.pool);
    disruption.settle(machine);
    disruption.wake();
    scheduler.request();
    requestProvision();
  });
  const claims = createClaims(
    world,
    { fleet, market, offers, random },
    {
      onChange: poolStatus.refresh,
      onRegistered: ({ pool }) => poolStatus.markHealthy(pool),
      onReady: (machine) => {
        scheduler.admit(machine);
        disruption.settle(machine);
        disruption.touch(machine);
      },
      onNoCapacity: (machine) => termination.begin(machine, FORCED),
    },
  );
  const disruption: Disruption = startDisruption(world, { fleet, claims, termination, supply, order: ({ ...draft }) => order(draft) });

  scheduler.onUnserved(() => {
    if (unserved().length > 0) requestProvision();
  });

  store.subscribe(({ type, resource, object, previous }) => {
    if (resource === NODE_POOLS && (type !== 'MODIFIED' || previous?.spec !== object.spec)) {
      if (type === 'DELETED') endPool(object.metadata.name);
      else poolStatus.refresh(object.metadata.name, type === 'MODIFIED');
      requestProvision();
      disruption.poolChanged(object.metadata.name);
    } else if (resource === NODES || resource === NODE_CLAIMS) {
      const machine = fleet.machines.get(object.metadata.name);
      if (machine === undefined || machine.gone) return;
      if (type === 'DELETED') termination.end(machine);
      else if (type === 'MODIFIED' && object.metadata.deletionTimestamp !== undefined) termination.begin(machine, FORCED);
      else if (type === 'MODIFIED' && object.metadata.annotations !== previous?.metadata.annotations) disruption.wake();
    }
  });

  market.onWarning(({ instance, offering }) => {
    const machine = fleet.machines.get(instance);
    if (machine === undefined) return;
    if (offering.capacityType === 'spot') offers.markUnavailable(offering);
    sayInterrupted(store.get(NODE_CLAIMS, undefined, instance), 'NodeClaim');
    sayInterrupted(store.get(NODES, undefined, instance), 'Node');
    termination.begin(machine, FORCED);
  });
  market.onEnded((instance) => {
    const machine = fleet.machines.get(instance);
    if (machine !== undefined) termination.end(machine);
  });
  market.onChange(() => {
    requestProvision();
    disruption.wake();
  });

  function sayInterrupted(object: KubeObject | undefined, what: string): void {
    if (object === undefined) return;
    const warn = (reason: string, message: string) =>
      world.recordEvent(object, { type: 'Warning', reason, message, component: 'karpenter' });
    warn('SpotInterrupted', 'Spot interruption warning was triggered');
    warn('TerminatingOnInterruption', `Interruption triggered termination for the ${what}`);
  }

  function supply(): Supply {
    return { pools: store.list(NODE_POOLS), offersOf: offers.ofPool, usedBy: ({ metadata }) => poolStatus.used(metadata.name) };
  }

  function unserved(): readonly PodRecord[] {
    return scheduler.pending().filter((pod) => !fleet.isNominated(pod));
  }

  function requestProvision(delayMs = BATCH_MS): void {
    if (timer !== undefined || !scheduler.pending().some((pod) => !fleet.isNominated(pod))) return;
    timer = clock.after(delayMs, () => {
      timer = undefined;
      provision();
    });
  }

  function provision(): void {
    const waiting = unserved().filter((pod) => !nominateToStarting(pod));
    if (waiting.length === 0) return;
    const { drafts, refused, emptyPools } = packPods(waiting, supply());
    for (const draft of drafts) sayNominated(draft, order(draft));
    for (const pool of emptyPools) {
      const message = 'NodePool requirements filtered out all compatible available instance types';
      if (isDue(pool.metadata.uid, NO_TYPES_EVENT_MS))
        world.recordEvent(pool, { type: 'Warning', reason: 'NoCompatibleInstanceTypes', message, component: 'karpenter' });
    }
    for (const [pod, why] of refused) {
      const object = store.get(PODS, pod.namespace, pod.name);
      if (object !== undefined && isDue(pod.uid, FAILED_EVENT_MS))
        world.recordEvent(object, {
          type: 'Warning',
          reason: 'FailedScheduling',
          message: `Failed to schedule pod, ${why}`,
          component: 'karpenter',
        });
    }
    requestProvision(RETRY_MS);
  }

  function order(draft: Draft): Machine {
    const machine = claims.request(draft);
    for (const pod of draft.pods) if (scheduler.isPending(pod)) fleet.nominate(pod, machine);
    const expiresMs = expireAfterMs(draft.pool.spec.template.spec.expireAfter);
    if (expiresMs !== undefined) clock.after(expiresMs, () => termination.begin(machine, FORCED));
    return machine;
  }

  function sayNominated({ pods }: Draft, machine: Machine): void {
    for (const pod of pods.slice(0, MAX_NOMINATION_EVENTS)) {
      const object = store.get(PODS, pod.namespace, pod.name);
      if (object === undefined) continue;
      const message = `Pod should schedule on: nodeclaim/${machine.name}`;
      world.recordEvent(object, { type: 'Normal', reason: 'Nominated', message, component: 'karpenter' });
    }
  }

  /** A machine in the making may have room left; it counts as a node already. */
  function nominateToStarting(pod: PodRecord): boolean {
    for (const machine of fleet.machines.values()) {
      if (machine.ready || machine.deleting || machine.type.gpus - machine.promised < pod.gpus) continue;
      const claim = store.get(NODE_CLAIMS, undefined, machine.name);
      if (claim === undefined || findUntolerated(readTaints(claim.spec.taints), pod.tolerations) !== undefined) continue;
      if (!Object.entries(pod.nodeSelector).every(([key, value]) => machine.labels[key] === value)) continue;
      fleet.nominate(pod, machine);
      return true;
    }
    return false;
  }

  /** The garbage collector deletes the claims of a pool that is gone; they drain as usual. */
  function endPool(pool: string): void {
    for (const machine of fleet.ofPool(pool)) termination.begin(machine, FORCED);
  }

  return { touch: (machine) => disruption.touch(machine) };
}
