import fc from 'fast-check';
import { snappyCompress } from 'hysnappy';
import { describe, expect, it } from 'vitest';
import { encodeVersion1, encodeVersion2, type Series, SymbolizedRequest, WriteRequest } from '../../../bench/remote-write/schema.ts';
import { makeWriteDecoder, type WriteVersion } from '../../../lambda/adapters/remote-write/decode-write.ts';
import { MalformedWriteError, OversizedWriteError } from '../../../lambda/adapters/remote-write/malformed-error.ts';
import { uncompressSnappy } from '../../../lambda/adapters/remote-write/snappy.ts';
import type { Received } from '../../../lambda/core/remote-write/received.ts';

const NOON_MS = Date.parse('2026-11-27T12:00:00Z');
const ALL = { samples: true, count: true, sum: true };
const NONE = { samples: false, count: false, sum: false };
const decodeAll = makeWriteDecoder(() => ALL);
const decodeVllm = makeWriteDecoder((metric) => (metric.startsWith('vllm:') ? { ...NONE, samples: true } : NONE));

const ENCODERS: readonly [WriteVersion, (series: readonly Series[]) => Uint8Array][] = [
  ['1.0', encodeVersion1],
  ['2.0', encodeVersion2],
];

/** A request with a hostile shape, byte by byte. */
const bytes = (...parts: readonly (number | string)[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part))));

function readable({ series, timesMs, values }: Received) {
  return series.map(({ labels, start, end, countsAs }) => ({
    metric: labels.metric,
    pairs: labels.pairs,
    samples: [...timesMs.subarray(start, end)].map((timeMs, index) => [timeMs, values[start + index]]),
    countsAs,
  }));
}

const queue: Series = {
  labels: [
    ['__name__', 'vllm:num_requests_waiting'],
    ['model_name', 'detector'],
    ['pod', 'détecteur-1 🎉'],
  ],
  samples: [
    { value: 3, timestamp: NOON_MS },
    { value: -0.5, timestamp: NOON_MS + 15_000 },
  ],
};
const go: Series = {
  labels: [
    ['Hostname', 'node-1'],
    ['__name__', 'go_goroutines'],
  ],
  samples: [{ value: 42, timestamp: NOON_MS }],
  exemplars: [{ value: 1, timestamp: NOON_MS }],
};
const latency: Series = {
  labels: [
    ['__name__', 'vllm:e2e_request_latency_seconds'],
    ['model_name', 'detector'],
  ],
  histograms: [
    {
      count_int: 12,
      sum: 3.25,
      schema: 3,
      zero_threshold: 0.001,
      zero_count_int: 1,
      positive_spans: [{ offset: 2, length: 2 }],
      positive_deltas: [5, 1],
      timestamp: NOON_MS,
    },
  ],
};

