import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeCloudWatchSource } from '../../../lambda/adapters/aws/cloudwatch-source.ts';
import type { CloudWatchQuery } from '../../../lambda/core/signals/metric-query.ts';
import { type FakeCloudWatch, startFakeCloudWatch } from '../../fakes/cloudwatch-server.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const NOW = Date.UTC(2026, 10, 27, 10, 0, 30);
/** The last whole minute before now. */
const TEN = Date.UTC(2026, 10, 27, 10);

let aws: FakeCloudWatch;
beforeEach(async () => {
  aws = await startFakeCloudWatch();
});
afterEach(() => aws.close());

const stat = (
  metricName: string,
  more: { stat?: string; dimensions?: Record<string, string>; periodMs?: number; cluster?: string } = {},
): CloudWatchQuery => ({
  kind: 'cloudwatch',
  cluster: more.cluster ?? 'prod',
  periodMs: more.periodMs ?? MINUTE,
  of: { namespace: 'N', metricName, dimensions: more.dimensions ?? {}, stat: more.stat ?? 'Sum' },
});
const expression = (text: string): CloudWatchQuery => ({ kind: 'cloudwatch', cluster: 'prod', periodMs: MINUTE, of: { expression: text } });
const source = () => makeCloudWatchSource({ clientOf: () => aws.client, now: () => NOW });
const read = (queries: readonly CloudWatchQuery[], fromMs = NOW - 10 * MINUTE, toMs = NOW) =>
  source().read(queries, { fromMs, toMs, stepMs: MINUTE });
const at = (minutesBeforeTen: number, value: number, seconds = 5) => ({ atMs: TEN - minutesBeforeTen * MINUTE + seconds * 1_000, value });

describe('periods', () => {
  it('count when they are over and had a minute to settle; a value is true at the end of its period', async () => {
    aws.put({ namespace: 'N', metricName: 'Requests' }, [at(3, 5), at(3, 6), at(2, 7), at(1, 8), at(0, 9)]);
    // At 10:00:30 the minute from 9:59 is over, but has not settled.
    expect(await read([stat('Requests')])).toEqual([
      {
        kind: 'samples',
        samples: [
          { atMs: TEN - 2 * MINUTE, value: 11 },
          { atMs: TEN - MINUTE, value: 7 },
        ],
        warnings: [],
      },
    ]);
  });

  it('are aligned to the hour, whatever second it is', async () => {
    await read([stat('Requests', { periodMs: 5 * MINUTE })]);
    expect(aws.requests.map(({ StartTime, EndTime }) => [StartTime, EndTime])).toEqual([
      [(TEN - 10 * MINUTE) / 1_000, (TEN - 5 * MINUTE) / 1_000],
    ]);
  });

  it.each<[string, number, number, number]>([
    ['two weeks back', 14, MINUTE, 60],
    ['three weeks back', 21, MINUTE, 300],
    ['three months back', 90, MINUTE, 3_600],
    ['three months back, with a longer period of its own', 90, DAY, 86_400],
  ])('are as short as CloudWatch keeps them: %s', async (_, days, periodMs, seconds) => {
    await read([stat('Requests', { periodMs })], NOW - days * DAY, NOW - (days - 2) * DAY);
    expect(aws.requests[0]?.MetricDataQueries[0]?.MetricStat?.Period).toBe(seconds);
  });

  it('longer than asked for are shared out: a count in parts, a mean as it is', async () => {
    const start = TEN - 30 * DAY;
    aws.put({ namespace: 'N', metricName: 'Requests' }, [
      { atMs: start, value: 40 },
      { atMs: start + 4 * MINUTE, value: 60 },
    ]);
    const answers = await read([stat('Requests'), stat('Requests', { stat: 'Average' })], start, start + 5 * MINUTE);
    const minutes = [1, 2, 3, 4, 5].map((minute) => start + minute * MINUTE);
    expect(answers).toMatchObject([
      { samples: minutes.map((atMs) => ({ atMs, value: 20 })) },
      { samples: minutes.map((atMs) => ({ atMs, value: 50 })) },
    ]);
  });

  it('older than anything is kept are not asked for', async () => {
    expect(await read([stat('Requests')], NOW - 500 * DAY, NOW - 499 * DAY)).toEqual([{ kind: 'samples', samples: [], warnings: [] }]);
    expect(aws.requests).toEqual([]);
  });
});

