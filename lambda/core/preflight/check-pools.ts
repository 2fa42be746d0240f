import type { ObservedNodePool } from '../inventory/observed-nodes.ts';
import { countAccelerators } from '../inventory/resource-amounts.ts';
import type { Finding } from '../prescale/findings.ts';
import { acceleratorOf, type ClusterView, countPlaced, placeablePieces, replicaRequests } from './cluster-view.ts';
import { type EventNeed, jointNeeds } from './event-need.ts';
import { countFits, countNodes, measureRoom, type PoolRoom } from './node-room.ts';
import { type Batch, type Placed, placeReplicas } from './place-replicas.ts';
import { findOfEvents, findShared, graveFor, nameOf } from './preflight-finding.ts';
import { valueSeen } from './sight.ts';

/** Whether the NodePools can launch what an event adds, beside what others add at the same time. */
export function checkPools(need: EventNeed, needs: readonly EventNeed[], cluster: ClusterView): Finding[] {
  const all = valueSeen(cluster.nodePools);
  if (all === undefined) return [];
  const { pools } = need.view.place;
  const own = pools === undefined ? all : all.filter(({ name }) => pools.includes(name));
  const findings = [...(pools === undefined ? [] : findMissing(pools, all)), ...findNotReady(own)];
  // Without Karpenter, other things make the nodes; without any pool of its group there is nothing to count.
  if (own.length === 0) return findings;
  const unfit = findUnfit(need, own, cluster);
  return unfit === undefined ? [...findings, ...findShortage(need, needs, all, cluster)] : [...findings, unfit];
}

function findMissing(wanted: readonly string[], all: readonly ObservedNodePool[]): Finding[] {
  const missing = wanted.filter((name) => all.every((pool) => pool.name !== name));
  const severity = missing.length === wanted.length ? 'critical' : 'warning';
  return missing.map((name) => findShared('preflight-pool-missing', severity, `NodePool ${name}`, { poolsOfGroup: wanted.length }));
}

function findNotReady(own: readonly ObservedNodePool[]): Finding[] {
  const severity = own.every(({ notReady }) => notReady !== undefined) ? 'critical' : 'warning';
  return own.flatMap(({ name, notReady }) =>
    notReady === undefined ? [] : [findShared('preflight-pool-not-ready', severity, `NodePool ${name}`, notReady)],
  );
}

/** A replica that is larger than every node that its pools can launch. */
function findUnfit(need: EventNeed, own: readonly ObservedNodePool[], cluster: ClusterView): Finding | undefined {
  const { requests } = placeablePieces(need.view);
  const rooms = measure(need, own, cluster);
  const canTake = ({ shapes, free }: PoolRoom) =>
    shapes.length === 0 || shapes.some((shape) => countFits(shape, requests) > 0) || free.some((node) => countFits(node, requests) > 0);
  if (rooms.some(canTake)) return undefined;
  const largest = Math.max(0, ...rooms.flatMap(({ shapes }) => shapes.map(({ amounts }) => countAccelerators(amounts))));
  const facts = { gpusPerReplica: countAccelerators(requests), gpusOfLargestNode: largest };
  return findOfEvents(
    'preflight-pool-unfit',
    graveFor([need]),
    [need],
    { ...facts, pools: own.map(({ name }) => name).join(', ') },
    'size',
  );
}

function measure({ view }: EventNeed, pools: readonly ObservedNodePool[], { nodeClaims, pods, instanceGpus }: ClusterView): PoolRoom[] {
  const accelerator = acceleratorOf(replicaRequests(view));
  return measureRoom({ pools, claims: valueSeen(nodeClaims) ?? [], pods, instanceGpus, accelerator });
}

/** The instant at which most finds no place, the first of them; nothing where all does. */
function findShortage(need: EventNeed, needs: readonly EventNeed[], all: readonly ObservedNodePool[], cluster: ClusterView): Finding[] {
  const moments = jointNeeds(need, needs).map((joint) => placeTogether(need, joint, all, cluster));
  const worst = moments.reduce<Moment | undefined>(
    (most, one) => (most === undefined || one.missing > most.missing ? one : most),
    undefined,
  );
  if (worst === undefined) return [];
  if (worst.missing > 0) return [describeShortage(worst)];
  const guess = moments.find(({ isGuess }) => isGuess);
  return guess === undefined ? [] : [describeGuess(guess)];
}

type Moment = {
  readonly needs: readonly EventNeed[];
  readonly rooms: readonly PoolRoom[];
  readonly before: readonly PoolRoom[];
  readonly placed: readonly Placed[];
  /** Replicas that are added, and those of them that find no place. */
  readonly added: number;
  readonly missing: number;
  readonly isGuess: boolean;
};

/** Nodes of GPUs have at most this many, so limits that leave room for as many whole ones are enough whatever the size is. */
const LARGEST_USUAL_NODE = 8;

