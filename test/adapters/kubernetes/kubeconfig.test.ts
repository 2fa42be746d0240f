import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { connectByKubeconfig, connectByKubeconfigText } from '../../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { KubeconfigError } from '../../../lambda/adapters/kubernetes/kubeconfig-file.ts';
import { makeKubernetesCluster } from '../../../lambda/adapters/kubernetes/kubernetes-cluster.ts';
import { answer, answerStatus, type ScriptedApi, startScriptedApi } from '../../fakes/scripted-api-server.ts';
import { CHAT, scaledObject } from './samples.ts';

let folder = '';
let api: ScriptedApi;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'foretide-kubeconfig-'));
  api = await startScriptedApi([answer(200, scaledObject('chat')), answer(200, scaledObject('chat'))]);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
  await api.close();
});

function kubeconfig(user: object = { token: 'the-token' }, server = api.url, cluster: object = {}) {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'dev',
    clusters: [{ name: 'one', cluster: { server, ...cluster } }],
    users: [{ name: 'me', user }],
    contexts: [
      { name: 'dev', context: { cluster: 'one', user: 'me' } },
      { name: 'anonymous', context: { cluster: 'one' } },
      { name: 'no-cluster', context: { cluster: 'two', user: 'me' } },
      { name: 'no-user', context: { cluster: 'one', user: 'you' } },
    ],
  });
}

function save(text: string) {
  const path = join(folder, 'config');
  writeFileSync(path, text);
  return path;
}

describe('connectByKubeconfig', () => {
  it.each([
    ['a token', { token: 'the-token' }, 'Bearer the-token'],
    ['a name and a password', { username: 'u', password: 'p' }, 'Basic dTpw'],
  ])('sends %s', async (_name, user, authorization) => {
    const connection = connectByKubeconfig({ path: save(kubeconfig(user)) });
    const cluster = makeKubernetesCluster({ name: 'main', connection });
    expect(await cluster.readTarget(CHAT)).toMatchObject({ ref: CHAT });
    expect(api.requests[0]?.headers.authorization).toBe(authorization);
    await connection.close();
  });

  it('impersonates', async () => {
    const connection = connectByKubeconfigText(kubeconfig({ token: 't', as: 'system:serviceaccount:foretide:writer' }));
    await makeKubernetesCluster({ name: 'main', connection }).readTarget(CHAT);
    expect(api.requests[0]?.headers['impersonate-user']).toBe('system:serviceaccount:foretide:writer');
    await connection.close();
  });

  it('takes the named context', async () => {
    const connection = connectByKubeconfigText(kubeconfig(), 'anonymous');
    await makeKubernetesCluster({ name: 'main', connection }).readTarget(CHAT);
    expect(api.requests[0]?.headers.authorization).toBeUndefined();
    await connection.close();
  });

  it('reads the file that KUBECONFIG names', async () => {
    vi.stubEnv('KUBECONFIG', save(kubeconfig()));
    const connection = connectByKubeconfig();
    expect((await connection.open()).server).toBe(api.url);
    await connection.close();
  });

  it('keeps its agent, and runs a credential plugin once for many requests', async () => {
    const log = join(folder, 'runs');
    const script = `require('fs').appendFileSync(${JSON.stringify(log)}, 'x');console.log(JSON.stringify({status:{token:'made-'+require('fs').readFileSync(${JSON.stringify(log)}).length}}))`;
    const connection = connectByKubeconfigText(
      kubeconfig({ exec: { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: ['-e', script] } }),
    );
    const opened = await Promise.all([connection.open(), connection.open()]);
    opened.push(await connection.open());
    expect(opened.map(({ headers }) => headers.Authorization)).toEqual(['Bearer made-1', 'Bearer made-1', 'Bearer made-1']);
    expect(new Set(opened.map(({ dispatcher }) => dispatcher)).size).toBe(1);
    connection.renew('unreachable');
    expect((await connection.open()).headers.Authorization).toBe('Bearer made-1');
    connection.renew('rejected');
    expect((await connection.open()).headers.Authorization).toBe('Bearer made-2');
    await connection.close();
  });

  it.each([
    ['fails', "console.error('please log in, Bearer abc123');process.exit(1)", 'please log in, [secret]'],
    ['prints no JSON', "console.log('the-secret-token')", 'its credential plugin did not print JSON'],
  ])('says that a credential plugin %s', async (_name, script, why) => {
    const connection = connectByKubeconfigText(kubeconfig({ exec: { command: process.execPath, args: ['-e', script] } }));
    const error = await makeKubernetesCluster({ name: 'main', connection })
      .readTarget(CHAT)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'forbidden', message: `No credentials for user me of the kubeconfig's cluster one: ${why}` });
    expect(error).not.toHaveProperty('cause');
  });

  it('asks a plugin again when the API server rejects its token', async () => {
    await api.close();
    api = await startScriptedApi([answerStatus(401, 'Unauthorized', 'Unauthorized'), answer(200, scaledObject('chat'))]);
    const script = "console.log(JSON.stringify({status:{token:'pid-'+process.pid}}))";
    const connection = connectByKubeconfigText(kubeconfig({ exec: { command: process.execPath, args: ['-e', script] } }));
    await makeKubernetesCluster({ name: 'main', connection }).readTarget(CHAT);
    const [first, second] = api.requests.map(({ headers }) => headers.authorization);
    expect(first).toMatch(/^Bearer pid-\d+$/);
    expect(second).toMatch(/^Bearer pid-\d+$/);
    expect(second).not.toBe(first);
    await connection.close();
  });
});

