import { stringify } from 'yaml';
import { connectByKubeconfigText } from '../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { makeKubernetesCluster } from '../../lambda/adapters/kubernetes/kubernetes-cluster.ts';
import { type PrescaleDependencies, prescaleTick, TickFailedError, type TickReport } from '../../lambda/app/prescale.ts';
import { parseConfig } from '../../lambda/core/config/parse.ts';
import { MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import type { Notification } from '../../lambda/ports/notifier.ts';
import { makeSimulatedDependencies } from '../../sim/prescale-dependencies.ts';
import { startTwin, type Twin } from '../../sim/twin.ts';

/** 2026-11-27T00:00:00Z; the event of `CONFIG` runs from 12:00Z to 14:00Z with 12 minutes of lead. */
const MIDNIGHT = Date.parse('2026-11-27T00:00:00Z');
export const ASK = MIDNIGHT + (12 * 60 - 12) * MINUTE_MS;
export const START = MIDNIGHT + 12 * 60 * MINUTE_MS;
export const END = MIDNIGHT + 14 * 60 * MINUTE_MS;
export const FLOOR = 10;

const EVENT = { name: 'launch', workloads: ['chat'], start: '2026-11-27T12:00', end: '2026-11-27T14:00', floor: FLOOR };

export function configText(changes: Record<string, unknown> = {}): string {
  return stringify({
    clusters: [{ name: 'twin', region: 'us-east-1' }],
    workloads: [
      {
        name: 'chat',
        target: { kind: 'ScaledObject', namespace: 'inference', name: 'llama' },
        replica: { gpus: 1, instanceType: 'g6e.xlarge' },
        leadTime: { default: '12m' },
      },
    ],
    calendar: { events: [EVENT] },
    ...changes,
  });
}

export type Harness = {
  readonly twin: Twin;
  readonly dependencies: PrescaleDependencies;
  readonly notifications: Notification[];
  /** Goes to an instant and ticks; a failed tick's report is returned like any other, what throws otherwise is thrown. */
  readonly tickAt: (nowMs: number, changes?: Partial<PrescaleDependencies>) => Promise<TickReport>;
  readonly setConfig: (text: string) => void;
  /** Bounds of the ScaledObject as the API server has them. */
  readonly bounds: () => Promise<{ min: number; max: number }>;
  readonly annotations: () => Promise<Readonly<Record<string, string>>>;
  /** A person's merge patch. */
  readonly edit: (body: object) => Promise<void>;
  readonly stop: () => Promise<void>;
};

export const TARGET = { cluster: 'twin', kind: 'ScaledObject', namespace: 'inference', name: 'llama' } as const;
export const SCALED_OBJECT_PATH = '/apis/keda.sh/v1alpha1/namespaces/inference/scaledobjects/llama';

export async function makeHarness(startMs = ASK - 30 * MINUTE_MS): Promise<Harness> {
  const twin = await startTwin({ seed: 'test', startMs });
  twin.addWorkload({
    namespace: 'inference',
    name: 'llama',
    minReplicas: 2,
    maxReplicas: 40,
    gpusPerReplica: 1,
    capacityPerReplicaPerMinute: 100,
    startupMedianMs: 4 * MINUTE_MS,
    demand: () => 150,
  });
  const connection = connectByKubeconfigText(twin.kubeconfig());
  const cluster = makeKubernetesCluster({ name: 'twin', connection, pacing: { wait: async () => undefined, random: () => 0 } });
  const notifications: Notification[] = [];
  const dependencies = makeSimulatedDependencies(cluster, {
    notifier: { notify: async (notification) => void notifications.push(notification) },
  });
  let ticks = 0;
  let { config } = parseConfig(configText(), 'foretide.yaml');
  const read = async () => {
    const target = await cluster.readTarget(TARGET);
    if (target === undefined) throw new Error('the ScaledObject is gone');
    return target;
  };
  return {
    twin,
    dependencies,
    notifications,
    async tickAt(nowMs, changes = {}) {
      twin.advanceTo(nowMs);
      ticks += 1;
      try {
        return await prescaleTick({ ...dependencies, ...changes }, { config, clusterName: 'twin', holder: `test-${ticks}`, nowMs });
      } catch (error) {
        if (error instanceof TickFailedError) return error.report;
        throw error;
      }
    },
    setConfig(text) {
      ({ config } = parseConfig(text, 'foretide.yaml'));
    },
    bounds: async () => (await read()).bounds,
    annotations: async () => (await read()).annotations,
    async edit(body) {
      const response = await fetch(`${twin.url}${SCALED_OBJECT_PATH}?fieldManager=kubectl-edit`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/merge-patch+json', authorization: `Bearer ${twin.token}` },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`edit: ${response.status} ${await response.text()}`);
    },
    stop: () => twin.stop(),
  };
}
