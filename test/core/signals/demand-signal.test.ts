import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import { resolveWorkloads } from '../../../lambda/core/config/resolve-workloads.ts';
import { demandOfSamples, describeQuery } from '../../../lambda/core/signals/demand-signal.ts';

function signalOf(demand: string, capacity = '{ requestsPerMinute: 600 }') {
  const text = `
clusters: [{ name: prod, region: us-east-1 }]
workloads:
  - name: chat
    target: { kind: ScaledObject, namespace: inference, name: llama }
    replica: { capacity: ${capacity} }
    demand: ${demand}
calendar: { events: [] }
`;
  return resolveWorkloads(parseConfig(text, 'foretide.yaml').config)[0]?.demand;
}

const PER_SECOND = '{ tokensPerSecond: 50 }';
const sum = (period: string) => `{ cloudwatch: { namespace: N, metricName: M, period: ${period} } }`;

describe('the signal of a demand', () => {
  it.each<[string, string, string | undefined, number]>([
    ['a query in the unit of the capacity', '{ prometheus: { query: x } }', undefined, 1],
    ['a count a minute', sum('60s'), undefined, 1],
    ['a count in five minutes', sum('300s'), undefined, 0.2],
    ['a count a minute, for a capacity a second', sum('60s'), PER_SECOND, 1 / 60],
    ['an average, whatever its period', '{ cloudwatch: { namespace: N, metricName: M, stat: Average, period: 300s } }', undefined, 1],
    ['a backlog to work off in 30 min', '{ keda: { trigger: jobs }, kind: backlog, drainMinutes: 30 }', undefined, 1 / 30],
    ['a backlog of tokens', '{ keda: { trigger: jobs }, kind: backlog, drainMinutes: 30 }', PER_SECOND, 1 / 1800],
    [
      'a backlog that is a sum',
      '{ cloudwatch: { namespace: N, metricName: M, period: 300s }, kind: backlog, drainMinutes: 10 }',
      undefined,
      0.1,
    ],
    ['written series, by minute', '{ remoteWrite: { metric: m } }', undefined, 1],
    ['written series, for a capacity a second', '{ remoteWrite: { metric: m } }', PER_SECOND, 1 / 60],
    ['the last of written series', '{ remoteWrite: { metric: m, as: last } }', PER_SECOND, 1],
  ])('%s', (_, demand, capacity, factor) => {
    expect(signalOf(demand, capacity)?.factor).toBeCloseTo(factor, 12);
  });

  it.each([
    ['{ prometheus: { query: "sum(x)" } }', 'Prometheus of prod: sum(x)'],
    [sum('60s'), 'CloudWatch: N M (Sum)'],
    ['{ keda: { trigger: jobs } }', 'KEDA trigger jobs of inference/llama'],
    ['{ remoteWrite: { metric: m, as: max } }', 'remote write: m (max)'],
  ])('%s is named', (demand, text) => {
    const signal = signalOf(demand);
    expect(signal && describeQuery(signal.query)).toBe(text);
  });
});

describe('demand minute by minute', () => {
  const TEN = Date.UTC(2026, 10, 27, 10);
  const minute = (offset: number) => TEN + offset * 60_000;
  const query = { kind: 'prometheus', cluster: 'prod', query: 'x' } as const;
  const read = (samples: [number, number][], coversMinutes = 1) =>
    demandOfSamples(
      samples.map(([offset, value]) => ({ atMs: minute(offset), value })),
      { query, factor: 2, coversMs: coversMinutes * 60_000 },
      minute(10),
    );
  const NONE = Number.NaN;

  it.each<[string, [number, number][], number, [number, number[]]]>([
    ['a sample on the minute tells of the minute before', [[1, 5]], 1, [0, [10]]],
    ['one within a minute tells of that minute', [[1.5, 5]], 1, [1, [10]]],
    [
      'the last of a minute is the one',
      [
        [0.2, 5],
        [0.9, 6],
      ],
      1,
      [0, [12]],
    ],
    [
      'what nobody observed stays unknown',
      [
        [1, 5],
        [3, 0],
      ],
      1,
      [0, [10, NONE, 0]],
    ],
    [
      'what is no number is as if nobody had observed it',
      [
        [1, 5],
        [2, NONE],
        [3, 7],
      ],
      1,
      [0, [10, NONE, 14]],
    ],
    [
      'a long period fills its minutes',
      [
        [5, 5],
        [10, 6],
      ],
      5,
      [0, [10, 10, 10, 10, 10, 12, 12, 12, 12, 12]],
    ],
    [
      'what lies ahead is not known yet',
      [
        [9, 5],
        [11, 6],
      ],
      1,
      [8, [10]],
    ],
  ])('%s', (_, samples, coversMinutes, [first, values]) => {
    expect(read(samples, coversMinutes)).toEqual({ startMs: minute(first), values: Float64Array.from(values) });
  });

  it('nothing usable is nothing', () => {
    expect(read([]).values).toHaveLength(0);
    expect(read([[1, NONE]]).values).toHaveLength(0);
  });
});
