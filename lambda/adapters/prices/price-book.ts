import type { Percent } from '../../core/units/quantities.ts';
import type { GpuPrice, PriceBook } from '../../ports/price-book.ts';
import { BUNDLED_AS_OF, BUNDLED_PRICES, BUNDLED_REGION, BUNDLED_SOURCE, type InstancePrice } from './bundled-prices.ts';

export type PriceOverrides = {
  /** `spend.prices.instances`: $ per hour by instance type, after discount, in every region. */
  readonly instances: Readonly<Record<string, number>>;
  /** `spend.prices.discount`, taken off bundled prices only. */
  readonly discount?: Percent;
};

export type BundledPriceBook = PriceBook & {
  /** The dearest known price of one GPU for one hour: what a GPU of unknown price counts as. */
  dearestGpuPrice(): GpuPrice;
};

/**
 * Prices of GPU instances: the user's own first, then the bundled ones of us-east-1 less the discount. Unknown, so
 * undefined: an instance type whose number of GPUs is not bundled, also when its price is configured, and every
 * type of another region whose price is not.
 * @throws {RangeError} on a price below 0 or not finite, or a discount outside 0–100 %.
 */
export function makePriceBook({ instances, discount = { ratio: 0 } }: PriceOverrides): BundledPriceBook {
  if (!(discount.ratio >= 0 && discount.ratio <= 1))
    throw new RangeError(`spend.prices.discount must be 0–100 %, not ${discount.ratio * 100} %`);
  for (const [type, usdPerHour] of Object.entries(instances)) {
    if (!(usdPerHour >= 0 && Number.isFinite(usdPerHour))) {
      throw new RangeError(`spend.prices.instances.${type} must be 0 or more dollars an hour, not ${usdPerHour}`);
    }
  }
  const gpuPrice = (instanceType: string, region: string): GpuPrice | undefined => {
    const bundled = ownValue(BUNDLED_PRICES, instanceType);
    if (bundled === undefined) return undefined;
    const configured = ownValue(instances, instanceType);
    if (configured !== undefined) return { usdPerGpuHour: configured / bundled.gpus, source: 'configuration', asOf: 'as configured' };
    return region === BUNDLED_REGION ? bundledPrice(bundled, discount) : undefined;
  };
  return {
    gpuPrice,
    instanceGpus: (instanceType) => ownValue(BUNDLED_PRICES, instanceType)?.gpus,
    dearestGpuPrice() {
      const known = Object.keys(BUNDLED_PRICES).flatMap((type) => gpuPrice(type, BUNDLED_REGION) ?? []);
      return known.reduce((dearest, price) => (price.usdPerGpuHour > dearest.usdPerGpuHour ? price : dearest));
    },
  };
}

function bundledPrice({ usdPerHour, gpus }: InstancePrice, discount: Percent): GpuPrice {
  const source = discount.ratio === 0 ? BUNDLED_SOURCE : `${BUNDLED_SOURCE}, less the configured discount`;
  return { usdPerGpuHour: (usdPerHour * (1 - discount.ratio)) / gpus, source, asOf: BUNDLED_AS_OF };
}

/** A record's own value, so that an instance type named `constructor` is unknown too. */
function ownValue<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
