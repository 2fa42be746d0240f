import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { makeDynamoStores } from '../../../lambda/adapters/aws/dynamo-stores.ts';
import { saveBases } from '../../../lambda/app/publish.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import { resolveWorkloads } from '../../../lambda/core/config/resolve-workloads.ts';
import { situate } from '../../../lambda/core/prescale/situation.ts';
import { METRICS_API_ACTIONS } from '../../../lambda/functions/metrics-api/contract.ts';
import { handler } from '../../../lambda/functions/metrics-api/handler.ts';
import { CHAT, floor, observed } from '../../core/compose/fixtures.ts';
import { type DynamoServer, startDynamoServer } from '../../fakes/dynamo-server.ts';
import { type RunningServer, readBody, serveHttp } from '../../fakes/http-server.ts';

const TOKEN = 'a-token-from-secrets-manager';
const CONFIGURATION = stringify({
  clusters: [{ name: 'prod', region: 'us-east-1' }],
  workloads: [{ name: 'chat', target: { kind: 'ScaledObject', namespace: 'inference', name: 'llama-8b' }, delivery: 'metricsApi' }],
  metricsApi: { bearerSecret: 'foretide/metrics-api' },
});
const PATH = '/floor/prod/inference/llama-8b';

function request(path = PATH, authorization = `Bearer ${TOKEN}`, method = 'GET') {
  return { version: '2.0', rawPath: path, headers: { authorization, host: 'abc.lambda-url' }, requestContext: { http: { method } } };
}

describe('the exported handler', () => {
  const directory = mkdtempSync(join(tmpdir(), 'foretide-metrics-api-'));
  let dynamo: DynamoServer;
  let secrets: RunningServer;
  const asked: string[] = [];
  let printed = '';

  beforeAll(async () => {
    writeFileSync(join(directory, 'foretide.yaml'), CONFIGURATION);
    dynamo = await startDynamoServer();
    await dynamo.createTable('state');
    secrets = await serveHttp((incoming, response) => {
      const answer = async () => {
        asked.push(await readBody(incoming));
        response
          .writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
          .end(JSON.stringify({ Name: 'foretide/metrics-api', SecretString: `${TOKEN}\n` }));
      };
      answer().catch((error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))));
    });
    const variables = {
      CONFIG_FILE: join(directory, 'foretide.yaml'),
      TABLE_NAME: 'state',
      TOKEN_SECRET: 'foretide/metrics-api',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  });

  beforeEach(() => {
    printed = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      printed += String(chunk);
      return true;
    });
    return () => {
      vi.useRealTimers();
      vi.restoreAllMocks();
    };
  });

  afterAll(async () => {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true, force: true });
    await Promise.all([dynamo, secrets].map((server) => server.close()));
  });

  it('does not know before a tick has seen the cluster', async () => {
    expect(await handler(request())).toMatchObject({ statusCode: 503, body: '{"error":"no tick has seen this cluster yet"}\n' });
  });

  it('answers with the floor of the table, by the token of Secrets Manager, which it asks for once', async () => {
    const { states } = makeDynamoStores({ client: dynamo.client, tableName: 'state' });
    const nowMs = Date.now();
    const { config } = parseConfig(CONFIGURATION, 'foretide.yaml');
    const situations = situate(resolveWorkloads(config), { targets: [observed()], states: [], occurrences: [], intents: [] });
    await saveBases(states, 'prod', situations, undefined, nowMs);
    await states.saveIntents('prescale', CHAT, [floor(12, 'prescale', { untilMs: nowMs + 3_600_000 })]);
    dynamo.operations.length = 0;
    // What the request before had read is kept for five seconds.
    vi.useFakeTimers({ toFake: ['Date'], now: nowMs + 6_000 });

    const answer = await handler(request());
    expect(answer).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json; charset=utf-8' } });
    expect(JSON.parse(answer.body)).toMatchObject({ foretide_value: 12.101, floor: 12, event: 'black-friday' });
    expect(dynamo.operations.toSorted()).toEqual(['GetItem', 'Query']);
    // Whoever asks within the same seconds shares what was read.
    expect((await handler(request())).body).toBe(answer.body);
    expect(dynamo.operations).toHaveLength(2);
    expect(asked).toEqual(['{"SecretId":"foretide/metrics-api"}']);
    const granted = METRICS_API_ACTIONS.map(({ action }) => action as string);
    expect([...new Set(dynamo.operations)].map((operation) => `dynamodb:${operation}`).filter((one) => !granted.includes(one))).toEqual([]);
  });

  it.each([
    [401, request(PATH, 'Bearer another-token')],
    [401, request(PATH, '')],
    [404, request('/floor/prod/inference/nobody')],
    [405, request(PATH, `Bearer ${TOKEN}`, 'POST')],
  ])('answers %i', async (status, event) => {
    dynamo.operations.length = 0;
    expect((await handler(event)).statusCode).toBe(status);
    // Whoever has no token costs no read.
    expect(dynamo.operations).toEqual([]);
  });

  it('answers 503 while the table does not, and logs no token', async () => {
    const broken = () => ({ status: 400, body: { __type: 'com.amazonaws.dynamodb.v20120810#AccessDeniedException', message: 'no' } });
    dynamo.interceptNext('GetItem', broken);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 20_000 });
    expect((await handler(request())).statusCode).toBe(503);
    expect(printed).toContain('could not be read');
    expect(printed).not.toContain(TOKEN);
  });

  it('refuses what is no request of a Function URL', async () => {
    await expect(handler({ Records: [] })).rejects.toThrow();
  });
});