describe('calls', () => {
  it('take 500 queries each', async () => {
    await read(Array.from({ length: 1_001 }, (_, index) => stat(`M${index}`)));
    expect(aws.requests.map(({ MetricDataQueries }) => MetricDataQueries.length)).toEqual([500, 500, 1]);
  });

  it('are one for each cluster, at its own client', async () => {
    const clusters: string[] = [];
    const client = (cluster: string) => {
      clusters.push(cluster);
      return aws.client;
    };
    const two = [stat('A'), stat('B', { cluster: 'dev' }), stat('C')];
    await makeCloudWatchSource({ clientOf: client, now: () => NOW }).read(two, { fromMs: NOW - 10 * MINUTE, toMs: NOW, stepMs: MINUTE });
    expect(clusters).toEqual(['prod', 'dev']);
    expect(aws.requests.map(({ MetricDataQueries }) => MetricDataQueries.length).toSorted()).toEqual([1, 2]);
  });

  it('page until all is there', async () => {
    aws.limits.pointsPerPage = 3;
    aws.put(
      { namespace: 'N', metricName: 'Requests' },
      Array.from({ length: 8 }, (_, index) => at(9 - index, index)),
    );
    const [answer] = await read([stat('Requests')], TEN - 20 * MINUTE);
    expect(answer).toMatchObject({
      samples: Array.from({ length: 8 }, (_, index) => ({ atMs: TEN - (8 - index) * MINUTE, value: index })),
    });
    expect(aws.requests).toHaveLength(3);
  });

  it('refused for one query are halved until it stands alone', async () => {
    aws.put({ namespace: 'N', metricName: 'Requests' }, [at(5, 4)]);
    const queries = Array.from({ length: 64 }, (_, index) => (index === 40 ? stat('Requests', { stat: 'Wrong' }) : stat('Requests')));
    const answers = await read(queries);
    expect(answers.map(({ kind }) => kind)).toEqual(queries.map((_, index) => (index === 40 ? 'failed' : 'samples')));
    expect(answers[40]).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('The value Wrong for parameter MetricStat.Stat is not supported'),
    });
    expect(aws.requests.length).toBeLessThanOrEqual(13);
  });
});

describe('expressions', () => {
  beforeEach(() => {
    for (const [group, value] of [
      ['first', 3],
      ['second', 4],
    ] as const) {
      aws.put({ namespace: 'N', metricName: 'Requests', dimensions: { Group: group } }, [at(5, value)]);
    }
  });

  it('are read like metrics', async () => {
    const [answer] = await read([expression(`SUM(SEARCH('{N,Group} MetricName="Requests"', 'Sum', 60))`)]);
    expect(answer).toEqual({ kind: 'samples', samples: [{ atMs: TEN - 4 * MINUTE, value: 7 }], warnings: [] });
  });

  it('that several series answer say which', async () => {
    const [answer] = await read([expression(`SEARCH('{N,Group} MetricName="Requests"', 'Sum', 60)`)]);
    expect(answer).toEqual({ kind: 'failed', code: 'ambiguous', message: '2 series answer: first, second. Wrap the expression in SUM(…)' });
  });

  it('that are wrong say so', async () => {
    const [answer] = await read([expression('SUM(')]);
    expect(answer).toMatchObject({ kind: 'failed', code: 'refused', message: expect.stringContaining('Syntax Error') });
  });
});

describe('failures', () => {
  it.each([
    [400, 'AccessDeniedException', 'not authorized', 'forbidden', 'The role needs cloudwatch:GetMetricData'],
    [400, 'ExpiredTokenException', 'The security token is expired', 'forbidden', 'expired'],
    [400, 'ThrottlingException', 'Rate exceeded', 'unavailable', 'Rate exceeded'],
    [500, 'InternalServiceFault', 'oops', 'unavailable', 'oops'],
  ])('HTTP %d %s', async (status, type, text, code, message) => {
    aws.failOnce(status, type, text);
    const [answer] = await read([stat('Requests')]);
    expect(answer).toMatchObject({ kind: 'failed', code, message: expect.stringContaining(message) });
  });

  it.each([
    ['Forbidden', 'forbidden'],
    ['InternalError', 'unavailable'],
  ])('a result that is %s', async (status, code) => {
    aws.spoil.status = status;
    aws.spoil.message = { Code: 'Why', Value: 'because' };
    const [answer] = await read([stat('Requests')]);
    expect(answer).toEqual({ kind: 'failed', code, message: `CloudWatch: ${status}: Why: because` });
  });

  it('nobody answers', async () => {
    await aws.close();
    const [answer] = await read([stat('Requests')]);
    expect(answer).toMatchObject({ kind: 'failed', code: 'unavailable' });
    aws = await startFakeCloudWatch();
  });
});
