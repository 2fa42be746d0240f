/**
 * One tick over many ScaledObjects on the twin, over HTTP with the production client: calls, time and memory, as
 * the number of workloads grows. Prints what was measured. Usage: npm run bench -- tick
 */

import { stringify } from 'yaml';
import { connectByKubeconfigText } from '../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { makeKubernetesCluster } from '../lambda/adapters/kubernetes/kubernetes-cluster.ts';
import { prescaleTick } from '../lambda/app/prescale.ts';
import { parseConfig } from '../lambda/core/config/parse.ts';
import { MINUTE_MS } from '../lambda/core/units/quantities.ts';
import { makeSimulatedDependencies } from '../sim/prescale-dependencies.ts';
import { startTwin } from '../sim/twin.ts';

const START_MS = Date.parse('2026-11-27T05:00:00Z');

for (const [workloads, changed] of [
  [10, 0],
  [100, 0],
  [1000, 0],
  [1000, 10],
  [1000, 1000],
] as const) {
  const names = Array.from({ length: workloads }, (_, index) => `w-${index}`);
  const { config } = parseConfig(
    stringify({
      clusters: [{ name: 'twin', region: 'us-east-1' }],
      workloads: names.map((name) => ({ name, target: { kind: 'ScaledObject', namespace: 'bench', name } })),
      calendar: {
        events:
          changed === 0
            ? []
            : [{ name: 'event', workloads: names.slice(0, changed), start: '2026-11-27T05:05Z', duration: '2h', floor: 3 }],
      },
    }),
    'bench.yaml',
  );
  const twin = await startTwin({ seed: 'bench', startMs: START_MS - MINUTE_MS });
  for (const name of names) {
    twin.addWorkload({
      namespace: 'bench',
      name,
      minReplicas: 1,
      maxReplicas: 10,
      gpusPerReplica: 0,
      capacityPerReplicaPerMinute: 100,
      startupMedianMs: MINUTE_MS,
      startupSigma: 0.3,
      demand: () => 50,
    });
  }
  twin.advanceTo(START_MS);
  const dependencies = makeSimulatedDependencies(
    makeKubernetesCluster({ name: 'twin', connection: connectByKubeconfigText(twin.kubeconfig()) }),
  );
  const before = twin.requests.entries().length;
  const startedMs = performance.now();
  await prescaleTick(dependencies, { config, clusterName: 'twin', holder: 'bench', nowMs: START_MS });
  const tookMs = performance.now() - startedMs;
  const calls = twin.requests.entries().slice(before);
  const lists = calls.filter(({ method }) => method === 'GET').length;
  const patches = calls.filter(({ method }) => method === 'PATCH').length;
  const heapMb = process.memoryUsage().rss / 1024 / 1024;
  console.log(
    `${String(workloads).padStart(5)} workloads, ${String(changed).padStart(5)} changes: ${lists} pages + ${patches} patches = ${calls.length} calls, ${tookMs.toFixed(0)} ms, rss ${heapMb.toFixed(0)} MB (twin included)`,
  );
  await twin.stop();
}
