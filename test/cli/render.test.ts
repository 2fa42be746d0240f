import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { startTwin, type Twin } from '../../sim/twin.ts';
import { runCli } from './run-cli.ts';

const NOW = Date.parse('2026-11-27T12:00:00Z');
const CONFIG = `
clusters: [{ name: dev, kubeconfig: { context: dev } }]
workloads:
  - { name: chat, target: { kind: ScaledObject, namespace: inference, name: llama } }
  - { name: plain, target: { kind: ScaledObject, namespace: inference, name: plain } }
calendar:
  events: [{ name: launch, workloads: [chat, plain], start: 2026-11-27T20:00Z, duration: 1h, floor: 6 }]
`;

let directory: string;
let twin: Twin;
let common: string[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'foretide-render-'));
  twin = await startTwin({ seed: 'render', startMs: NOW });
  for (const name of ['llama', 'plain']) {
    twin.addWorkload({
      namespace: 'inference',
      name,
      minReplicas: 2,
      maxReplicas: 20,
      gpusPerReplica: 1,
      capacityPerReplicaPerMinute: 100,
      startupMedianMs: 60_000,
    });
  }
  await writeFile(join(directory, 'foretide.yaml'), CONFIG);
  await writeFile(join(directory, 'kubeconfig'), twin.kubeconfig());
  common = ['--config', join(directory, 'foretide.yaml'), '--kubeconfig', join(directory, 'kubeconfig')];
});
afterEach(async () => {
  await twin.stop();
  await rm(directory, { recursive: true });
});

/** Applies the ScaledObject llama as a GitOps controller does. */
async function applyAs(manager: string, metadata: object, spec: object): Promise<void> {
  const response = await fetch(
    `${twin.url}/apis/keda.sh/v1alpha1/namespaces/inference/scaledobjects/llama?fieldManager=${manager}&force=true`,
    {
      method: 'PATCH',
      headers: { 'content-type': 'application/apply-patch+yaml', authorization: `Bearer ${twin.token}` },
      body: JSON.stringify({
        apiVersion: 'keda.sh/v1alpha1',
        kind: 'ScaledObject',
        metadata: { namespace: 'inference', name: 'llama', ...metadata },
        spec,
      }),
    },
  );
  expect(response.status).toBe(200);
}

