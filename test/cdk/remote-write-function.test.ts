import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { REMOTE_WRITE_ACTIONS, RemoteWriteEnvironment } from '../../lambda/functions/remote-write/contract.ts';
import { resourcesOf, type Synthesized, synthesize, writeFiles } from './synthesize.ts';

const file = (signals: string) => `
clusters: [{ name: prod-use1, region: us-east-1 }]
workloads:
  - name: vision
    target: { kind: ScaledObject, namespace: inference, name: detector }
    demand: { remoteWrite: { metric: "vllm:request_success_total" } }
${signals}
`;
const BEARER = 'signals: { remoteWrite: { bearerSecret: foretide/remote-write } }';
const SIGNED = 'signals: { remoteWrite: {} }';
const pathOf = (text: string) => join(writeFiles({ 'foretide.yaml': text }), 'foretide.yaml');
const Policy = z.object({ Statement: z.array(z.object({ Action: z.union([z.string(), z.array(z.string())]), Resource: z.unknown() })) });

function variablesOf(synthesized: Synthesized): Record<string, unknown> {
  const [fn, ...others] = resourcesOf(synthesized, 'AWS::Lambda::Function').filter(({ Properties }) =>
    JSON.stringify(Properties.Environment).includes('AUTHENTICATION'),
  );
  expect(others).toEqual([]);
  return z.object({ Variables: z.record(z.string(), z.unknown()) }).parse(fn?.Properties.Environment).Variables;
}

function actionsOf(synthesized: Synthesized): string[] {
  const policies = resourcesOf(synthesized, 'AWS::IAM::Policy').filter(({ Properties }) =>
    JSON.stringify(Properties.Roles).includes('RemoteWriteRole'),
  );
  return policies
    .flatMap(({ Properties }) => Policy.parse(Properties.PolicyDocument).Statement)
    .flatMap(({ Action }) => Action)
    .toSorted();
}

const urlsOf = (synthesized: Synthesized) => resourcesOf(synthesized, 'AWS::Lambda::Url').map(({ Properties }) => Properties.AuthType);

describe('the remote-write receiver', () => {
  it('with a bearer token has a URL that leaves the token to the function, and may do what its contract lists', () => {
    const synthesized = synthesize(pathOf(file(BEARER)));
    const variables = variablesOf(synthesized);
    expect(Object.keys(variables).toSorted()).toEqual([...Object.keys(RemoteWriteEnvironment.shape), 'NODE_OPTIONS'].toSorted());
    expect(variables).toMatchObject({ AUTHENTICATION: 'bearer', TOKEN_SECRET: 'foretide/remote-write' });
    expect(urlsOf(synthesized)).toEqual(['NONE']);
    expect(actionsOf(synthesized)).toEqual(REMOTE_WRITE_ACTIONS.map(({ action }) => action).toSorted());
    synthesized.templates.get('Foretide-us-east-1')?.hasOutput('RemoteWriteUrl', {});
  });

  it('without one has a URL that only signed requests pass, and reads no secret', () => {
    const synthesized = synthesize(pathOf(file(SIGNED)));
    expect(variablesOf(synthesized)).toMatchObject({ AUTHENTICATION: 'aws-iam', TOKEN_SECRET: '' });
    expect(urlsOf(synthesized)).toEqual(['AWS_IAM']);
    expect(actionsOf(synthesized)).not.toContain('secretsmanager:GetSecretValue');
  });

  it('is deployed only where it is configured', () => {
    expect(urlsOf(synthesize(pathOf(file(''))))).toEqual([]);
  });
});

it('packs a handler that Node 24 loads, and that answers without AWS what needs no AWS', async () => {
  const { outdir } = synthesize(pathOf(file(SIGNED)), { bundling: true });
  const asset = readdirSync(outdir)
    .filter((name) => name.startsWith('asset.'))
    .map((name) => join(outdir, name))
    .find((folder) => readFileSync(join(folder, 'index.mjs'), 'utf8').includes('AUTHENTICATION'));
  const script = `
    const { handler } = await import(${JSON.stringify(pathToFileURL(join(asset ?? '', 'index.mjs')).href)});
    const event = (method, headers) => ({ headers, requestContext: { http: { method } }, body: Buffer.from('sNaPpY').toString('base64'), isBase64Encoded: true });
    const typed = (type) => ({ 'content-type': type, 'content-encoding': 'snappy' });
    const answers = [await handler(event('GET', {})), await handler(event('POST', typed('text/plain'))), await handler(event('POST', typed('application/x-protobuf')))];
    console.log(answers.map(({ statusCode }) => statusCode).filter(Boolean).join(' '));
  `;
  const env = { CONFIG_FILE: 'foretide.yaml', TABLE_NAME: 't', AUTHENTICATION: 'aws-iam', TOKEN_SECRET: '', AWS_REGION: 'us-east-1' };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env });
  expect(stdout.trim().split('\n').at(-1)).toBe('405 415 400');
});
