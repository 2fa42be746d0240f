import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTwin, type Twin } from '../../sim/twin.ts';
import { runCli } from './run-cli.ts';

const NOW = Date.parse('2026-11-27T12:00:00Z');
const CONFIG = `
timezone: Europe/Paris
clusters: [{ name: dev, kubeconfig: { context: dev } }]
workloads:
  - { name: chat, target: { kind: ScaledObject, namespace: inference, name: llama }, group: gpus }
  - { name: search, target: { kind: ScaledObject, namespace: inference, name: embed }, group: gpus }
capacity: { groups: [{ name: gpus, pools: { onDemand: gpu } }] }
calendar:
  events:
    - { name: launch, workloads: [chat], start: 2026-11-28T08:00Z, duration: 1h, floor: 8 }
    - { name: sale, workloads: [search], start: 2026-12-04T08:00Z, duration: 1h, floor: 4 }
`;

let directory: string;
let twin: Twin;
const run = (...args: readonly string[]) =>
  runCli(['preflight', '--config', join(directory, 'foretide.yaml'), '--kubeconfig', join(directory, 'kubeconfig'), ...args], NOW);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'foretide-cli-'));
  twin = await startTwin({ seed: 'cli', startMs: NOW - 600_000 });
  twin.addNodePool({ name: 'gpu', instanceTypes: ['g6e.12xlarge'], limitGpus: 10 });
  for (const name of ['llama', 'embed']) {
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
  twin.advanceTo(NOW);
  await writeFile(join(directory, 'foretide.yaml'), CONFIG);
  await writeFile(join(directory, 'kubeconfig'), twin.kubeconfig());
});
afterEach(async () => {
  await twin.stop();
  await rm(directory, { recursive: true });
});

describe('foretide preflight', () => {
  it('says what stands in the way, with numbers and a fix, and exits with 1', async () => {
    const { exitCode, out } = await run();
    expect(exitCode).toBe(1);
    expect(out).toContain('chat      launch  Sat 28 Nov 2026 09:00 CET  2026-11-28T08:00:00Z  8');
    expect(out).toContain('!! dev: chat: launch: limits of NodePools leave no room for all replicas');
    expect(out).toContain('Raise spec.limits of a NodePool, for example nvidia.com/gpu of gpu to at least 12, or lower the floor by 2.');
    expect(out).toContain('NodePool gpu: nvidia.com/gpu limit 10, in use 4: 1 more nodes of 4 GPUs');
    expect(out).not.toContain('sale');
    expect(twin.requests.count(({ method }) => method !== 'GET')).toBe(0);
  });

  it('for machines', async () => {
    const { exitCode, out } = await run('--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject([
      {
        cluster: 'dev',
        checked: [{ workload: 'chat', event: 'launch', start: '2026-11-28T08:00:00Z', floor: 8 }],
        findings: [
          {
            code: 'preflight-pool-limit',
            severity: 'critical',
            facts: { added: 6, fits: 4, missing: 2, toAtLeast: 12 },
            fix: expect.stringContaining('to at least 12'),
          },
        ],
        failures: [],
      },
    ]);
  });

  it('looks further ahead, or at one workload alone', async () => {
    const { exitCode, out } = await run('--workload', 'search', '--within', '14d');
    expect(exitCode).toBe(0);
    expect(out).toContain('search    sale');
    expect(out).toContain('Nothing that the cluster can tell stands in their way.');
    expect((await run('--workload', 'search')).out).toContain('No event comes so soon.');
  });

  it('exits with 3 when something could not be read, after the rest; with 2 for what makes no sense', async () => {
    twin.faults.add({ answer: { kind: 'status', status: 500 }, matches: ({ path }) => path.includes('resourcequotas') });
    const broken = await run();
    expect(broken.exitCode).toBe(3);
    expect(broken.err).toContain('pre-flight, limits of inference');
    expect(broken.out).toContain('limits of NodePools leave no room');
    expect(broken.out).toContain('ResourceQuotas and LimitRanges of inference: could not be looked at');
    expect((await run('--within', '100d')).exitCode).toBe(2);
    expect((await run('--workload', 'nobody')).exitCode).toBe(2);
  });
});