describe('foretide render gitops', () => {
  it('prints what Flux has to be told of the very object, as YAML', async () => {
    const labels = { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' };
    await applyAs('kustomize-controller', { labels }, { minReplicaCount: 2, scaleTargetRef: { name: 'llama' } });
    const { exitCode, out } = await runCli(['render', 'gitops', ...common], NOW);
    expect(exitCode).toBe(0);
    expect(out).toContain(
      '# chat: ScaledObject inference/llama belongs to Flux (Kustomization flux-system/apps), which declares minReplicaCount',
    );
    expect(out).toContain('# plain: ScaledObject inference/plain shows no sign of Argo CD or Flux');
    const [snippet] = parseAllDocuments(out).map((document) => document.toJS() as unknown);
    expect(snippet).toMatchObject({
      kind: 'Kustomization',
      metadata: { name: 'apps', namespace: 'flux-system' },
      spec: { ignore: [{ paths: ['/spec/minReplicaCount'], target: { kind: 'ScaledObject', name: 'llama' } }] },
    });
  });

  it('prints what Argo CD has to be told, for machines too', async () => {
    const annotations = { 'argocd.argoproj.io/tracking-id': 'shop:keda.sh/ScaledObject:inference/llama' };
    await applyAs('argocd-controller', { annotations }, { maxReplicaCount: 20 });
    const { out } = await runCli(['render', 'gitops', '--workload', 'chat', '--json', ...common], NOW);
    const [found] = JSON.parse(out);
    expect(found).toMatchObject({
      workload: 'chat',
      cluster: 'dev',
      exists: true,
      owner: { tool: 'argocd', name: 'shop' },
      declares: ['max'],
    });
    expect(parse(found.snippet)).toMatchObject({
      kind: 'Application',
      spec: { syncPolicy: { syncOptions: ['RespectIgnoreDifferences=true'] } },
    });
  });

  it('takes the word of the configuration, and says what does not exist', async () => {
    await writeFile(
      join(directory, 'foretide.yaml'),
      CONFIG.replace('context: dev } }', 'context: dev }, gitops: argocd }').replace('name: plain }', 'name: gone }'),
    );
    const { exitCode, out } = await runCli(['render', 'gitops', ...common], NOW);
    expect(exitCode).toBe(1);
    expect(out).toContain('kind: Application\nmetadata:\n  name: NAME');
    expect(out).toContain('inference/gone does not exist');
  });

  it('names who declares min in the status', async () => {
    await applyAs('kustomize-controller', {}, { minReplicaCount: 2, scaleTargetRef: { name: 'llama' } });
    const status = ['status', '--state', join(directory, 'state'), ...common];
    expect((await runCli(status, NOW)).out).toContain('Flux declares min, and will put it back');
    const [{ workloads }] = JSON.parse((await runCli([...status, '--json'], NOW)).out);
    expect(workloads[0]).toMatchObject({ delivery: 'patch', gitops: { owner: { tool: 'flux' }, bounds: ['min'] } });
    expect(workloads[1]).toMatchObject({ gitops: null });
  });
});

describe('foretide render keda-trigger', () => {
  const trigger = (...args: string[]) =>
    runCli(['render', 'keda-trigger', '--config', join(directory, 'foretide.yaml'), '--workload', 'chat', ...args], NOW);

  it('prints the trigger, its TriggerAuthentication and its Secret', async () => {
    const { exitCode, out } = await trigger('--url', 'http://foretide.keda.svc:7117');
    expect(exitCode).toBe(0);
    const documents = parseAllDocuments(out).map((document) => document.toJS() as { kind: string });
    expect(documents.map(({ kind }) => kind)).toEqual(['ScaledObject', 'TriggerAuthentication', 'Secret']);
    expect(out).toContain('url: http://foretide.keda.svc:7117/floor/dev/inference/llama');
  });

  it('takes the address of the configuration', async () => {
    await writeFile(join(directory, 'foretide.yaml'), `${CONFIG}metricsApi: { url: "https://floors.example.com/" }\n`);
    expect((await trigger()).out).toContain('url: https://floors.example.com/floor/dev/inference/llama');
  });

  it.each([
    [['--url', 'nonsense'], '--url must be an http(s) URL (got nonsense)'],
    [['--workload', 'nobody'], 'no workload is named nobody; the configuration has chat, plain'],
  ])('refuses %j', async (args, message) => {
    const { exitCode, err } = await trigger(...args);
    expect(exitCode).toBe(2);
    expect(err).toContain(message);
  });
});

describe('render demand', () => {
  const withCapacity = (capacity: string) =>
    writeFile(join(directory, 'foretide.yaml'), CONFIG.replace('name: llama } }', `name: llama }, replica: { capacity: ${capacity} } }`));
  const demand = (engine: string) => runCli(['render', 'demand', '--workload', 'chat', '--engine', engine, ...common], NOW);

  it('prints what the configuration takes, in the unit of the capacity', async () => {
    await withCapacity('{ tokensPerSecond: 900 }');
    const { exitCode, out } = await demand('vllm');
    expect(exitCode).toBe(0);
    expect(parse(out)).toEqual({
      demand: {
        prometheus: {
          query:
            'sum(rate(vllm:generation_tokens_total{namespace="inference",pod=~"llama-[a-z0-9]+-[a-z0-9]{5}"}[2m])) or ' +
            'sum(rate(vllm:generation_tokens_total{exported_namespace="inference",exported_pod=~"llama-[a-z0-9]+-[a-z0-9]{5}"}[2m]))',
        },
      },
    });
  });

  it('says what is missing', async () => {
    expect(await demand('vllm')).toMatchObject({ exitCode: 2, err: expect.stringContaining('has no replica.capacity') });
    await withCapacity('{ tokensPerSecond: 900 }');
    expect(await demand('tensorrt-llm')).toMatchObject({ exitCode: 2, err: expect.stringContaining('exports nothing in tokensPerSecond') });
    expect(await demand('llamafile')).toMatchObject({ exitCode: 2, err: expect.stringContaining('vllm') });
  });
});
