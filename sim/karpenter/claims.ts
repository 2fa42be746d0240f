import { renderTime } from '../clock.ts';
import type { Fleet, Machine } from '../fleet.ts';
import { capacityOf } from '../instance-types.ts';
import type { Ec2, Offering } from '../market/market.ts';
import type { Condition, NodePool } from '../objects.ts';
import type { Random } from '../random.ts';
import { NODE_CLAIMS, NODE_POOLS, NODES } from '../resources.ts';
import { NOT_READY_TAINT } from '../taints.ts';
import type { World } from '../world.ts';
import { TERMINATION_FINALIZER } from './finalizer.ts';
import { HASH_ANNOTATION, hashOfPool } from './hash.ts';
import { renderNode } from './node-object.ts';
import { comparePrices, type Offer, type Offers } from './offers.ts';
import type { Draft } from './packing.ts';

export type Claims = {
  /** Creates the NodeClaim; the machine follows. */
  readonly request: (draft: Draft) => Machine;
  readonly setConditions: (machine: Machine, conditions: readonly Condition[]) => void;
  readonly clearConditions: (machine: Machine, types: readonly string[]) => void;
};

export type ClaimEvents = {
  /** Pods may come to the machine. */
  readonly onReady: (machine: Machine) => void;
  readonly onRegistered: (machine: Machine) => void;
  /** What the machines of a pool are has changed. */
  readonly onChange: (pool: string) => void;
  /** The market had nothing for it. */
  readonly onNoCapacity: (machine: Machine) => void;
};

/** EC2's CreateFleet answers within some seconds. */
const LAUNCH_MS = 1_500;
/** The part of a node's start after which it registers; the rest is drivers and the device plug-in. */
const REGISTERED_SHARE = 0.8;
/** What Karpenter keeps of an error in an event. */
const MAX_MESSAGE = 300;