describe.each(ENCODERS)('version %s', (version, encode) => {
  it('gives back series, labels and samples, and counts everything', () => {
    const received = decodeAll(encode([queue, go, latency]), version);
    expect(received.sent).toEqual({ samples: 3, histograms: 1, exemplars: 1 });
    expect(received.refused).toEqual(new Map());
    expect(readable(received)).toEqual([
      {
        metric: 'vllm:num_requests_waiting',
        pairs: ['model_name', 'detector', 'pod', 'détecteur-1 🎉'],
        samples: [
          [NOON_MS, 3],
          [NOON_MS + 15_000, -0.5],
        ],
        countsAs: 'samples',
      },
      { metric: 'go_goroutines', pairs: ['Hostname', 'node-1'], samples: [[NOON_MS, 42]], countsAs: 'samples' },
      {
        metric: 'vllm:e2e_request_latency_seconds_count',
        pairs: ['model_name', 'detector'],
        samples: [[NOON_MS, 12]],
        countsAs: 'histograms',
      },
      {
        metric: 'vllm:e2e_request_latency_seconds_sum',
        pairs: ['model_name', 'detector'],
        samples: [[NOON_MS, 3.25]],
        countsAs: undefined,
      },
    ]);
  });

  it('decodes nothing of what is not wanted, and counts it', () => {
    const received = decodeVllm(encode([go, queue, latency]), version);
    expect(readable(received).map(({ metric }) => metric)).toEqual(['vllm:num_requests_waiting']);
    expect(received.sent).toEqual({ samples: 3, histograms: 1, exemplars: 1 });
  });

  it('takes an empty request', () => {
    expect(decodeAll(encode([]), version)).toMatchObject({ series: [], sent: { samples: 0, histograms: 0, exemplars: 0 } });
    expect(decodeAll(new Uint8Array(0), version)).toMatchObject({ series: [] });
  });

  it('counts stale markers, and takes them for no samples', () => {
    const message = Buffer.from(encode([{ ...queue, samples: [{ value: 7, timestamp: NOON_MS }] }]));
    const seven = Buffer.alloc(8);
    seven.writeDoubleLE(7);
    Buffer.from([2, 0, 0, 0, 0, 0, 0xf0, 0x7f]).copy(message, message.indexOf(seven));
    const received = decodeAll(message, version);
    expect(received.sent.samples).toBe(1);
    expect(readable(received)).toMatchObject([{ samples: [] }]);
  });

  it('keeps other NaN, infinities and instants of any sign for others to judge', () => {
    const samples = [
      { value: Number.NaN, timestamp: -1 },
      { value: Number.POSITIVE_INFINITY, timestamp: 0 },
      { value: 1, timestamp: -NOON_MS },
      { value: 1, timestamp: Number.MAX_SAFE_INTEGER },
    ];
    expect(readable(decodeAll(encode([{ ...queue, samples }]), version))[0]?.samples).toEqual([
      [-1, Number.NaN],
      [0, Number.POSITIVE_INFINITY],
      [-NOON_MS, 1],
      [Number.MAX_SAFE_INTEGER, 1],
    ]);
  });

  it.each([
    ['no metric name', [['pod', 'a']], 'no-metric-name'],
    ['an empty metric name', [['__name__', '']], 'no-metric-name'],
    ['no labels', [], 'no-metric-name'],
    [
      'a label twice',
      [
        ['__name__', 'm'],
        ['pod', 'a'],
        ['pod', 'b'],
      ],
      'duplicate-label',
    ],
    [
      'a label twice, apart',
      [
        ['__name__', 'm'],
        ['pod', 'a'],
        ['job', 'j'],
        ['pod', 'a'],
      ],
      'duplicate-label',
    ],
    [
      'two metric names',
      [
        ['__name__', 'm'],
        ['__name__', 'm'],
      ],
      'duplicate-label',
    ],
    [
      'a label without a name',
      [
        ['', 'a'],
        ['__name__', 'm'],
      ],
      'empty-label-name',
    ],
    [
      'a label name that is too long',
      [
        ['__name__', 'm'],
        ['n'.repeat(1_025), 'a'],
      ],
      'label-too-long',
    ],
    [
      'a label value that is too long',
      [
        ['__name__', 'm'],
        ['pod', 'a'.repeat(2_049)],
      ],
      'label-too-long',
    ],
    ['a metric name that is too long', [['__name__', 'm'.repeat(2_049)]], 'label-too-long'],
    [
      'too many labels',
      [['__name__', 'm'], ...Array.from({ length: 64 }, (_, index) => [`l${index}`, 'a'] as [string, string])],
      'too-many-labels',
    ],
  ] satisfies [string, (readonly [string, string])[], string][])('refuses a series with %s, and takes the others', (_, labels, problem) => {
    const received = decodeAll(encode([{ ...queue, labels }, go]), version);
    expect([...received.refused]).toEqual([[problem, { series: 1, counts: { samples: 2, histograms: 0, exemplars: 0 } }]]);
    expect(readable(received).map(({ metric }) => metric)).toEqual(['go_goroutines']);
  });

  it('takes labels in any order, and one with an empty value as one that is missing', () => {
    const labels: Series['labels'] = [
      ['pod', 'a'],
      ['empty', ''],
      ['__name__', 'm'],
      ['job', 'j'],
    ];
    expect(readable(decodeAll(encode([{ ...queue, labels }]), version))).toMatchObject([{ metric: 'm', pairs: ['pod', 'a', 'job', 'j'] }]);
  });

  it('refuses samples and histograms in one series', () => {
    const received = decodeAll(encode([{ ...queue, ...{ histograms: latency.histograms ?? [] } }]), version);
    expect([...received.refused.keys()]).toEqual(['both-kinds']);
  });

  it('refuses a message that is cut off anywhere but between two series', () => {
    const whole = encode([queue, latency]);
    const firstEnds = version === '1.0' ? encode([queue]).length : undefined;
    for (let length = 1; length < whole.length; length += 1) {
      const cut = whole.subarray(0, length);
      if (length === firstEnds) continue;
      try {
        expect(decodeAll(cut, version).series.length).toBeLessThan(3);
        // Symbols come whole, and series whole: what ends between two fields of the request is a shorter request.
        expect(version).toBe('2.0');
      } catch (error) {
        if (!(error instanceof MalformedWriteError)) throw error;
      }
    }
  });

  it('answers any bytes with what it read or with MalformedWriteError, within a time that follows their number', () => {
    const valid = encode([queue, go, latency]);
    const mutation = fc.record({ at: fc.nat(valid.length - 1), to: fc.nat(255) });
    const mutated = fc.array(mutation, { minLength: 1, maxLength: 12 }).map((changes) => {
      const message = Uint8Array.from(valid);
      for (const { at, to } of changes) message[at] = to;
      return message;
    });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 400 })), (message) => {
        try {
          const { series, timesMs } = decodeAll(message, version);
          expect(series.length).toBeLessThanOrEqual(message.length);
          expect(timesMs.length).toBeLessThanOrEqual(2 * message.length);
        } catch (error) {
          if (!(error instanceof MalformedWriteError)) throw error;
        }
      }),
      { numRuns: 6_000, seed: 20_261_127 },
    );
  });
});

