import { freeOf, type Machine } from '../fleet.ts';
import type { InstanceType } from '../instance-types.ts';
import { CAPACITY_TYPES } from '../market/market.ts';
import type { PodRecord } from '../pods.ts';
import { findUntolerated, type Taint } from '../taints.ts';
import type { Offer } from './offers.ts';
import { type Draft, packPods, type Supply } from './packing.ts';

/** Machines that go, and at most one that comes in their place. */
export type Consolidation = { readonly machines: readonly Machine[]; readonly replacement?: Draft };
export type Verdict = { readonly kind: 'command'; readonly command: Consolidation } | { readonly kind: 'no'; readonly why: string };

/** A node that stays, with what is free on it. */
export type Host = { readonly machine: Machine; readonly labels: Readonly<Record<string, string>>; readonly taints: readonly Taint[] };

/** Karpenter looks at no more nodes at once. */
const MAX_AT_ONCE = 100;

/** Where the pods of these machines would go if the machines went: to nodes that stay, then to machines in the making. */
export function simulateRemoval(
  machines: readonly Machine[],
  hosts: readonly Host[],
  supply: Supply,
): { readonly drafts: readonly Draft[]; readonly refused: readonly string[] } {
  const staying = hosts.filter(({ machine }) => !machines.includes(machine));
  const free = new Map(staying.map(({ machine }) => [machine, freeOf(machine) - machine.promised]));
  const homeless: PodRecord[] = [];
  for (const pod of machines.flatMap((machine) => [...machine.pods]).sort((left, right) => right.gpus - left.gpus)) {
    const host = staying.find(
      ({ machine, labels, taints }) =>
        (free.get(machine) ?? 0) >= pod.gpus &&
        findUntolerated(taints, pod.tolerations) === undefined &&
        Object.entries(pod.nodeSelector).every(([key, value]) => labels[key] === value),
    );
    if (host === undefined) homeless.push(pod);
    else free.set(host.machine, (free.get(host.machine) ?? 0) - pod.gpus);
  }
  if (homeless.length === 0) return { drafts: [], refused: [] };
  const { drafts, refused } = packPods(homeless, supply);
  return { drafts, refused: [...refused.values()] };
}

/** Karpenter's consolidation of one or several nodes: end them if their pods fit elsewhere, or put one cheaper node in their place. */
export function decideConsolidation(machines: readonly Machine[], hosts: readonly Host[], supply: Supply): Verdict {
  const { drafts, refused } = simulateRemoval(machines, hosts, supply);
  if (refused.length > 0) return no([...new Set(refused)].join('; '));
  const [draft] = drafts;
  if (draft === undefined) return { kind: 'command', command: { machines } };
  if (drafts.length > 1) return no(`Can't remove without creating ${drafts.length} candidates`);
  const prices = machines.map(priceForComparison);
  // An unknown price can't be beaten.
  if (prices.some((price) => price === undefined)) return no("Can't replace with a cheaper node");
  const total = prices.reduce<number>((sum, price) => sum + (price ?? 0), 0);
  const offersSpot = draft.offers.some(({ offering }) => offering.capacityType === 'spot');
  if (offersSpot && machines.every(({ offering }) => offering.capacityType === 'spot'))
    return no("SpotToSpotConsolidation is disabled, can't replace a spot node with a spot node");
  const cheaper = keepCheaper(draft.offers, total);
  if (cheaper.length === 0) return no("Can't replace with a cheaper node");
  // If spot turns out to be sold out, a dearer on-demand node must not come of it.
  const spot = cheaper.filter(({ offering }) => offering.capacityType === 'spot');
  const offers = spot.length > 0 ? cheaper.filter(({ offering }) => offering.capacityType !== 'on-demand') : cheaper;
  return { kind: 'command', command: { machines, replacement: { ...draft, offers } } };
}

/**
 * The largest number of nodes, from the front of the list, that one command can end; found by bisection as Karpenter
 * does. A replacement of a type that is among them must be cheaper than the cheapest of that type.
 */
export function decideMultiNode(machines: readonly Machine[], hosts: readonly Host[], supply: Supply): Consolidation | undefined {
  let best: Consolidation | undefined;
  let low = 2;
  let high = Math.min(machines.length, MAX_AT_ONCE);
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    const chosen = machines.slice(0, middle);
    const verdict = decideConsolidation(chosen, hosts, supply);
    const command = verdict.kind === 'command' ? withoutSameType(verdict.command) : undefined;
    if (command === undefined) high = middle - 1;
    else {
      best = command;
      low = middle + 1;
    }
  }
  return best;
}

function withoutSameType({ machines, replacement }: Consolidation): Consolidation | undefined {
  if (replacement === undefined) return { machines };
  const offered = new Set(replacement.offers.map(({ type }) => type.name));
  const bound = machines
    .filter(({ type }) => offered.has(type.name))
    .reduce((least, machine) => Math.min(least, priceForComparison(machine) ?? 0), Number.POSITIVE_INFINITY);
  const offers = replacement.offers.filter((offer) => (offerPrice(offer) ?? Number.POSITIVE_INFINITY) < bound);
  return offers.length === 0 ? undefined : { machines, replacement: { ...replacement, offers } };
}

/** Offers of the types that cost less at worst, in the capacity type that would be bought. */
function keepCheaper(offers: readonly Offer[], total: number): readonly Offer[] {
  const byType = new Map<InstanceType, Offer[]>();
  for (const offer of offers) byType.set(offer.type, [...(byType.get(offer.type) ?? []), offer]);
  const cheap = new Set(
    [...byType].flatMap(([type, own]) => {
      const capacityType = CAPACITY_TYPES.find((one) => own.some(({ offering }) => offering.capacityType === one));
      const worst = own
        .filter(({ offering }) => offering.capacityType === capacityType)
        .reduce((most, offer) => Math.max(most, offerPrice(offer) ?? Number.POSITIVE_INFINITY), 0);
      return worst < total ? [type] : [];
    }),
  );
  return offers.filter(({ type }) => cheap.has(type));
}

/** Reserved capacity is paid for anyway: Karpenter counts it next to nothing. */
const RESERVED_SHARE = 1e-7;

function offerPrice({ offering, pricePerHourUsd }: Offer): number | undefined {
  return offering.capacityType === 'reserved' && pricePerHourUsd !== undefined ? pricePerHourUsd * RESERVED_SHARE : pricePerHourUsd;
}

function priceForComparison({ offering, pricePerHourUsd }: Machine): number | undefined {
  return offering.capacityType === 'reserved' && pricePerHourUsd !== undefined ? pricePerHourUsd * RESERVED_SHARE : pricePerHourUsd;
}

/** Most saved for the least trouble first: price over what it costs to move the pods. */
export function bySavings(left: Machine, right: Machine): number {
  const ratio = (machine: Machine) =>
    (priceForComparison(machine) ?? 0) / [...machine.pods].reduce((sum, pod) => sum + evictionCost(pod), 1e-9);
  return ratio(right) - ratio(left) || (left.name < right.name ? -1 : 1);
}

/** Karpenter's: 1 a pod, more for a higher priority, within ±10. */
function evictionCost({ priority }: PodRecord): number {
  return Math.min(10, Math.max(-10, 1 + priority / 2 ** 25));
}

function no(why: string): Verdict {
  return { kind: 'no', why };
}
