import { inject } from 'vitest';
import { stringify } from 'yaml';
import { connectByKubeconfigText } from '../../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { makeKubernetesPorts } from '../../../lambda/adapters/kubernetes/kubernetes-ports.ts';
import { type PrescaleDependencies, prescaleTick, TickFailedError, type TickReport } from '../../../lambda/app/prescale.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import type { Notification } from '../../../lambda/ports/notifier.ts';
import { makeSimulatedDependencies } from '../../../sim/prescale-dependencies.ts';
import { withinNamespace } from './own-namespace.ts';

/** The production tick on the control plane, as Foretide's own user. */
export type Prescaling = {
  readonly tickAt: (nowMs: number) => Promise<TickReport>;
  /** What people were told. */
  readonly told: readonly Notification[];
  readonly dependencies: PrescaleDependencies;
  readonly close: () => Promise<void>;
};

export const CLUSTER_NAME = 'real';

/**
 * Prescaling of what is in one namespace.
 * @param config without its cluster; a tick that fails returns its report all the same
 */
export function startPrescaling(namespace: string, config: object): Prescaling {
  const connection = connectByKubeconfigText(inject('kubeconfigs').foretide);
  const told: Notification[] = [];
  const parsed = parseConfig(stringify({ clusters: [{ name: CLUSTER_NAME, region: 'us-east-1' }], ...config }), 'foretide.yaml');
  const { cluster, ...ports } = makeKubernetesPorts({ name: CLUSTER_NAME, connection });
  const dependencies = makeSimulatedDependencies(withinNamespace(cluster, namespace), {
    ...ports,
    notifier: { notify: async (notification) => void told.push(notification) },
  });
  return {
    told,
    dependencies,
    async tickAt(nowMs) {
      try {
        return await prescaleTick(dependencies, { config: parsed.config, clusterName: CLUSTER_NAME, holder: 'test', nowMs });
      } catch (error) {
        if (error instanceof TickFailedError) return error.report;
        throw error;
      }
    },
    close: connection.close,
  };
}
