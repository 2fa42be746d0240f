import { snappyCompress } from 'hysnappy';
import { beforeEach, describe, expect, it } from 'vitest';
import { encodeVersion1, encodeVersion2, type Series } from '../../../bench/remote-write/schema.ts';
import { makeMemoryStores } from '../../../lambda/adapters/memory/memory-stores.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import { readRollup } from '../../../lambda/core/remote-write/read-rollup.ts';
import { selectorKey } from '../../../lambda/core/remote-write/selector.ts';
import { makeReceiver } from '../../../lambda/functions/remote-write/answer.ts';
import { makeRemoteWriteHandler } from '../../../lambda/functions/remote-write/handler.ts';
import type { RemoteWriteSetup } from '../../../lambda/functions/remote-write/set-up.ts';
import { StoreBusyError } from '../../../lambda/ports/rollup-store.ts';

const NOON_MS = Date.parse('2026-11-27T12:00:00Z');
const TOKEN = 'a-token-of-the-sender';
const V1 = 'application/x-protobuf';
const V2 = 'application/x-protobuf;proto=io.prometheus.write.v2.Request';
const { config } = parseConfig(
  `
clusters: [{ name: prod-use1, region: us-east-1 }, { name: prod-euw1, region: eu-west-1 }]
workloads:
  - name: vision
    cluster: prod-use1
    target: { kind: ScaledObject, namespace: inference, name: detector }
    demand: { remoteWrite: { metric: "vllm:request_success_total", match: { model_name: detector } } }
  - name: chat
    cluster: prod-use1
    target: { kind: ScaledObject, namespace: inference, name: chat }
    demand: { remoteWrite: { metric: "vllm:e2e_request_latency_seconds_count" } }
signals: { remoteWrite: { bearerSecret: foretide/remote-write, allow: ["DCGM_FI_*", "vllm:*"] } }
calendar: { events: [{ name: launch, workloads: [vision], start: 2026-12-01T00:00Z, duration: 1h, floor: 3 }] }
`,
  'foretide.yaml',
);
const SELECTOR = selectorKey({ metric: 'vllm:request_success_total', match: { model_name: 'detector' } });

let stores: ReturnType<typeof makeMemoryStores>;
let lines: Record<string, unknown>[];
let now: number;
beforeEach(() => {
  stores = makeMemoryStores();
  lines = [];
  now = NOON_MS;
});

const setUp = async (changes: Partial<RemoteWriteSetup> = {}): Promise<RemoteWriteSetup> => ({
  config,
  receiver: makeReceiver(config),
  stores,
  readToken: async () => TOKEN,
  clock: { now: () => now },
  log: (level, message, fields) => void lines.push({ level, message, ...fields }),
  ...changes,
});

type Sent = {
  readonly type?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly method?: string;
};
async function send({ type = V1, headers, body = new Uint8Array(0), method = 'POST' }: Sent, changes: Partial<RemoteWriteSetup> = {}) {
  const handle = makeRemoteWriteHandler(() => setUp(changes));
  return handle({
    rawPath: '/api/v1/write',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': type, 'content-encoding': 'snappy', ...headers },
    body: Buffer.from(body).toString('base64'),
    isBase64Encoded: true,
    requestContext: { http: { method } },
  });
}

const bodyOf = (type: string, series: readonly Series[]) => snappyCompress(type === V2 ? encodeVersion2(series) : encodeVersion1(series));
const counter = (value: number, timestamp = NOON_MS, labels: Series['labels'] = []): Series => ({
  labels: [['__name__', 'vllm:request_success_total'], ['model_name', 'detector'], ...labels],
  samples: [{ value, timestamp }],
});
const written = (samples: number, histograms = 0, exemplars = 0) => ({
  'x-prometheus-remote-write-samples-written': String(samples),
  'x-prometheus-remote-write-histograms-written': String(histograms),
  'x-prometheus-remote-write-exemplars-written': String(exemplars),
});
const stored = async (selector = SELECTOR) =>
  (await stores.rollups.read(selector, 0, NOON_MS + 3_600_000)).flatMap(({ series }) => [...series.values()].map(({ last }) => last));

