import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { makeDynamoStores } from '../../../lambda/adapters/aws/dynamo-stores.ts';
import { PRESCALE_ACTIONS, TICK_METRICS } from '../../../lambda/functions/prescale/contract.ts';
import { handler } from '../../../lambda/functions/prescale/handler.ts';
import { type DynamoServer, startDynamoServer } from '../../fakes/dynamo-server.ts';
import { listen, type RunningServer, readBody, serveHttp } from '../../fakes/http-server.ts';
import { makeCertificate } from '../../fakes/self-signed-certificate.ts';
import { type SnsServer, startSnsServer } from '../../fakes/sns-server.ts';

const ALERTS = 'arn:aws:sns:us-east-1:111122223333:alerts';
const PAGER = 'arn:aws:sns:us-east-1:111122223333:pager';

const CONFIGURATION = `
clusters: [{ name: prod-use1, region: us-east-1 }, { name: dev, kubeconfig: { context: dev } }]
workloads:
  - { name: chat, cluster: prod-use1, target: { kind: ScaledObject, namespace: inference, name: chat }, bounds: { min: 2, max: 40 } }
  - { name: gone, cluster: prod-use1, target: { kind: ScaledObject, namespace: inference, name: gone } }
calendar:
  sources: [{ file: events.yaml }, { table: true }]
notifications: { pager: { snsTopicArn: "${PAGER}" } }
`;
const CALENDAR = 'events: [{ name: the-decade, workloads: [chat], start: 2020-01-01T00:00Z, end: 2100-01-01T00:00Z, floor: 12 }]\n';
/** In the calendar table. It runs whenever this test does: the exported handler reads the real clock. */
const CENTURY = { name: 'the-century', workloads: ['chat'], start: '2020-01-01T00:00Z', end: '2100-01-01T00:00Z', floor: 24 };

const Spec = z.object({ minReplicaCount: z.number(), maxReplicaCount: z.number() });
const Patch = z.object({ metadata: z.object({ annotations: z.record(z.string(), z.string().nullable()) }), spec: Spec });

/** An API server with one ScaledObject, behind TLS as EKS has it. */
async function startApiServer({ key, cert }: { readonly key: string; readonly cert: string }) {
  const requests: string[] = [];
  let chat = {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: {
      namespace: 'inference',
      name: 'chat',
      uid: 'uid-chat',
      resourceVersion: '7',
      annotations: {} as Record<string, string | null>,
    },
    spec: { scaleTargetRef: { name: 'chat' }, minReplicaCount: 2, maxReplicaCount: 40, triggers: [{ type: 'cron', metadata: {} }] },
  };
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await readBody(request);
    const { pathname } = new URL(request.url ?? '/', 'https://127.0.0.1');
    requests.push(`${request.method} ${pathname}`);
    const answer = (status: number, json: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
    if (!request.headers.authorization?.startsWith('Bearer k8s-aws-v1.'))
      return answer(401, { kind: 'Status', code: 401, message: 'Unauthorized' });
    if (request.method === 'GET' && pathname.endsWith('/scaledobjects')) return answer(200, { kind: 'List', metadata: {}, items: [chat] });
    if (request.method === 'GET' && pathname.endsWith('/deployments/chat')) {
      const replicas = chat.spec.minReplicaCount;
      return answer(200, {
        kind: 'Deployment',
        spec: { replicas, selector: { matchLabels: { app: 'chat' } } },
        status: { readyReplicas: replicas },
      });
    }
    if (request.method === 'GET') return answer(200, { kind: 'List', metadata: {}, items: [] });
    const { metadata, spec } = Patch.parse(JSON.parse(body));
    const annotations = { ...chat.metadata.annotations, ...metadata.annotations };
    chat = { ...chat, metadata: { ...chat.metadata, resourceVersion: '8', annotations }, spec: { ...chat.spec, ...spec } };
    return answer(200, chat);
  };
  const server = createServer({ key, cert }, (request, response) => {
    respond(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))));
  });
  return { ...(await listen(server)), requests, chat: () => chat };
}

type Json = Record<string, unknown>;