describe('the two versions', () => {
  const name = fc.constantFrom('vllm:request_success_total', 'DCGM_FI_DEV_GPU_UTIL', 'up', 'métrique');
  const labels = fc
    .uniqueArray(
      fc.tuple(fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }), fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' })),
      {
        selector: ([label]) => label,
        maxLength: 12,
      },
    )
    .map((pairs) => pairs.filter(([label, value]) => label !== '__name__' && label.isWellFormed() && value.isWellFormed()));
  const sample = fc.record({ value: fc.double(), timestamp: fc.integer({ min: -(2 ** 45), max: 2 ** 45 }) });
  const series = fc.record({ metric: name, labels, samples: fc.array(sample, { minLength: 1, maxLength: 4 }) });

  it('give the same of any series, which is what protobufjs reads', () => {
    fc.assert(
      fc.property(fc.array(series, { maxLength: 8 }), (all) => {
        const sent = all.map(({ metric, labels: pairs, samples }): Series => ({ labels: [['__name__', metric], ...pairs], samples }));
        const expected = all.map(({ metric, labels: pairs, samples }) => ({
          metric,
          pairs: pairs.flat(),
          samples: samples.map(({ timestamp, value }) => [timestamp, value]),
          countsAs: 'samples',
        }));
        for (const [version, encode] of ENCODERS) expect(readable(decodeAll(encode(sent), version))).toEqual(expected);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('read as the other give nothing, since their fields have other numbers', () => {
    expect(decodeAll(encodeVersion2([queue]), '1.0')).toMatchObject({ series: [], sent: { samples: 0 } });
    expect(decodeAll(encodeVersion1([queue]), '2.0')).toMatchObject({ series: [], sent: { samples: 0 } });
  });
});

describe('version 2.0', () => {
  const request = (fields: object) => SymbolizedRequest.encode(SymbolizedRequest.fromObject(fields)).finish();
  const samples = [{ value: 1, timestamp: NOON_MS }];

  it.each([
    [
      'a symbol that is not there',
      { symbols: ['', '__name__', 'm'], timeseries: [{ labels_refs: [1, 3], samples }] },
      /refers to symbol 3, and the request has 3/,
    ],
    [
      'half a pair',
      { symbols: ['', '__name__', 'm'], timeseries: [{ labels_refs: [1, 2, 1], samples }] },
      /3 label references; they come in pairs/,
    ],
    ['no symbols at all', { timeseries: [{ labels_refs: [0, 0], samples }] }, /refers to symbol 0, and the request has 0/],
    [
      'a first symbol that is not empty',
      { symbols: ['__name__', 'm'], timeseries: [{ labels_refs: [0, 1], samples }] },
      /first symbol .* is not the empty string/,
    ],
  ])('refuses %s', (_, fields, message) => {
    expect(() => decodeAll(request(fields), '2.0')).toThrow(message);
    expect(() => decodeAll(request(fields), '2.0')).toThrow(MalformedWriteError);
  });

  it('reads references that are not packed, and symbols behind the series', () => {
    const sample = bytes(0x12, 11, 0x09, '\0\0\0\0\0\0\0\0', 0x10, 5);
    const series = bytes(0x08, 1, 0x08, 2);
    const message = Buffer.concat([
      bytes(0x2a, series.length + sample.length),
      series,
      sample,
      bytes(0x22, 0, 0x22, 8, '__name__', 0x22, 1, 'm'),
    ]);
    expect(readable(decodeAll(message, '2.0'))).toEqual([{ metric: 'm', pairs: [], samples: [[5, 0]], countsAs: 'samples' }]);
  });

  it('reads a float histogram by its count', () => {
    const histograms = [{ count_float: 1.5, sum: 2, timestamp: 7 }];
    const message = request({ symbols: ['', '__name__', 'm'], timeseries: [{ labels_refs: [1, 2], histograms }] });
    expect(readable(decodeAll(message, '2.0')).map((one) => one.samples)).toEqual([[[7, 1.5]], [[7, 2]]]);
  });
});

describe('hostile messages', () => {
  it('reads labels that have something between them', () => {
    const label = (name: string, value: string) =>
      bytes(0x0a, name.length + value.length + 4, 0x0a, name.length, name, 0x12, value.length, value);
    const series = Buffer.concat([label('pod', 'a'), bytes(0x12, 2, 0x10, 5), label('__name__', 'm')]);
    expect(readable(decodeAll(Buffer.concat([bytes(0x0a, series.length), series]), '1.0'))).toEqual([
      { metric: 'm', pairs: ['pod', 'a'], samples: [[5, 0]], countsAs: 'samples' },
    ]);
  });

  it.each([
    ['a group', bytes(0x0b), 'wire type 3'],
    ['field number 0', bytes(0x02, 0), 'number 0'],
    ['a series that is no message', bytes(0x08, 1), 'should be a message'],
    ['a length beyond the end', bytes(0x0a, 0x7f), '127 bytes is cut off'],
    ['a length of 4 GB', bytes(0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f), '4294967295 bytes is cut off'],
    ['a varint that never ends', bytes(0x0a, ...Array<number>(20).fill(0xff)), 'longer than 64 bits'],
    ['a value of another type', bytes(0x0a, 19, 0x0a, 13, 0x0a, 8, '__name__', 0x12, 1, 'm', 0x12, 2, 0x08, 1), 'wire type 0'],
  ])('refuses %s', (_, message, problem) => {
    expect(() => decodeAll(message, '1.0')).toThrow(problem);
  });

  it('refuses text that is not UTF-8', () => {
    const series = bytes(0x0a, 13, 0x0a, 8, '__name__', 0x12, 1, 0xff, 0x12, 0);
    const received = decodeAll(Buffer.concat([bytes(0x0a, series.length), series]), '1.0');
    expect([...received.refused.keys()]).toEqual(['not-utf8']);
  });

  it.each([
    ['16 million empty series', 0x0a],
    ['16 million empty symbols', 0x22],
    ['16 million empty v2 series', 0x2a],
  ])('passes over %s in bounded time and memory', (_, tag) => {
    const message = Buffer.alloc(32 * 1024 * 1024, Buffer.from([tag, 0]));
    const before = process.memoryUsage();
    const startedMs = performance.now();
    for (const version of ['1.0', '2.0'] as const) {
      try {
        expect(decodeAll(message, version).series).toEqual([]);
      } catch (error) {
        expect(error).toBeInstanceOf(OversizedWriteError);
      }
    }
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    const after = process.memoryUsage();
    expect(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(100e6);
  });

  it('takes no time that grows with the square of the size: series whose labels meet in the cache, one name in each label', () => {
    const of = (count: number) => {
      const long = Array.from({ length: 60 }, (_, index) => [`label_${index}`, 'v'.repeat(40)] as const);
      return encodeVersion1(
        Array.from({ length: count }, (_, index) => ({
          labels: [...long, ['__name__', `m${index}`] as const],
          samples: [{ value: 1, timestamp: 1 }],
        })),
      );
    };
    const timed = (message: Uint8Array) => {
      const startedMs = performance.now();
      decodeAll(message, '1.0');
      return performance.now() - startedMs;
    };
    timed(of(100));
    const smallMs = timed(of(500));
    expect(timed(of(5_000))).toBeLessThan(50 * Math.max(smallMs, 2));
  });
});

describe('snappy', () => {
  const message = encodeVersion1([queue, go]);

  it('gives back what was compressed', () => {
    expect(Buffer.from(uncompressSnappy(snappyCompress(message), 1_000_000)).equals(message)).toBe(true);
    expect(uncompressSnappy(bytes(0), 1_000_000)).toHaveLength(0);
  });

  it('refuses a bomb by what it says of its size, before it allocates', () => {
    const bomb = bytes(0xff, 0xff, 0xff, 0xff, 0x0f, 0xfe, 1, 0);
    expect(() => uncompressSnappy(bomb, 32 * 1024 * 1024)).toThrow('4294967295 bytes uncompressed; at most 33554432 are taken');
    const growing = Buffer.concat([bytes(0x80, 0x80, 0x80, 0x11, 0x00, 0x41), Buffer.alloc(100_000, Buffer.from([0xfe, 1, 0]))]);
    expect(() => uncompressSnappy(growing, 32 * 1024 * 1024)).toThrow(OversizedWriteError);
  });

  it.each([
    ['nothing', bytes()],
    ['a length without end', bytes(0xff, 0xff)],
    ['a length and nothing else', bytes(10)],
    ['more than it announces', bytes(1, 0xfc, 'a'.repeat(63), 0)],
    ['a copy from before its beginning', bytes(4, 0x0d, 5)],
    ['the framed format', bytes(0xff, 0x06, 0, 0, 'sNaPpY')],
    ['plain protobuf', message],
  ])('refuses %s', (_, block) => {
    expect(() => uncompressSnappy(block, 1_000_000)).toThrow(MalformedWriteError);
  });

  it('answers any bytes with MalformedWriteError or with as many bytes as were announced', () => {
    const valid = snappyCompress(message);
    const mutated = fc
      .array(fc.record({ at: fc.nat(valid.length - 1), to: fc.nat(255) }), { minLength: 1, maxLength: 6 })
      .map((changes) => {
        const block = Uint8Array.from(valid);
        for (const { at, to } of changes) block[at] = to;
        return block;
      });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 200 })), (block) => {
        try {
          expect(uncompressSnappy(block, 100_000).length).toBeLessThanOrEqual(100_000);
        } catch (error) {
          if (!(error instanceof MalformedWriteError) && !(error instanceof OversizedWriteError)) throw error;
        }
      }),
      { numRuns: 3_000, seed: 20_261_127 },
    );
    expect(Buffer.from(uncompressSnappy(valid, 100_000)).equals(message)).toBe(true);
  });
});

it('the encoders of these tests write what protobufjs reads', () => {
  expect(WriteRequest.toObject(WriteRequest.decode(encodeVersion1([go])))).toMatchObject({ timeseries: [{ samples: [{ value: 42 }] }] });
});