function placeTogether(need: EventNeed, joint: readonly EventNeed[], all: readonly ObservedNodePool[], cluster: ClusterView): Moment {
  const sharing = joint.filter((other) => other === need || sharePools(need, other)).filter((one) => addedBy(one) > 0);
  const pools = all.filter(({ name }) => sharing.some(({ view }) => view.place.pools?.includes(name) ?? true));
  const rooms = measure(need, pools, cluster);
  const batches = sharing.map((one) => ({ need: one, batch: batchOf(one) }));
  const placed = placeReplicas(
    batches.map(({ batch }) => batch),
    rooms,
  );
  const missing = batches.reduce((sum, { need: { view }, batch }) => {
    const found = placed.find((one) => one.batch === batch)?.placed ?? 0;
    return sum + Math.ceil((batch.count - found) / placeablePieces(view).perReplica);
  }, 0);
  const accelerator = acceleratorOf(replicaRequests(need.view));
  return {
    needs: sharing,
    rooms,
    before: measure(need, pools, cluster),
    placed,
    added: sharing.reduce((sum, one) => sum + addedBy(one), 0),
    missing,
    isGuess: placed.some(({ guessed }) => guessed > 0) && rooms.some((room) => mayNotFit(room, pools, accelerator)),
  };
}

function mayNotFit({ pool, shapes, left }: PoolRoom, pools: readonly ObservedNodePool[], accelerator: string): boolean {
  if (shapes.length > 0 || left[accelerator] === undefined) return false;
  const original = pools.find(({ name }) => name === pool.name);
  const there = (original?.limitAmounts[accelerator] ?? 0) - (original?.usage[accelerator] ?? 0);
  return Math.floor(there / LARGEST_USUAL_NODE) * LARGEST_USUAL_NODE < there - left[accelerator];
}

function sharePools(a: EventNeed, b: EventNeed): boolean {
  const [own, others] = [a.view.place.pools, b.view.place.pools];
  return own === undefined || others === undefined || own.some((name) => others.includes(name));
}

/** Replicas that come on top of those that have a node now; none while nobody knows how many have. */
function addedBy({ view, floor }: EventNeed): number {
  const placed = countPlaced(view);
  return floor === undefined || placed === undefined ? 0 : Math.max(0, floor - placed);
}

function batchOf(need: EventNeed): Batch {
  const { perReplica, requests } = placeablePieces(need.view);
  return { count: addedBy(need) * perReplica, requests, pools: need.view.place.pools };
}

function describeShortage({ needs, rooms, before, added, missing, placed }: Moment): Finding {
  return findOfEvents(
    'preflight-pool-limit',
    graveFor(needs),
    needs,
    {
      ...countReplicas(needs),
      added,
      fits: added - missing,
      missing,
      ...describeRooms(before),
      ...adviseLimit(rooms, placed),
    },
    'room',
  );
}

function describeGuess({ needs, before, added }: Moment): Finding {
  return findOfEvents('preflight-room-unknown', 'warning', needs, { ...countReplicas(needs), added, ...describeRooms(before) }, 'room');
}

/** The floors that are wanted together, and the replicas that have a node now. */
function countReplicas(needs: readonly EventNeed[]): Record<string, number | string> {
  const sum = (of: (need: EventNeed) => number) => needs.reduce((total, need) => total + of(need), 0);
  return {
    ...(needs.length > 1 && { together: needs.map((need) => `${nameOf(need)} ${need.floor}`).join(', ') }),
    floor: sum(({ floor }) => floor ?? 0),
    running: sum(({ view }) => countPlaced(view) ?? 0),
  };
}

/** Of each pool with limits: limit, use, the size of its nodes, and how many more of them the limits let it launch. */
function describeRooms(rooms: readonly PoolRoom[]): Record<string, string> {
  return Object.fromEntries(
    rooms.flatMap(({ pool, shapes, ...room }): [string, string][] => {
      const limited = Object.keys(pool.limitAmounts);
      if (limited.length === 0) return [];
      const limits = limited.map((name) => `${name} limit ${pool.limits[name]}, in use ${round(pool.usage[name] ?? 0)}`).join('; ');
      const nodes = shapes.map(
        (shape) => `${countNodes({ pool, shapes, ...room }, shape)} more nodes of ${countAccelerators(shape.amounts)} GPUs`,
      );
      return [[`NodePool ${pool.name}`, `${limits}: ${nodes.length === 0 ? 'the size of its nodes is not known' : nodes.join(' or ')}`]];
    }),
  );
}

/** What the limit of one pool would have to be at least, whole nodes counted; the first that has a limit on what is missing. */
function adviseLimit(rooms: readonly PoolRoom[], placed: readonly Placed[]): Record<string, number | string> {
  for (const { batch, placed: found } of placed) {
    const rest = batch.count - found;
    if (rest === 0) continue;
    for (const { pool, shapes, left } of rooms.filter((room) => batch.pools?.includes(room.pool.name) ?? true)) {
      const shape = shapes.find((one) => countFits(one, batch.requests) > 0);
      const amounts = shape?.amounts ?? batch.requests;
      const count = shape === undefined ? rest : Math.ceil(rest / countFits(shape, batch.requests));
      const binding = Object.keys(left).find((name) => (left[name] ?? 0) < count * (name === 'nodes' ? 1 : (amounts[name] ?? 0)));
      if (binding === undefined || (shapes.length > 0 && shape === undefined)) continue;
      const used = (pool.limitAmounts[binding] ?? 0) - (left[binding] ?? 0);
      return { raise: pool.name, resource: binding, toAtLeast: round(used + count * (binding === 'nodes' ? 1 : (amounts[binding] ?? 0))) };
    }
  }
  return {};
}

function round(amount: number): number {
  return Math.round(amount * 1_000) / 1_000;
}
