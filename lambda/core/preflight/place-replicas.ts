import { countAccelerators, type ResourceAmounts } from '../inventory/resource-amounts.ts';
import { countFits, countNodes, type NodeShape, type PoolRoom } from './node-room.ts';

/** Equal pieces that want a place. */
export type Batch = {
  readonly count: number;
  /** Of one piece. */
  readonly requests: ResourceAmounts;
  /** Names of the pools that they may run on; undefined: any. */
  readonly pools: readonly string[] | undefined;
};

/** `guessed`: of those that found a place, how many did where the size of a limited pool's nodes is not known. */
export type Placed = { readonly batch: Batch; readonly placed: number; readonly guessed: number };

/**
 * Places batches the way it goes best: on what nodes have free first, then on new nodes, the largest pieces first and those with the
 * fewest pools before them. So what finds no place here finds none on the cluster either, as far as the room is known.
 * Takes what it uses off `rooms`.
 */
export function placeReplicas(batches: readonly Batch[], rooms: readonly PoolRoom[]): Placed[] {
  const order = batches.toSorted(
    (a, b) =>
      (a.pools?.length ?? Number.POSITIVE_INFINITY) - (b.pools?.length ?? Number.POSITIVE_INFINITY) ||
      countAccelerators(b.requests) - countAccelerators(a.requests),
  );
  return order.map((batch) => {
    const allowed = rooms.filter(({ pool }) => batch.pools?.includes(pool.name) ?? true);
    let rest = batch.count;
    let guessed = 0;
    for (const room of allowed) rest -= placeOnNodes(room, batch.requests, rest);
    for (const room of allowed) {
      if (room.shapes.length > 0) {
        rest -= placeOnNewNodes(room, batch.requests, rest);
      } else {
        const taken = placeUncounted(room, batch.requests, rest);
        rest -= taken;
        if (Object.keys(room.left).length > 0) guessed += taken;
      }
    }
    return { batch, placed: batch.count - rest, guessed };
  });
}

function placeOnNodes({ free }: PoolRoom, requests: ResourceAmounts, wanted: number): number {
  let placed = 0;
  for (const node of free) {
    if (placed === wanted) break;
    const count = Math.min(wanted - placed, countFits(node, requests));
    take(node.amounts, requests, count);
    placed += count;
  }
  return placed;
}

function placeOnNewNodes(room: PoolRoom, requests: ResourceAmounts, wanted: number): number {
  let placed = 0;
  while (placed < wanted) {
    const rest = wanted - placed;
    const best = room.shapes
      .map((shape) => ({ shape, count: countPlaceable(room, shape, requests, rest) }))
      .reduce((most, one) => (one.count > most.count ? one : most));
    if (best.count === 0) break;
    launch(room, best.shape, requests, best.count);
    placed += best.count;
  }
  return placed;
}

function countPlaceable(room: PoolRoom, shape: NodeShape, requests: ResourceAmounts, wanted: number): number {
  const each = countFits(shape, requests);
  const nodes = countNodes(room, shape);
  if (each === 0 || nodes === 0) return 0;
  // Of what a node has of the others only as much is known as is asked of it.
  const unknown = Object.fromEntries(Object.entries(requests).filter(([name]) => shape.amounts[name] === undefined));
  return Math.min(wanted, each * nodes, countFits({ amounts: room.left, whole: false }, unknown));
}

function launch({ left, free }: PoolRoom, { amounts, whole }: NodeShape, requests: ResourceAmounts, count: number): void {
  const each = countFits({ amounts, whole }, requests);
  const nodes = Number.isFinite(each) ? Math.ceil(count / each) : 1;
  for (const name of Object.keys(left)) {
    const perNode = name === 'nodes' ? 1 : amounts[name];
    left[name] = (left[name] ?? 0) - (perNode === undefined ? count * (requests[name] ?? 0) : nodes * perNode);
  }
  const last: Record<string, number> = { ...amounts };
  take(last, requests, count - (nodes - 1) * (Number.isFinite(each) ? each : 0));
  free.push({ amounts: last, whole });
}

/** Without the size of its nodes only what is asked of them can be counted. */
function placeUncounted({ left }: PoolRoom, requests: ResourceAmounts, wanted: number): number {
  if ((left.nodes ?? 1) < 1) return 0;
  const count = Math.min(wanted, countFits({ amounts: left, whole: false }, requests));
  take(left, requests, count);
  return count;
}

function take(amounts: Record<string, number>, requests: ResourceAmounts, count: number): void {
  for (const [name, amount] of Object.entries(requests)) if (amounts[name] !== undefined) amounts[name] -= amount * count;
}