describe('a kubeconfig that is no use', () => {
  const refusal = (act: () => unknown): string => {
    try {
      act();
    } catch (error) {
      if (error instanceof KubeconfigError) return error.message;
      throw error;
    }
    throw new Error('It was not refused');
  };

  it.each([
    ['an unknown context', 'prod', 'the given kubeconfig has no context prod: it has dev, anonymous, no-cluster, no-user'],
    ['a context without its cluster', 'no-cluster', 'the given kubeconfig: context no-cluster names cluster two, which is not in the file'],
    ['a context without its user', 'no-user', 'the given kubeconfig: context no-user names user you, which is not in the file'],
  ])('names %s', (_name, context, message) => {
    expect(refusal(() => connectByKubeconfigText(kubeconfig(), context))).toContain(message);
  });

  it.each([
    ['nothing', '', 'the given kubeconfig is no usable kubeconfig: '],
    ['some text', 'some text', 'the given kubeconfig has no current-context, so a context must be named: it has no contexts'],
    ['broken YAML', 'users: [{name: u, user: {token: s3cret}}, {\n', 'the given kubeconfig is no usable kubeconfig: '],
    [
      'a cluster without a server',
      'clusters: [{name: a, cluster: {}}]',
      'the given kubeconfig is no usable kubeconfig: clusters[0].cluster.server is missing',
    ],
  ])('explains %s, without quoting it', (_name, text, message) => {
    const said = refusal(() => connectByKubeconfigText(text));
    expect(said).toContain(message);
    expect(said).not.toContain('s3cret');
  });

  it.each([
    [
      'plain http to another machine',
      'http://10.0.0.1:8080',
      {},
      'plain-http server http://10.0.0.1:8080; use https, or say insecure-skip-tls-verify: true',
    ],
    ['no URL', 'api.example.com', {}, 'cluster one has the server api.example.com, which is no http(s) URL'],
  ])('refuses %s', (_name, server, cluster, message) => {
    expect(refusal(() => connectByKubeconfigText(kubeconfig({}, server, cluster)))).toContain(message);
  });

  it('lets the user insist on plain http', async () => {
    const connection = connectByKubeconfigText(kubeconfig({}, 'http://10.0.0.1:8080', { 'insecure-skip-tls-verify': true }));
    expect((await connection.open()).server).toBe('http://10.0.0.1:8080');
    await connection.close();
  });

  it('names a file that does not exist or is too large', () => {
    const missing = join(folder, 'none');
    expect(refusal(() => connectByKubeconfig({ path: missing }))).toContain(`${missing}: there is no such kubeconfig`);
    const large = save('');
    truncateSync(large, 5_000_000);
    expect(refusal(() => connectByKubeconfig({ path: large }))).toContain(`${large} has 5000000 bytes; a kubeconfig has at most 4194304`);
  });

  it('says that there is none', () => {
    vi.stubEnv('KUBECONFIG', '');
    vi.stubEnv('HOME', folder);
    expect(refusal(() => connectByKubeconfig())).toContain(
      'There is no kubeconfig: KUBECONFIG is not set and ~/.kube/config does not exist',
    );
  });
});
