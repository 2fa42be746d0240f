import { describe, expect, it } from 'vitest';
import { BUNDLED_PRICES } from '../../../lambda/adapters/prices/bundled-prices.ts';
import { makePriceBook } from '../../../lambda/adapters/prices/price-book.ts';

describe('the price book', () => {
  it.each([
    ['g6e.xlarge', 1.861],
    ['g5.12xlarge', 1.418],
    ['p5.48xlarge', 6.88],
    ['p4d.24xlarge', 2.74470525],
    ['g4dn.metal', 0.978],
  ])('knows the bundled price of one GPU of %s', (type, usdPerGpuHour) => {
    expect(makePriceBook({ instances: {} }).gpuPrice(type, 'us-east-1')).toEqual({
      usdPerGpuHour,
      source: 'AWS on-demand, us-east-1, Linux',
      asOf: '2026-07-20',
    });
  });

  it.each([
    ['a type it has never heard of', 'g99.xlarge', 'us-east-1'],
    ['a type without GPUs', 'm7i.large', 'us-east-1'],
    ['a fraction of a GPU', 'g6f.large', 'us-east-1'],
    ['another region', 'g6e.xlarge', 'eu-west-1'],
    ['a configured type whose GPUs are unknown', 'x9.large', 'us-east-1'],
    ['a name of Object.prototype', 'constructor', 'us-east-1'],
    ['nothing', '', ''],
  ])('does not know %s', (_, type, region) => {
    expect(makePriceBook({ instances: { 'x9.large': 3 } }).gpuPrice(type, region)).toBeUndefined();
  });

  it('takes the discount off bundled prices and not off configured ones, which hold in every region', () => {
    const book = makePriceBook({ instances: { 'g6e.12xlarge': 8 }, discount: { ratio: 0.12 } });
    expect(book.gpuPrice('g6e.xlarge', 'us-east-1')?.usdPerGpuHour).toBeCloseTo(1.63768, 10);
    expect(book.gpuPrice('g6e.12xlarge', 'eu-west-1')).toEqual({ usdPerGpuHour: 2, source: 'configuration', asOf: 'as configured' });
  });

  it('names the dearest known price of a GPU', () => {
    expect(makePriceBook({ instances: {} }).dearestGpuPrice().usdPerGpuHour).toBe(17.802);
    expect(makePriceBook({ instances: { 'g6e.xlarge': 99 } }).dearestGpuPrice().usdPerGpuHour).toBe(99);
  });

  it.each([
    [{ instances: { 'g6e.xlarge': Number.NaN } }, 'spend.prices.instances.g6e.xlarge'],
    [{ instances: { 'g6e.xlarge': -1 } }, '-1'],
    [{ instances: {}, discount: { ratio: 1.2 } }, 'not 120 %'],
    [{ instances: {}, discount: { ratio: Number.NaN } }, 'spend.prices.discount'],
  ])('refuses %j', (overrides, message) => {
    expect(() => makePriceBook(overrides)).toThrow(message);
  });
});

describe('the bundled prices', () => {
  it('cover the families that inference runs on', () => {
    const families = new Set(Object.keys(BUNDLED_PRICES).map((type) => type.split('.')[0]));
    expect([...families]).toEqual(expect.arrayContaining(['g4dn', 'g5', 'g6', 'g6e', 'p4d', 'p4de', 'p5', 'p5en']));
  });

  it.each(Object.entries(BUNDLED_PRICES))('are plausible: %s', (_, { usdPerHour, gpus }) => {
    expect([1, 2, 4, 8]).toContain(gpus);
    expect(usdPerHour / gpus).toBeGreaterThan(0.3);
    expect(usdPerHour / gpus).toBeLessThan(20);
  });
});
