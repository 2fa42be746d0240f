import { inject } from 'vitest';
import { stringify } from 'yaml';
import { connectByKubeconfigText } from '../../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { makeKubernetesCluster } from '../../../lambda/adapters/kubernetes/kubernetes-cluster.ts';
import { makeMemoryStores } from '../../../lambda/adapters/memory/memory-stores.ts';
import { prescaleTick, TickFailedError, type TickReport } from '../../../lambda/app/prescale.ts';
import type { TargetRef } from '../../../lambda/core/compose/intent.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import { DAY_MS, MINUTE_MS } from '../../../lambda/core/units/quantities.ts';
import type { Cluster, ObservedTarget } from '../../../lambda/ports/cluster.ts';
import type { Notification } from '../../../lambda/ports/notifier.ts';
import { makeSimulatedDependencies } from '../../../sim/prescale-dependencies.ts';
import { withinNamespace } from './own-namespace.ts';

/** What the event of every test here wants, and when: the ticks' clock is not the cluster's. */
export const FLOOR = 4;
const START = Date.parse('2026-11-27T12:00:00Z');
export const ASK = START - 12 * MINUTE_MS;
/** From here on a tick tells of what did not follow. */
export const LATER = ASK + 2 * MINUTE_MS;
export const END = START + 120 * MINUTE_MS;
/** When every release is over, whatever is known of the need. */
export const LONG_AFTER = END + DAY_MS;

export type Ticks = {
  /** The production tick with Foretide's own rights; a failed tick's report is returned like any other. */
  readonly tick: (nowMs: number, disturb?: (cluster: Cluster) => Cluster) => Promise<TickReport>;
  readonly read: () => Promise<ObservedTarget>;
  readonly notifications: readonly Notification[];
  readonly close: () => Promise<void>;
};

/** Ticks over one target, whose event wants `FLOOR` replicas. */
export function makeTicks(target: Omit<TargetRef, 'cluster'>): Ticks {
  const connection = connectByKubeconfigText(inject('kubeconfigs').foretide);
  const cluster = withinNamespace(makeKubernetesCluster({ name: 'real', connection }), target.namespace);
  const stores = makeMemoryStores();
  const notifications: Notification[] = [];
  const { config } = parseConfig(
    stringify({
      clusters: [{ name: 'real', region: 'us-east-1' }],
      workloads: [{ name: 'chat', target, leadTime: { default: '12m' } }],
      calendar: { events: [{ name: 'launch', workloads: ['chat'], start: '2026-11-27T12:00', end: '2026-11-27T14:00', floor: FLOOR }] },
    }),
    'foretide.yaml',
  );
  return {
    async tick(nowMs, disturb = (undisturbed) => undisturbed) {
      // Nobody looks at pods: the ticks' clock is not the cluster's, so how old they are means nothing here.
      const dependencies = makeSimulatedDependencies(disturb(cluster), {
        store: stores.states,
        leases: stores.leases,
        ledger: stores.ledger,
        notifier: { notify: async (notification) => void notifications.push(notification) },
      });
      try {
        return await prescaleTick(dependencies, { config, clusterName: 'real', holder: 'test', nowMs });
      } catch (error) {
        if (error instanceof TickFailedError) return error.report;
        throw error;
      }
    },
    async read() {
      const observed = await cluster.readTarget({ cluster: 'real', ...target });
      if (observed === undefined) throw new Error(`${target.kind} ${target.name} is gone`);
      return observed;
    },
    notifications,
    close: () => connection.close(),
  };
}
