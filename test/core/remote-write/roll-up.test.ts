import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { electReplica } from '../../../lambda/core/remote-write/elect-replica.ts';
import { isLike } from '../../../lambda/core/remote-write/glob.ts';
import { isUsable } from '../../../lambda/core/remote-write/gpu-metrics.ts';
import type { Received, ReceivedSeries } from '../../../lambda/core/remote-write/received.ts';
import { type RollUpOptions, rollUp } from '../../../lambda/core/remote-write/roll-up.ts';
import { indexSelectors, makeWantedFinder, type Selector, selectorKey } from '../../../lambda/core/remote-write/selector.ts';
import { seriesKey } from '../../../lambda/core/remote-write/series-key.ts';

const NOON_MS = Date.parse('2026-11-27T12:00:00Z');
const selector: Selector = { metric: 'vllm:request_success_total', match: { model_name: 'detector' } };

type Sent = {
  readonly metric?: string;
  readonly pairs: readonly string[];
  readonly samples: readonly (readonly [timeMs: number, value: number])[];
};
function receive(...sent: readonly Sent[]): Received {
  const all = sent.flatMap(({ samples }) => samples);
  let start = 0;
  const series = sent.map(({ metric = selector.metric, pairs, samples }): ReceivedSeries => {
    const end = start + samples.length;
    const one: ReceivedSeries = { labels: { metric, pairs }, start, end, countsAs: 'samples' };
    start = end;
    return one;
  });
  return {
    series,
    timesMs: Float64Array.from(all.map(([timeMs]) => timeMs)),
    values: Float64Array.from(all.map(([, value]) => value)),
    sent: { samples: all.length, histograms: 0, exemplars: 0 },
    refused: new Map(),
  };
}

const options: RollUpOptions = {
  selectors: indexSelectors([selector, { metric: 'vllm:request_success_total' }]),
  nowMs: NOON_MS,
  outOfOrderMs: 600_000,
  replicaLabels: { group: 'cluster', replica: '__replica__' },
  isElected: () => true,
};
const readable = ({ contributions }: ReturnType<typeof rollUp>) =>
  contributions.map(({ rollup }) => [rollup.selector, rollup.minuteMs - NOON_MS, [...rollup.series.values()].map(({ last }) => last)]);

describe('rolling up', () => {
  it('puts samples into the minutes of every selector that they fall under, and of no other', () => {
    const received = receive(
      {
        pairs: ['model_name', 'detector', 'pod', 'a'],
        samples: [
          [NOON_MS - 1, 3],
          [NOON_MS, 4],
        ],
      },
      { pairs: ['model_name', 'other', 'pod', 'a'], samples: [[NOON_MS, 7]] },
      { metric: 'vllm:other', pairs: ['model_name', 'detector'], samples: [[NOON_MS, 9]] },
    );
    expect(readable(rollUp(received, options))).toEqual([
      [selectorKey(selector), -60_000, [3]],
      ['["vllm:request_success_total",[]]', -60_000, [3]],
      [selectorKey(selector), 0, [4]],
      ['["vllm:request_success_total",[]]', 0, [4, 7]],
    ]);
  });

  it.each([
    ['600 s late', NOON_MS - 600_000, { tooOld: 0, tooNew: 0, kept: 2 }],
    ['later than the window', NOON_MS - 600_001, { tooOld: 1, tooNew: 0, kept: 0 }],
    ['10 minutes ahead', NOON_MS + 600_000, { tooOld: 0, tooNew: 0, kept: 2 }],
    ['further ahead', NOON_MS + 600_001, { tooOld: 0, tooNew: 1, kept: 0 }],
    ['of another age', -1e15, { tooOld: 1, tooNew: 0, kept: 0 }],
    ['of the far future', 1e18, { tooOld: 0, tooNew: 1, kept: 0 }],
  ])('judges a sample that is %s', (_, timeMs, expected) => {
    const rolled = rollUp(receive({ pairs: ['model_name', 'detector'], samples: [[timeMs, 1]] }), options);
    expect({ tooOld: rolled.tooOld.samples, tooNew: rolled.tooNew.samples, kept: rolled.contributions.length }).toEqual(expected);
  });

  it('takes only the elected replica of a group, as the same series as the others', () => {
    const of = (replica: string, value: number): Sent => ({
      pairs: ['__replica__', replica, 'cluster', 'prod', 'model_name', 'detector'],
      samples: [[NOON_MS, value]],
    });
    const rolled = rollUp(receive(of('a', 1), of('b', 2)), {
      ...options,
      isElected: (group, replica) => group === 'prod' && replica === 'b',
    });
    expect(readable(rolled)[0]).toEqual([selectorKey(selector), 0, [2]]);
    expect(rolled.deduplicated).toBe(1);
    expect(readable(rollUp(receive(of('a', 1), of('b', 2)), options))[0]).toEqual([selectorKey(selector), 0, [2]]);
  });

  it('takes a series with one of the two labels without asking who is elected', () => {
    const rolled = rollUp(receive({ pairs: ['cluster', 'prod', 'model_name', 'detector'], samples: [[NOON_MS, 1]] }), {
      ...options,
      isElected: () => false,
    });
    expect(readable(rolled)[0]).toEqual([selectorKey(selector), 0, [1]]);
  });

  it('takes values that are none, and keeps nothing of them', () => {
    const samples = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((value): [number, number] => [NOON_MS, value]);
    expect(rollUp(receive({ pairs: ['model_name', 'detector'], samples }), options)).toMatchObject({
      contributions: [],
      tooOld: { samples: 0 },
    });
  });

  it('gives the last usable value of each GPU', () => {
    const gpu = (group: string, values: readonly number[]): Sent => ({
      metric: 'DCGM_FI_DEV_GPU_UTIL',
      pairs: ['cluster', group, 'gpu', '0'],
      samples: values.map((value, index) => [NOON_MS + index, value]),
    });
    expect(rollUp(receive(gpu('prod', [50, 80]), gpu('dev', [40, 2 ** 63])), options).gpus).toEqual([
      { metric: 'DCGM_FI_DEV_GPU_UTIL', group: 'prod', value: 80 },
      { metric: 'DCGM_FI_DEV_GPU_UTIL', group: 'dev', value: 40 },
    ]);
  });
});

