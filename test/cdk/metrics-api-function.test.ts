import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MetricsApiEnvironment } from '../../lambda/functions/metrics-api/contract.ts';
import { resourcesOf, synthesize, writeFiles } from './synthesize.ts';

const file = (metricsApi: string, delivery = 'metricsApi') => `
clusters: [{ name: prod-use1, region: us-east-1 }, { name: dev, kubeconfig: { context: dev } }]
workloads:
  - { name: chat, cluster: prod-use1, target: { kind: ScaledObject, namespace: inference, name: chat }, delivery: ${delivery} }
  - { name: local, cluster: dev, target: { kind: ScaledObject, namespace: inference, name: local }, delivery: metricsApi }
${metricsApi}
`;
const SECRET = 'metricsApi: { bearerSecret: foretide/metrics-api }';
const pathOf = (text: string) => join(writeFiles({ 'foretide.yaml': text }), 'foretide.yaml');

const Policy = z.object({ Statement: z.array(z.object({ Action: z.union([z.string(), z.array(z.string())]), Resource: z.unknown() })) });

describe('the endpoint of published floors', () => {
  const synthesized = synthesize(pathOf(file(SECRET)));

  it('is a function with a URL that leaves the token to the function, and gets what its contract reads', () => {
    const [fn, ...others] = resourcesOf(synthesized, 'AWS::Lambda::Function').filter(({ Properties }) =>
      JSON.stringify(Properties.Environment).includes('TOKEN_SECRET'),
    );
    expect(others).toEqual([]);
    const { Variables } = z.object({ Variables: z.record(z.string(), z.unknown()) }).parse(fn?.Properties.Environment);
    expect(Object.keys(Variables).toSorted()).toEqual([...Object.keys(MetricsApiEnvironment.shape), 'NODE_OPTIONS'].toSorted());
    expect(Variables.TOKEN_SECRET).toBe('foretide/metrics-api');
    expect(resourcesOf(synthesized, 'AWS::Lambda::Url').map(({ Properties }) => Properties.AuthType)).toEqual(['NONE']);
    synthesized.templates.get('Foretide-us-east-1')?.hasOutput('MetricsApiUrl', {});
  });

  it('may read the table, the secret and nothing else, and writes nothing but its log', () => {
    const [policy, ...others] = resourcesOf(synthesized, 'AWS::IAM::Policy').filter(({ Properties }) =>
      JSON.stringify(Properties.Roles).includes('MetricsApiRole'),
    );
    expect(others).toEqual([]);
    const { Statement } = Policy.parse(policy?.Properties.PolicyDocument);
    expect(Statement.flatMap(({ Action }) => Action).toSorted()).toEqual([
      'dynamodb:GetItem',
      'dynamodb:Query',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'secretsmanager:GetSecretValue',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
    const secret = Statement.find(({ Action }) => Action === 'secretsmanager:GetSecretValue');
    expect(JSON.stringify(secret?.Resource)).toContain(':secret:foretide/metrics-api-??????');
  });

  it('is deployed only where a deployed cluster needs it', () => {
    expect(resourcesOf(synthesize(pathOf(file(SECRET, 'patch'))), 'AWS::Lambda::Url')).toEqual([]);
  });

  it('needs the name of its token', () => {
    expect(() => synthesize(pathOf(file('')))).toThrow(/workload chat are published .* metricsApi\.bearerSecret is missing/);
  });
});

it('packs a handler that Node 24 loads and that answers without AWS what needs no AWS', async () => {
  const { outdir } = synthesize(pathOf(file(SECRET)), { bundling: true });
  const asset = readdirSync(outdir)
    .filter((name) => name.startsWith('asset.'))
    .map((name) => join(outdir, name))
    .find((folder) => readFileSync(join(folder, 'index.mjs'), 'utf8').includes('TOKEN_SECRET'));
  expect(asset).toBeDefined();
  const script = `
    const { handler } = await import(${JSON.stringify(pathToFileURL(join(asset ?? '', 'index.mjs')).href)});
    console.log((await handler({ rawPath: '/floor/a/b/c', requestContext: { http: { method: 'DELETE' } } })).statusCode);
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env: {} });
  expect(stdout).toBe('405\n');
});
