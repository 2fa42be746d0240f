import { offeringLabels } from '../fleet.ts';
import type { InstanceType } from '../instance-types.ts';
import { CAPACITY_TYPES, type CapacityType, type Ec2, keyOf, type Offering } from '../market/market.ts';
import type { NodePool } from '../objects.ts';
import { satisfies } from './requirements.ts';

/** A machine that a pool may buy, with the labels that its node would get from the type, zone and capacity type. */
export type Offer = {
  readonly type: InstanceType;
  readonly offering: Offering;
  readonly labels: Readonly<Record<string, string>>;
  readonly pricePerHourUsd: number | undefined;
};

/** How long Karpenter's AWS provider remembers that an offering had no capacity. */
const UNAVAILABLE_MS = 180_000;

export type Offers = {
  /** What the pool's requirements allow and isn't known to be sold out, the cheapest first. */
  readonly ofPool: (pool: NodePool) => readonly Offer[];
  /** The same, sold out or not. */
  readonly allOfPool: (pool: NodePool) => readonly Offer[];
  readonly markUnavailable: (offering: Offering) => void;
  readonly isUnavailable: (offering: Offering) => boolean;
};

/** @param onAvailable called when an offering may be tried again */
export function createOffers(
  market: Ec2,
  clock: { now: () => number; after: (ms: number, run: () => void) => unknown },
  onAvailable: () => void,
): Offers {
  const unavailableUntil = new Map<string, number>();
  const cache = new WeakMap<NodePool['spec'], readonly Offer[]>();
  let stale = new WeakSet<NodePool['spec']>();
  market.onChange(() => {
    stale = new WeakSet();
  });

  function allOfPool({ spec }: NodePool): readonly Offer[] {
    const known = stale.has(spec) ? cache.get(spec) : undefined;
    if (known !== undefined) return known;
    const { requirements } = spec.template.spec;
    const own = new Set(Object.keys(spec.template.metadata?.labels ?? {}));
    const named = requirements.flatMap(({ key, operator, values }) =>
      key === 'topology.kubernetes.io/zone' && operator === 'In' ? (values ?? []) : [],
    );
    const zones = [...new Set([...market.zones, ...named])];
    // Without a word on the capacity type Karpenter buys on-demand.
    const mentions = requirements.some(({ key }) => key === 'karpenter.sh/capacity-type');
    const capacityTypes: readonly CapacityType[] = mentions ? CAPACITY_TYPES : ['on-demand'];
    const offers = market.instanceTypes.flatMap((type) =>
      zones.flatMap((zone) =>
        capacityTypes.flatMap((capacityType): Offer[] => {
          const offering = { instanceType: type.name, zone, capacityType };
          const labels = offeringLabels(type, offering);
          const fits = requirements.every((one) => own.has(one.key) || !isOffered(one.key) || satisfies(one, labels[one.key]));
          return fits ? [{ type, offering, labels, pricePerHourUsd: market.priceOf(offering) }] : [];
        }),
      ),
    );
    const sorted = offers.sort(compareOffers);
    cache.set(spec, sorted);
    stale.add(spec);
    return sorted;
  }

  function isUnavailable(offering: Offering): boolean {
    const until = unavailableUntil.get(keyOf(offering));
    return until !== undefined && until > clock.now();
  }

  return {
    allOfPool,
    ofPool: (pool) => (unavailableUntil.size === 0 ? allOfPool(pool) : allOfPool(pool).filter(({ offering }) => !isUnavailable(offering))),
    isUnavailable,
    markUnavailable: (offering) => {
      const key = keyOf(offering);
      unavailableUntil.set(key, clock.now() + UNAVAILABLE_MS);
      clock.after(UNAVAILABLE_MS, () => {
        if (isUnavailable(offering)) return;
        unavailableUntil.delete(key);
        onAvailable();
      });
    },
  };
}

const OFFERED =
  /^(node\.kubernetes\.io\/instance-type|topology\.kubernetes\.io\/zone|karpenter\.sh\/capacity-type|kubernetes\.io\/(arch|os)|karpenter\.k8s\.aws\/instance-.*)$/;

/** Whether the cloud decides about the label; any other label is the pool's to give. */
export function isOffered(key: string): boolean {
  return OFFERED.test(key);
}

/** Reserved, spot, on-demand; then by price, the unknown last; then the smaller, then by name. */
function compareOffers(left: Offer, right: Offer): number {
  const rank = ({ offering }: Offer) => CAPACITY_TYPES.indexOf(offering.capacityType);
  return rank(left) - rank(right) || comparePrices(left, right);
}

export function comparePrices(left: Offer, right: Offer): number {
  const [leftPrice, rightPrice] = [left.pricePerHourUsd ?? Number.POSITIVE_INFINITY, right.pricePerHourUsd ?? Number.POSITIVE_INFINITY];
  if (leftPrice !== rightPrice) return leftPrice < rightPrice ? -1 : 1;
  return (
    left.type.gpus - right.type.gpus ||
    compareTexts(left.type.name, right.type.name) ||
    compareTexts(left.offering.zone, right.offering.zone)
  );
}

function compareTexts(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}