describe('the exported handler', () => {
  const directory = mkdtempSync(join(tmpdir(), 'foretide-handler-'));
  let dynamo: DynamoServer;
  let sns: SnsServer;
  let eks: RunningServer;
  let api: Awaited<ReturnType<typeof startApiServer>>;
  let lines: Json[] = [];

  beforeAll(async () => {
    writeFileSync(join(directory, 'foretide.yaml'), CONFIGURATION);
    writeFileSync(join(directory, 'events.yaml'), CALENDAR);
    const certificate = makeCertificate();
    api = await startApiServer(certificate);
    dynamo = await startDynamoServer();
    await dynamo.createTable('state');
    const { calendar } = makeDynamoStores({ client: dynamo.client, tableName: 'state' });
    await calendar.putEntry({ event: CENTURY, person: 'ada', writtenAtMs: 0 }, undefined);
    dynamo.operations.length = 0;
    sns = await startSnsServer();
    eks = await serveHttp((_, response) => {
      const cluster = {
        name: 'prod-use1',
        status: 'ACTIVE',
        endpoint: api.url.replace('http:', 'https:'),
        certificateAuthority: { data: Buffer.from(certificate.cert).toString('base64') },
      };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ cluster }));
    });
    const variables = {
      CONFIG_FILE: join(directory, 'foretide.yaml'),
      TABLE_NAME: 'state',
      ALERTS_TOPIC_ARN: ALERTS,
      LOG_LEVEL: 'info',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
      AWS_ENDPOINT_URL_SNS: sns.url,
      AWS_ENDPOINT_URL_EKS: eks.url,
    };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  });

  beforeEach(() => {
    lines = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      for (const line of String(chunk).split('\n')) if (line.startsWith('{')) lines.push(JSON.parse(line) as Json);
      return true;
    });
    return () => vi.restoreAllMocks();
  });

  afterAll(async () => {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true, force: true });
    await Promise.all([dynamo, sns, eks, api].map((server) => server.close()));
  });

  it('decides without writing in a dry run', async () => {
    const report = await handler({ cluster: 'prod-use1', dryRun: true }, { awsRequestId: 'r-dry' });
    expect(report.outcomes.find(({ target }) => target.name === 'chat')).toMatchObject({
      kind: 'set',
      applied: 'dry-run',
      to: { min: 24, max: 40 },
    });
    expect(api.chat().spec.minReplicaCount).toBe(2);
    expect(sns.requests).toEqual([]);
    expect(dynamo.operations.filter((operation) => /^(Put|Update|Delete|Batch|Transact)/.test(operation))).toEqual([]);
  });

  it('raises the floor, keeps the baseline, pages for what is missing, and tells of it', async () => {
    await handler({ cluster: 'prod-use1', scheduledTime: '2026-11-30T13:45:00Z' }, { awsRequestId: 'r-1' });
    expect(api.chat().spec).toMatchObject({ minReplicaCount: 24, maxReplicaCount: 40 });
    expect(api.chat().metadata.annotations['foretide/baseline']).toContain('2');
    expect(sns.requests.map((request) => request.get('TopicArn')).toSorted()).toEqual([ALERTS, PAGER]);
    expect(lines.find(({ kind, target }) => kind === 'decision' && target === 'ScaledObject/inference/chat')).toMatchObject({
      level: 'info',
      decision: 'set',
      applied: 'done',
      to: { min: 24, max: 40 },
      requestId: 'r-1',
    });
  });

  it('does nothing more at the next tick, and says so in the metrics that the alarms look at', async () => {
    const before = api.requests.length;
    await handler({ cluster: 'prod-use1' }, { awsRequestId: 'r-2' });
    expect(api.requests.slice(before).filter((request) => !request.startsWith('GET '))).toEqual([]);
    expect(sns.requests).toHaveLength(2);
    const { namespace, dimensions, ticks, useCase } = TICK_METRICS;
    expect(lines.at(-1)).toMatchObject({
      kind: 'tick',
      [dimensions.cluster]: 'prod-use1',
      [dimensions.useCase]: useCase,
      [ticks]: 1,
      TickFailures: 0,
      TargetsSet: 0,
      _aws: { CloudWatchMetrics: [{ Namespace: namespace, Dimensions: [[dimensions.cluster, dimensions.useCase]] }] },
    });
  });

  it('fails when a notification can not be handed over, after the rest is done', async () => {
    // More than max: there is something new to tell.
    writeFileSync(join(directory, 'events.yaml'), CALENDAR.replace('floor: 12', 'floor: { times: 50 }'));
    sns.refuseWith('AuthorizationError');
    await expect(handler({ cluster: 'prod-use1' }, { awsRequestId: 'r-3' })).rejects.toThrow(/steps failed/);
    expect(lines.at(-1)).toMatchObject({ message: 'tick failed', TickFailures: 1, Ticks: 1 });
  });

  it('asks nothing of the table that its contract does not list', () => {
    const listed = PRESCALE_ACTIONS.map(({ action }) => action);
    // A transaction is allowed by its parts: it checks the lease, puts and deletes.
    const allowedBy = (operation: string) =>
      operation === 'TransactWriteItems'
        ? ['dynamodb:ConditionCheckItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem']
        : [`dynamodb:${operation}`];
    const used = new Set(
      dynamo.operations.filter((operation) => operation !== 'CreateTable' && operation !== 'DescribeTable').flatMap(allowedBy),
    );
    expect(used.size).toBeGreaterThan(4);
    for (const action of used) expect(listed).toContain(action);
  });

  it.each([
    [{ cluster: 'staging' }, /no cluster is named staging; .* has prod-use1, dev/],
    [{}, /^event: .*cluster/s],
    [{ cluster: 'prod-use1', clutser: 1 }, /^event: .*clutser/s],
    [{ cluster: 'dev' }, /cluster dev is not an EKS cluster of the configuration/],
  ])('refuses %j', async (event, message) => {
    await expect(handler(event, { awsRequestId: 'r-4' })).rejects.toThrow(message);
  });
});
