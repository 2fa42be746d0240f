import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { connectByKubeconfigText } from '../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { makeKubernetesCluster } from '../../lambda/adapters/kubernetes/kubernetes-cluster.ts';
import { prescaleTick } from '../../lambda/app/prescale.ts';
import { parseConfig } from '../../lambda/core/config/parse.ts';
import { makeSimulatedDependencies } from '../../sim/prescale-dependencies.ts';
import { startTwin } from '../../sim/twin.ts';
import { START } from './harness.ts';

it('a tick over 1,000 ScaledObjects calls the API once a page and once a change', async () => {
  const names = Array.from({ length: 1_000 }, (_, index) => `w-${index}`);
  const { config } = parseConfig(
    stringify({
      clusters: [{ name: 'twin', region: 'us-east-1' }],
      workloads: names.map((name) => ({ name, target: { kind: 'ScaledObject', namespace: 'many', name } })),
      calendar: { events: [{ name: 'launch', workloads: names.slice(0, 7), start: '2026-11-27T12:05Z', duration: '2h', floor: 3 }] },
    }),
    'foretide.yaml',
  );
  const twin = await startTwin({ seed: 'many', startMs: START - 60_000 });
  try {
    for (const name of names) {
      twin.addWorkload({
        namespace: 'many',
        name,
        minReplicas: 1,
        maxReplicas: 5,
        gpusPerReplica: 0,
        capacityPerReplicaPerMinute: 1,
        startupMedianMs: 1_000,
      });
    }
    twin.advanceTo(START);
    const dependencies = makeSimulatedDependencies(
      makeKubernetesCluster({ name: 'twin', connection: connectByKubeconfigText(twin.kubeconfig()) }),
    );
    const calls = async () => {
      twin.requests.clear();
      await prescaleTick(dependencies, { config, clusterName: 'twin', holder: 'test', nowMs: START });
      return twin.requests.entries().map(({ method, path }) => `${method} ${path.split('/')[2]}`);
    };
    expect(await calls()).toEqual(['GET keda.sh', 'GET keda.sh', ...Array.from({ length: 7 }, () => 'PATCH keda.sh')]);
    // What is held is watched: two pages of HPAs more, and nothing to write.
    expect(await calls()).toEqual(['GET keda.sh', 'GET keda.sh', 'GET autoscaling', 'GET autoscaling']);
  } finally {
    await twin.stop();
  }
});
