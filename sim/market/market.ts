import type { SimClock } from '../clock.ts';
import type { InstanceType } from '../instance-types.ts';
import type { Random } from '../random.ts';

/** In the order in which Karpenter takes them where a pool allows several. */
export const CAPACITY_TYPES = ['reserved', 'spot', 'on-demand'] as const;
export type CapacityType = (typeof CAPACITY_TYPES)[number];

export type Offering = { readonly instanceType: string; readonly zone: string; readonly capacityType: CapacityType };

/** Stands for every offering that agrees with it; `{}` for all. */
export type OfferingPattern = Partial<Offering>;

export type MarketOptions = {
  /** Machines that can be had, with or without prices; default: common GPU machines of EC2 without prices. */
  readonly instanceTypes: readonly InstanceType[];
  readonly zones?: readonly string[];
};

/** `counts[i]` holds from `fromMs + i × gapMs` on, the last one for ever. */
export type CapacityTrace = { readonly fromMs: number; readonly gapMs: number; readonly counts: readonly number[] };

export type InterruptionWarning = { readonly instance: string; readonly offering: Offering; readonly endsAtMs: number };

/** What somebody who sets up or watches the market sees of it. */
export type Market = {
  readonly instanceTypes: readonly InstanceType[];
  readonly zones: readonly string[];
  /** USD an hour now; undefined: unknown. */
  readonly priceOf: (offering: Offering) => number | undefined;
  readonly setPrice: (pattern: OfferingPattern, pricePerHourUsd: number) => void;
  /**
   * How many instances can run at once in all offerings of the pattern together; undefined: without bound, as it is at
   * the start. Spot instances that run beyond a new bound are interrupted; others stay.
   */
  readonly setCapacity: (pattern: OfferingPattern, count: number | undefined) => void;
  /** `setCapacity` along a series; returns what ends it. */
  readonly followCapacity: (pattern: OfferingPattern, trace: CapacityTrace) => () => void;
  /** EC2's notice for the instance of this node: it ends two minutes later. An unknown name is a RangeError. */
  readonly interrupt: (node: string) => void;
  readonly onWarning: (listener: (warning: InterruptionWarning) => void) => () => void;
  readonly running: () => readonly { readonly instance: string; readonly offering: Offering }[];
};

/** What buys and returns instances. */
export type Ec2 = Market & {
  /** False: no capacity. */
  readonly launch: (instance: string, offering: Offering) => boolean;
  readonly terminate: (instance: string) => void;
  /** EC2 ended an instance by itself. */
  readonly onEnded: (listener: (instance: string) => void) => void;
  /** A price or a capacity is another now. */
  readonly onChange: (listener: () => void) => void;
};

/** EC2's notice before it takes a spot instance. */
const WARNING_MS = 120_000;
const DEFAULT_ZONES = ['zone-a', 'zone-b', 'zone-c'];