/** NodeClaims from their request over Launched, Registered and Initialized to Ready. */
export function createClaims(
  world: World,
  parts: { readonly fleet: Fleet; readonly market: Ec2; readonly offers: Offers; readonly random: Random },
  events: ClaimEvents,
): Claims {
  const { clock, store } = world;
  const { fleet, market, offers, random } = parts;

  function request(draft: Draft): Machine {
    const { pool } = draft;
    // Offers come in the order of capacity types and prices.
    const [preferred] = draft.offers;
    const [nextPod] = draft.pods;
    if (preferred === undefined || nextPod === undefined)
      throw new RangeError(`a machine of pool ${pool.metadata.name} needs pods and offers`);
    const { template } = pool.spec;
    const claim = store.create(NODE_CLAIMS, {
      apiVersion: 'karpenter.sh/v1',
      kind: 'NodeClaim',
      metadata: {
        name: `${pool.metadata.name}-${random.nameSuffix()}`,
        labels: draft.labels,
        annotations: { [HASH_ANNOTATION]: hashOfPool(pool) },
        finalizers: [TERMINATION_FINALIZER],
        ownerReferences: [
          { apiVersion: pool.apiVersion, kind: pool.kind, name: pool.metadata.name, uid: pool.metadata.uid, blockOwnerDeletion: true },
        ],
      },
      spec: { ...template.spec, resources: { requests: { 'nvidia.com/gpu': String(draft.gpus), pods: String(draft.pods.length) } } },
      status: { conditions: advance([], [], renderTime(clock.now())) },
    });
    const nowMs = clock.now();
    const machine: Machine = {
      name: claim.metadata.name,
      pool: pool.metadata.name,
      requestedMs: nowMs,
      type: preferred.type,
      offering: preferred.offering,
      labels: draft.labels,
      pricePerHourUsd: preferred.pricePerHourUsd,
      pods: new Set(),
      promised: 0,
      used: 0,
      launched: false,
      registered: false,
      ready: false,
      quietSinceMs: nowMs,
      consolidatable: false,
      drifted: undefined,
      marked: false,
      deleting: false,
      gone: false,
    };
    fleet.add(machine);
    events.onChange(machine.pool);
    const startMs = nextPod.nodeStartMs;
    clock.after(Math.min(LAUNCH_MS, startMs), () => {
      if (!machine.gone && !machine.deleting) launch(machine, draft, nowMs + startMs);
    });
    return machine;
  }

  /** One capacity type a try, the preferred one that may be to be had; the cheapest of its offers that EC2 has. */
  function launch(machine: Machine, draft: Draft, readyAtMs: number): void {
    const known = draft.offers.filter(({ offering, type }) => !offers.isUnavailable(offering) && type.gpus >= machine.promised);
    const chosen = known.filter(({ offering }) => offering.capacityType === known[0]?.offering.capacityType).sort(comparePrices);
    const sold = chosen.find((offer) => market.launch(machine.name, offer.offering));
    for (const offer of chosen) {
      if (offer === sold) break;
      offers.markUnavailable(offer.offering);
    }
    const claim = store.get(NODE_CLAIMS, undefined, machine.name);
    if (claim === undefined) return;
    if (sold === undefined) {
      const message = `NodeClaim ${machine.name} event: ${shorten(renderNoCapacity(chosen))}`;
      world.recordEvent(claim, { type: 'Warning', reason: 'InsufficientCapacityError', message, component: 'karpenter' });
      events.onNoCapacity(machine);
      return;
    }
    Object.assign(machine, {
      type: sold.type,
      offering: sold.offering,
      labels: { ...sold.labels, ...draft.labels },
      pricePerHourUsd: market.priceOf(sold.offering),
      launched: true,
    });
    const capacity = capacityOf(machine.type);
    store.update(NODE_CLAIMS, {
      ...claim,
      metadata: { ...claim.metadata, labels: machine.labels },
      status: {
        providerID: providerIdOf(machine),
        capacity,
        allocatable: capacity,
        conditions: advance(claim.status?.conditions ?? [], ['Launched'], renderTime(clock.now())),
      },
    });
    sayReached(machine, ['Launched']);
    events.onChange(machine.pool);
    const nowMs = clock.now();
    clock.at(nowMs + (readyAtMs - nowMs) * REGISTERED_SHARE, () => {
      if (!machine.gone && !machine.deleting) register(machine);
    });
    clock.at(readyAtMs, () => {
      if (!machine.gone && !machine.deleting) initialize(machine);
    });
  }

  /** The kubelet has joined; its GPUs aren't there yet. */
  function register(machine: Machine): void {
    const claim = store.get(NODE_CLAIMS, undefined, machine.name);
    if (claim === undefined) return;
    const time = renderTime(clock.now());
    const node = store.create(NODES, renderNode(machine, claim, time, false));
    machine.registered = true;
    store.update(NODE_CLAIMS, {
      ...claim,
      status: {
        ...claim.status,
        nodeName: machine.name,
        conditions: advance(claim.status?.conditions ?? [], ['Launched', 'Registered'], time),
      },
    });
    sayReached(machine, ['Registered']);
    const message = `Node ${machine.name} event: Registered Node ${machine.name} in Controller`;
    world.recordEvent(node, { type: 'Normal', reason: 'RegisteredNode', message, component: 'node-controller' });
    events.onRegistered(machine);
  }

  function initialize(machine: Machine): void {
    const claim = store.get(NODE_CLAIMS, undefined, machine.name);
    const node = store.get(NODES, undefined, machine.name);
    if (claim === undefined || node === undefined) return;
    const time = renderTime(clock.now());
    const ready = renderNode(machine, claim, time);
    store.update(NODES, {
      ...node,
      metadata: { ...node.metadata, labels: { ...node.metadata.labels, 'karpenter.sh/initialized': 'true' } },
      spec: { ...node.spec, taints: (node.spec.taints ?? []).filter(({ key }) => key !== NOT_READY_TAINT.key) },
      status: ready.status,
    });
    const reached = ['Launched', 'Registered', 'Initialized', 'Ready'];
    store.update(NODE_CLAIMS, {
      ...claim,
      status: { ...claim.status, conditions: advance(claim.status?.conditions ?? [], reached, time) },
    });
    sayReached(machine, ['Initialized', 'Ready']);
    machine.ready = true;
    machine.quietSinceMs = clock.now();
    events.onReady(machine);
  }

  /** Karpenter's status controller says so of each step. */
  function sayReached(machine: Machine, steps: readonly string[]): void {
    const claim = store.get(NODE_CLAIMS, undefined, machine.name);
    if (claim === undefined) return;
    for (const step of steps) {
      const message = `Status condition transitioned, Type: ${step}, Status: Unknown -> True, Reason: ${step}`;
      world.recordEvent(claim, { type: 'Normal', reason: step, message, component: 'karpenter' });
    }
  }

  function setConditions(machine: Machine, conditions: readonly Condition[]): void {
    write(machine, (before) => {
      const changed = conditions.filter(({ type, status, reason }) =>
        before.every((one) => one.type !== type || one.status !== status || one.reason !== reason),
      );
      if (changed.length === 0) return before;
      return [...before.filter(({ type }) => changed.every((one) => one.type !== type)), ...changed];
    });
  }

  function clearConditions(machine: Machine, types: readonly string[]): void {
    write(machine, (before) =>
      before.some(({ type }) => types.includes(type)) ? before.filter(({ type }) => !types.includes(type)) : before,
    );
  }

  function write(machine: Machine, change: (before: readonly Condition[]) => readonly Condition[]): void {
    const claim = store.get(NODE_CLAIMS, undefined, machine.name);
    const before = claim?.status?.conditions ?? [];
    const after = change(before);
    if (claim !== undefined && after !== before) store.update(NODE_CLAIMS, { ...claim, status: { ...claim.status, conditions: after } });
  }

  return { request, setConditions, clearConditions };
}

export function poolOf(store: World['store'], machine: Machine): NodePool | undefined {
  return store.get(NODE_POOLS, undefined, machine.pool);
}

function providerIdOf({ name, offering }: { readonly name: string; readonly offering: Offering }): string {
  return `aws:///${offering.zone}/i-${name}`;
}

/** The lifecycle's conditions with those that are reached True; one that is True keeps its time. */
function advance(before: readonly Condition[], reached: readonly string[], time: string): readonly Condition[] {
  const steps = ['Launched', 'Registered', 'Initialized', 'Ready'];
  const others = before.filter(({ type }) => !steps.includes(type));
  const stepped = steps.map((type): Condition => {
    const old = before.find((one) => one.type === type);
    if (old !== undefined && (old.status === 'True' || !reached.includes(type))) return old;
    return reached.includes(type)
      ? { type, status: 'True', reason: type, message: '', lastTransitionTime: time }
      : {
          type,
          status: 'Unknown',
          reason: 'AwaitingReconciliation',
          message: 'object is awaiting reconciliation',
          lastTransitionTime: time,
        };
  });
  return [...stepped, ...others];
}

function renderNoCapacity(tried: readonly Offer[]): string {
  if (tried.length === 0) return 'insufficient capacity, all requested instance types were unavailable during launch';
  const errors = tried.map(
    ({ offering: { instanceType, zone } }) =>
      `InsufficientInstanceCapacity: We currently do not have sufficient ${instanceType} capacity in the Availability Zone you requested (${zone}).`,
  );
  return `insufficient capacity, with fleet error(s), ${errors.join('; ')}`;
}

function shorten(message: string): string {
  return message.length < MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE)}...`;
}