describe('a request that is in order', () => {
  it.each([
    ['1.0', V1, {}],
    ['1.0 by name', 'application/x-protobuf;proto=prometheus.WriteRequest', {}],
    ['2.0', V2, written(2)],
    ['2.0 with spaces and quotes', 'Application/X-Protobuf; proto="io.prometheus.write.v2.Request"', written(2)],
  ])('of version %s is stored, then acknowledged', async (_, type, headers) => {
    const body = bodyOf(type.includes('v2') ? V2 : V1, [counter(5), counter(7, NOON_MS - 15_000, [['pod', 'a']])]);
    expect(await send({ type, body })).toEqual({ statusCode: 204, headers, body: '' });
    expect(await stored()).toEqual([7, 5]);
  });

  it('without the headers of content is taken as version 1.0', async () => {
    const handle = makeRemoteWriteHandler(() => setUp());
    const event = {
      headers: { authorization: `Bearer ${TOKEN}` },
      body: Buffer.from(bodyOf(V1, [counter(5)])).toString('base64'),
      isBase64Encoded: true,
    };
    expect(await handle({ ...event, requestContext: { http: { method: 'POST' } } })).toMatchObject({ statusCode: 204 });
    expect(await stored()).toEqual([5]);
  });

  it('counts what nobody wants as written, so that the sender does not take it for lost', async () => {
    const other: Series = { labels: [['__name__', 'up']], samples: [{ value: 1, timestamp: 1 }], exemplars: [{ value: 1, timestamp: 1 }] };
    expect(await send({ type: V2, body: bodyOf(V2, [other]) })).toEqual({ statusCode: 204, headers: written(1, 0, 1), body: '' });
  });

  it('sent again, by parallel senders too, changes nothing', async () => {
    const body = bodyOf(V2, [counter(5), counter(9, NOON_MS + 30_000)]);
    await Promise.all([1, 2, 3].map(() => send({ type: V2, body })));
    const once = makeMemoryStores();
    await send({ type: V2, body }, { stores: once });
    expect(await stores.rollups.read(SELECTOR, 0, NOON_MS + 60_000)).toEqual(await once.rollups.read(SELECTOR, 0, NOON_MS + 60_000));
  });

  it('takes one replica of a group, and the other after 30 s of silence, and tells both that all is written', async () => {
    const of = (replica: string, value: number) =>
      send({
        type: V2,
        body: bodyOf(V2, [
          counter(value, now, [
            ['__replica__', replica],
            ['cluster', 'c'],
          ]),
        ]),
      });
    expect(await of('a', 1)).toMatchObject({ statusCode: 204, headers: written(1) });
    now += 15_000;
    expect(await of('b', 2)).toMatchObject({ statusCode: 204, headers: written(1) });
    expect(await stored()).toEqual([1]);
    now += 15_000;
    expect(await of('b', 3)).toMatchObject({ statusCode: 204 });
    expect(await stored()).toEqual([3]);
  });

  it('reads a native histogram by its count', async () => {
    const histogram = (count: number, timestamp: number): Series => ({
      labels: [['__name__', 'vllm:e2e_request_latency_seconds']],
      histograms: [
        { count_int: count, sum: 1, schema: 3, timestamp, positive_spans: [{ offset: 0, length: 1 }], positive_deltas: [count] },
      ],
    });
    expect(await send({ type: V2, body: bodyOf(V2, [histogram(100, NOON_MS - 15_000), histogram(160, NOON_MS + 45_000)]) })).toMatchObject({
      statusCode: 204,
      headers: written(0, 2),
    });
    const selector = selectorKey({ metric: 'vllm:e2e_request_latency_seconds_count' });
    const rollups = await stores.rollups.read(selector, 0, NOON_MS + 60_000);
    expect(readRollup(rollups, NOON_MS, 'rate')).toMatchObject({ kind: 'ok', value: 60 });
  });

  it('tells CloudWatch of GPUs by cluster of the configuration, all others together', async () => {
    const gpu = (cluster: string, value: number): Series => ({
      labels: [
        ['__name__', 'DCGM_FI_DEV_GPU_UTIL'],
        ['cluster', cluster],
      ],
      samples: [{ value, timestamp: NOON_MS }],
    });
    await send({ body: bodyOf(V1, [gpu('prod-use1', 40), gpu('prod-use1', 60), gpu('made-up', 5), gpu('prod-euw1', 2 ** 63)]) });
    const gpus = lines.filter(({ kind }) => kind === 'gpus').map(({ Cluster, GpuUtilization }) => [Cluster, GpuUtilization]);
    expect(gpus).toEqual([
      ['prod-use1', [40, 60]],
      ['other', [5]],
    ]);
  });
});