it.each([
  ['DCGM_FI_DEV_GPU_UTIL', 0, true],
  ['DCGM_FI_DEV_GPU_UTIL', 100, true],
  ['DCGM_FI_DEV_GPU_UTIL', 2_147_483_631, true],
  ['DCGM_FI_DEV_GPU_UTIL', 2_147_483_632, false],
  ['DCGM_FI_DEV_GPU_UTIL', 2_147_483_635, false],
  ['DCGM_FI_DEV_GPU_UTIL', 2_147_483_636, true],
  ['DCGM_FI_DEV_FB_USED', 9_223_372_036_854_775_792n, false],
  ['DCGM_FI_DEV_FB_USED', 9_223_372_036_854_775_795n, false],
  ['DCGM_FI_DEV_POWER_USAGE', 140_737_488_355_328, false],
  ['vllm:tokens_total', 2_147_483_632, true],
  ['vllm:tokens_total', 2 ** 63, true],
  ['vllm:tokens_total', Number.NaN, false],
] as const)('%s %s is usable: %s', (metric, value, expected) => {
  expect(isUsable(metric, Number(value))).toBe(expected);
});

describe('what is wanted', () => {
  const allNone = { samples: false, count: false, sum: false };
  it.each([
    ['a selector’s metric, without an allow-list', undefined, selector.metric, { samples: true }],
    ['another metric', undefined, 'up', {}],
    ['a GPU metric that nobody allowed', undefined, 'DCGM_FI_DEV_GPU_UTIL', {}],
    ['an allowed GPU metric', ['DCGM_FI_*'], 'DCGM_FI_DEV_GPU_UTIL', { samples: true }],
    ['an allowed metric that nothing reads', ['DCGM_FI_*'], 'DCGM_FI_DEV_SM_CLOCK', {}],
    ['a selector’s metric that is not allowed', ['DCGM_FI_*'], selector.metric, {}],
    ['the histogram of a selector’s count', ['vllm:*'], 'vllm:latency', { count: true }],
    ['the histogram, allowed by its name', ['vllm:latency'], 'vllm:latency', { count: true }],
  ] as const)('%s', (_, allow, metric, expected) => {
    const find = makeWantedFinder([selector, { metric: 'vllm:latency_count' }], allow);
    expect(find(metric)).toEqual({ ...allNone, ...expected });
  });

  it('patterns mean what a regular expression with .* would', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '_'), maxLength: 12 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (like, name) => {
        expect(isLike(like, name)).toBe(new RegExp(`^${like.replaceAll('*', '.*')}$`).test(name));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the elected replica', () => {
  const known = { replica: 'a', heardAtMs: NOON_MS };
  it.each([
    ['the first that comes', undefined, 'a', 0, true, { replica: 'a', heardAtMs: NOON_MS }],
    ['the elected one, just heard of', known, 'a', 9_999, true, undefined],
    ['the elected one, heard of again', known, 'a', 10_000, true, { replica: 'a', heardAtMs: NOON_MS + 10_000 }],
    ['another, while the elected one is not silent for long', known, 'b', 29_999, false, undefined],
    ['another, after 30 s of silence', known, 'b', 30_000, true, { replica: 'b', heardAtMs: NOON_MS + 30_000 }],
    ['another, when the clock has gone back', known, 'b', -60_000, false, undefined],
  ])('%s', (_, before, replica, afterMs, isTaken, store) => {
    expect(electReplica(before, replica, NOON_MS + afterMs)).toEqual({ isTaken, store });
  });
});

it('the key of a series does not depend on the order of its labels nor on its replica, and on everything else', () => {
  const pair = fc.tuple(fc.string({ minLength: 1, maxLength: 6 }), fc.string({ maxLength: 6 }));
  const labels = fc.uniqueArray(pair, { selector: ([name]) => name, minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(labels, labels, (one, other) => {
      const key = seriesKey(one.flat(), '__replica__');
      expect(seriesKey(['__replica__', 'x', ...one.toReversed().flat()], '__replica__')).toBe(key);
      const asText = (pairs: typeof one) => JSON.stringify(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)));
      expect(seriesKey(other.flat(), '__replica__') === key).toBe(asText(one) === asText(other));
      expect(key).toMatch(/^[0-9a-z]{11}$/);
    }),
  );
});
