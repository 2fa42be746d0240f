import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SCALED_OBJECTS } from '../../sim/resources.ts';
import { startTwin, type Twin } from '../../sim/twin.ts';
import { runCli } from './run-cli.ts';

const NOW = Date.parse('2026-11-27T12:00:00Z');
const MINUTE = 60_000;

let directory: string;
let twin: Twin;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'foretide-init-'));
  twin = await startTwin({ seed: 'init', startMs: NOW - 30 * MINUTE });
  twin.addNodePool({ name: 'l40s-od', instanceTypes: ['g6e.xlarge'] });
  twin.addNodePool({ name: 'l40s-spot', instanceTypes: ['g6e.xlarge', 'g6e.2xlarge'], capacityType: 'spot' });
  const common = { maxReplicas: 20, capacityPerReplicaPerMinute: 100, startupMedianMs: MINUTE };
  twin.addWorkload({ namespace: 'inference', name: 'llama', minReplicas: 2, gpusPerReplica: 1, ...common });
  twin.addWorkload({ namespace: 'web', name: 'shop', minReplicas: 2, gpusPerReplica: 0, ...common });
  twin.advanceTo(NOW);
  await writeFile(join(directory, 'kubeconfig'), twin.kubeconfig());
});
afterEach(async () => {
  await twin.stop();
  await rm(directory, { recursive: true });
});

const reach = () => ['--kubeconfig', join(directory, 'kubeconfig')];
const file = () => join(directory, 'foretide.yaml');

async function addUser(rules: readonly (readonly [string, string])[]): Promise<void> {
  const rule = ([group, plural]: readonly [string, string]) => ({ apiGroups: [group], resources: [plural], verbs: ['list'] });
  twin.addUser({ name: 'ada', token: 'ada-token', rules: rules.map(rule) });
  await writeFile(join(directory, 'kubeconfig'), twin.kubeconfig('ada-token'));
}

const SCALERS = [
  ['keda.sh', 'scaledobjects'],
  ['keda.sh', 'scaledjobs'],
  ['autoscaling', 'horizontalpodautoscalers'],
] as const;