describe('a request that is not', () => {
  it.each([
    ['without a token', { headers: { authorization: '' } }, 401],
    ['with another token', { headers: { authorization: 'Bearer another' } }, 401],
    ['with GET', { method: 'GET' }, 405],
    ['in another media type', { type: 'application/json' }, 415],
    ['of another message', { type: 'application/x-protobuf;proto=io.prometheus.write.v3.Request' }, 415],
    ['of a message by the name of a property', { type: 'application/x-protobuf;proto=constructor' }, 415],
    ['compressed otherwise', { headers: { 'content-encoding': 'zstd' } }, 415],
    ['that is no snappy', { body: Buffer.from('hello') }, 400],
    ['that is no protobuf', { body: snappyCompress(Buffer.from('hello')) }, 400],
    ['that would be too large', { body: Uint8Array.of(0x81, 0x80, 0x80, 0x10, 0) }, 413],
    ['with a body that is too large', { body: new Uint8Array(6 * 1024 * 1024 + 1) }, 413],
  ] satisfies [string, Sent, number][])('%s is told so', async (_, sent, status) => {
    const answer = await send(sent);
    expect(answer.statusCode).toBe(status);
    if (status !== 405) expect(answer.body.length).toBeGreaterThan(20);
    expect(JSON.stringify(lines)).not.toContain(TOKEN);
  });

  it('of version 2.0 has the headers that say that nothing is written', async () => {
    expect(await send({ type: V2, body: Buffer.from('hello') })).toMatchObject({ statusCode: 400, headers: written(0) });
  });

  it('in part is taken in part, and told how much and why', async () => {
    const series: Series[] = [
      counter(5),
      { labels: [['pod', 'a']], samples: [{ value: 1, timestamp: NOON_MS }] },
      counter(6, NOON_MS - 600_001, [['pod', 'b']]),
      counter(6, NOON_MS + 600_001, [['pod', 'c']]),
      { ...counter(6), labels: [...counter(6).labels, ['pod', 'd'], ['pod', 'e']] },
    ];
    const answer = await send({ type: V2, body: bodyOf(V2, series) });
    expect(answer).toMatchObject({ statusCode: 400, headers: written(1) });
    expect(answer.body).toBe(
      'Not taken: 1 samples: their series have no metric name (__name__); 1 samples: their series have a label twice; ' +
        '1 samples: they are older than signals.remoteWrite.outOfOrder allows; ' +
        '1 samples: they are more than 10 minutes in the future: compare the clocks. Written: 1 samples.\n',
    );
    expect(await stored()).toEqual([5]);
    expect(await send({ type: V1, body: bodyOf(V1, series) })).toMatchObject({ statusCode: 400, headers: {} });
  });

  it('with more series than are kept is told how many were not, and which demand to narrow', async () => {
    const series = Array.from({ length: 503 }, (_, index) => counter(index, NOON_MS, [['pod', `p${index}`]]));
    const answer = await send({ type: V2, body: bodyOf(V2, series) });
    expect(answer).toMatchObject({ statusCode: 400, headers: written(500) });
    expect(answer.body).toContain(
      '3 samples: more than 500 series fall under one demand.remoteWrite of a workload in a minute (narrow ["vllm:request_success_total"',
    );
    const rollups = await stores.rollups.read(SELECTOR, 0, NOON_MS + 60_000);
    expect(readRollup(rollups, NOON_MS, 'last')).toEqual({ kind: 'absent', why: 'too-many-series' });
  });
});

describe('a store that fails', () => {
  it.each([
    ['busy', new StoreBusyError('too many write at once')],
    ['unreachable', new Error('connect ECONNREFUSED')],
  ])('%s: nothing is acknowledged, and the sender is to come again', async (_, error) => {
    const rollups = { ...stores.rollups, merge: async () => Promise.reject(error) };
    const answer = await send({ type: V2, body: bodyOf(V2, [counter(5)]) }, { stores: { ...stores, rollups } });
    expect(answer).toMatchObject({ statusCode: 503, headers: { ...written(0), 'retry-after': '5' } });
    expect(answer.body).not.toContain(error.message);
    expect(lines).toMatchObject([{ level: 'error', message: error.message }]);
  });
});

it('asks for no token where AWS has checked the signature', async () => {
  const answer = await send(
    { headers: { authorization: 'AWS4-HMAC-SHA256 Credential=x' }, body: bodyOf(V1, [counter(5)]) },
    { readToken: async () => undefined },
  );
  expect(answer.statusCode).toBe(204);
});