export function startMarket(clock: SimClock, random: Random, { instanceTypes, zones = DEFAULT_ZONES }: MarketOptions): Ec2 {
  const draws = random.fork('market');
  const types = new Map(instanceTypes.map((type) => [type.name, type]));
  const running = new Map<string, { readonly offering: Offering; warned: boolean }>();
  const bounds = new Map<string, { readonly pattern: OfferingPattern; count: number }>();
  const prices = new Map<string, { readonly pattern: OfferingPattern; readonly pricePerHourUsd: number }>();
  const warningListeners = new Set<(warning: InterruptionWarning) => void>();
  const endedListeners: ((instance: string) => void)[] = [];
  const changeListeners: (() => void)[] = [];

  function changed(): void {
    for (const listener of changeListeners) listener();
  }

  function runningIn(pattern: OfferingPattern) {
    return [...running].filter(([, { offering }]) => matches(pattern, offering));
  }

  function warn(instance: string): void {
    const found = running.get(instance);
    if (found === undefined) throw new RangeError(`no instance of EC2 belongs to node "${instance}"; interrupt one of running()`);
    if (found.warned) return;
    found.warned = true;
    const endsAtMs = clock.now() + WARNING_MS;
    clock.at(endsAtMs, () => {
      if (running.get(instance) !== found) return;
      running.delete(instance);
      for (const listener of endedListeners) listener(instance);
    });
    for (const listener of warningListeners) listener({ instance, offering: found.offering, endsAtMs });
  }

  function setCapacity(pattern: OfferingPattern, count: number | undefined): void {
    if (count !== undefined && !(Number.isInteger(count) && count >= 0))
      throw new RangeError(`a capacity is a whole number from 0 on or undefined, got ${count}`);
    const key = keyOf(pattern);
    if (count === undefined) bounds.delete(key);
    else bounds.set(key, { pattern, count });
    if (count !== undefined) {
      const staying = runningIn(pattern).filter(([, { warned }]) => !warned);
      const spot = staying.filter(([, { offering }]) => offering.capacityType === 'spot');
      for (let surplus = staying.length - count; surplus > 0 && spot.length > 0; surplus -= 1) {
        const [victim] = spot.splice(draws.integer(spot.length), 1);
        if (victim !== undefined) warn(victim[0]);
      }
    }
    changed();
  }

  function followCapacity(pattern: OfferingPattern, { fromMs, gapMs, counts }: CapacityTrace): () => void {
    if (!(gapMs > 0)) throw new RangeError(`a capacity trace needs a gap above 0 ms, got ${gapMs}`);
    let timer: { readonly cancel: () => void } | undefined;
    let last: number | undefined;
    const step = (index: number): void => {
      const count = counts[index];
      if (count === undefined) return;
      if (count !== last) setCapacity(pattern, count);
      last = count;
      timer = clock.at(fromMs + (index + 1) * gapMs, () => step(index + 1));
    };
    const first = Math.floor((clock.now() - fromMs) / gapMs);
    if (first < 0) timer = clock.at(fromMs, () => step(0));
    else step(Math.min(first, counts.length - 1));
    return () => timer?.cancel();
  }

  function priceOf(offering: Offering): number | undefined {
    // The latest word on a pattern that fits stands.
    for (const { pattern, pricePerHourUsd } of [...prices.values()].reverse()) if (matches(pattern, offering)) return pricePerHourUsd;
    const type = types.get(offering.instanceType);
    return offering.capacityType === 'spot' ? (type?.spotPricePerHourUsd ?? type?.pricePerHourUsd) : type?.pricePerHourUsd;
  }

  return {
    instanceTypes,
    zones,
    priceOf,
    setPrice: (pattern, pricePerHourUsd) => {
      prices.delete(keyOf(pattern));
      prices.set(keyOf(pattern), { pattern, pricePerHourUsd });
      changed();
    },
    setCapacity,
    followCapacity,
    interrupt: warn,
    onWarning: (listener) => {
      warningListeners.add(listener);
      return () => warningListeners.delete(listener);
    },
    running: () => [...running].map(([instance, { offering }]) => ({ instance, offering })),
    launch: (instance, offering) => {
      for (const { pattern, count } of bounds.values()) if (matches(pattern, offering) && runningIn(pattern).length >= count) return false;
      running.set(instance, { offering, warned: false });
      return true;
    },
    terminate: (instance) => {
      running.delete(instance);
    },
    onEnded: (listener) => {
      endedListeners.push(listener);
    },
    onChange: (listener) => {
      changeListeners.push(listener);
    },
  };
}

function matches(pattern: OfferingPattern, offering: Offering): boolean {
  return (
    (pattern.instanceType === undefined || pattern.instanceType === offering.instanceType) &&
    (pattern.zone === undefined || pattern.zone === offering.zone) &&
    (pattern.capacityType === undefined || pattern.capacityType === offering.capacityType)
  );
}

export function keyOf({ instanceType, zone, capacityType }: OfferingPattern): string {
  return `${capacityType ?? '*'}/${instanceType ?? '*'}/${zone ?? '*'}`;
}