describe('foretide init', () => {
  it('proposes a file that plan and run take as it is, and only reads', async () => {
    const { exitCode, out, err } = await runCli(['init', ...reach(), '--name', 'dev', '--output', file()], NOW);
    expect([exitCode, out]).toEqual([0, `${file()}: 1 workloads proposed; look at what is marked TODO, then: foretide plan --live`]);
    expect(err).toBe('left out because its pods ask for no GPU (--all includes it): ScaledObject web/shop');
    expect(parse(await readFile(file(), 'utf8'))).toEqual({
      version: 1,
      timezone: 'UTC',
      clusters: [
        {
          name: 'dev',
          kubeconfig: { context: 'twin', path: join(directory, 'kubeconfig') },
          prometheus: { url: 'http://prometheus.monitoring:9090' },
        },
      ],
      workloads: [
        {
          name: 'llama',
          target: { kind: 'ScaledObject', namespace: 'inference', name: 'llama' },
          tier: 'standard',
          replica: { gpus: 1, instanceType: 'g6e.xlarge' },
          demand: { prometheus: { query: 'sum(rate(requests_total{app="llama"}[1m])) * 60' } },
          group: 'l40s',
        },
      ],
      capacity: { groups: [{ name: 'l40s', pools: { onDemand: 'l40s-od', spot: 'l40s-spot' } }] },
    });
    expect(twin.requests.count(({ method }) => method !== 'GET')).toBe(0);

    const plan = await runCli(['plan', '--live', '--json', '--config', file()], NOW);
    expect(JSON.parse(plan.out)).toMatchObject({ workloads: [{ workload: 'llama', baseline: { min: 2, max: 20 } }] });
    const run = await runCli(['run', '--once', '--dry-run', '--config', file(), '--state', join(directory, 'state')], NOW);
    // From outside the cluster nobody reaches the Prometheus that its triggers name: the one finding.
    expect(run).toMatchObject({ exitCode: 1, out: expect.stringContaining('the demand of a workload can not be read') });
  });

  it('prints the file, or JSON', async () => {
    const printed = await runCli(['init', ...reach(), '--all', '--timezone', 'Europe/Paris'], NOW);
    expect(printed).toMatchObject({ exitCode: 0, err: '' });
    expect(parse(printed.out)).toMatchObject({
      timezone: 'Europe/Paris',
      workloads: [{ name: 'llama' }, { name: 'shop', replica: { gpus: 0 } }],
    });
    const { out } = await runCli(['init', ...reach(), '--json'], NOW);
    expect(JSON.parse(out)).toMatchObject({
      config: { clusters: [{ name: 'twin' }], workloads: [{ name: 'llama' }] },
      workloads: [{ workload: 'llama', gpus: 1, bounds: { min: 2, max: 20 } }],
      leftOut: [{ objects: ['ScaledObject web/shop'] }],
      unread: [],
    });
  });

  it('keeps a file that exists, unless forced', async () => {
    await writeFile(file(), 'mine');
    const kept = await runCli(['init', ...reach(), '--output', file()], NOW);
    expect([kept.exitCode, kept.err]).toEqual([2, `${file()} exists already; choose another --output, or overwrite it with --force`]);
    expect(await readFile(file(), 'utf8')).toBe('mine');
    expect(await runCli(['init', ...reach(), '--output', file(), '--force'], NOW)).toMatchObject({ exitCode: 0 });
    expect(await readFile(file(), 'utf8')).toContain('workloads:');
  });

  it('names each right that is missing, and proposes what it could not look into', async () => {
    await addUser(SCALERS);
    const { exitCode, out, err } = await runCli(['init', ...reach()], NOW);
    expect(exitCode).toBe(1);
    expect(err.split('\n').map((line) => /^not read: (\w+)\./.exec(line)?.[1])).toEqual(['deployments', 'nodepools']);
    expect(err).toContain(
      'User "ada" cannot list resource "deployments" in API group "apps" at the cluster scope. Add the rule { apiGroups: [apps], resources: [deployments], verbs: [list] } to a ClusterRole that is bound to ada or to a group of it',
    );
    expect(parse(out)).toMatchObject({ workloads: [{ name: 'llama' }, { name: 'shop' }] });
    expect(out).toContain('# TODO replica: { gpus: N }   its pods could not be read; without it 1 is taken');
    expect(err + out).not.toContain('ada-token');
  });

  it('does without nodes', async () => {
    await addUser([...SCALERS, ['apps', 'deployments'], ['karpenter.sh', 'nodepools']]);
    const { exitCode, out, err } = await runCli(['init', ...reach()], NOW);
    expect([exitCode, parse(out).workloads[0].replica]).toEqual([1, { gpus: 1 }]);
    expect(err).toContain('cannot list resource "nodes" in API group ""');
    expect(err).toContain('{ apiGroups: [""], resources: [nodes], verbs: [list] }');
  });

  it('fails when it may not read what scales', async () => {
    await addUser([['apps', 'deployments']]);
    const { exitCode, out, err } = await runCli(['init', ...reach()], NOW);
    expect([exitCode, out]).toEqual([3, '']);
    expect(err).toContain('cannot list resource "scaledobjects"');
  });

  it('says when there is nothing to propose', async () => {
    for (const object of twin.store.list(SCALED_OBJECTS)) twin.store.remove(SCALED_OBJECTS, object);
    const { exitCode, out, err } = await runCli(['init', ...reach()], NOW);
    expect([exitCode, out]).toEqual([1, '']);
    expect(err).toContain('cluster twin has nothing to propose a workload for');
  });

  it.each([
    [['--cluster', 'prod-use1'], 'an EKS cluster needs both --cluster NAME and --region REGION'],
    [
      ['--cluster', 'prod-use1', '--region', 'us-east-1', '--context', 'dev'],
      '--cluster, --region and --role-arn are for EKS, --kubeconfig and --context for anything else; give one of them',
    ],
  ])('refuses %j', async (args, message) => {
    expect(await runCli(['init', ...args], NOW)).toMatchObject({ exitCode: 2, err: message });
  });

  it('refuses a time zone that does not exist', async () => {
    const { exitCode, err } = await runCli(['init', ...reach(), '--timezone', 'Mars/Olympus'], NOW);
    expect(exitCode).toBe(2);
    expect(err).toContain('is not a known time zone');
  });

  it.each([
    ['arn:aws:eks:us-east-1:111122223333:cluster/prod-use1', { name: 'prod-use1', region: 'us-east-1', account: '111122223333' }],
    ['ada@prod-use1.us-east-1.eksctl.io', { name: 'prod-use1', region: 'us-east-1' }],
    ['kind-dev', { name: 'kind-dev', kubeconfig: { context: 'kind-dev' } }],
  ])('knows what the context %s is', async (context, expected) => {
    const kubeconfig = twin
      .kubeconfig()
      .replaceAll('name: twin', `name: ${context}`)
      .replace('current-context: twin', `current-context: ${context}`);
    await writeFile(
      join(directory, 'kubeconfig'),
      kubeconfig.replaceAll('cluster: twin', `cluster: ${context}`).replaceAll('user: twin', `user: ${context}`),
    );
    const { out } = await runCli(['init', ...reach(), '--json'], NOW);
    expect(JSON.parse(out).config.clusters).toMatchObject([expected]);
  });
});
