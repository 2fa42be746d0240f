import type { InstantMs } from '../units/quantities.ts';

/** A Kubernetes event of type Warning. */
export type ClusterWarning = {
  /** What it is about. */
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly uid: string | undefined;
  readonly reason: string;
  readonly message: string;
  /** Who says so, e.g. `karpenter`, `default-scheduler`, `replicaset-controller`. */
  readonly component: string;
  /** When it was last said. */
  readonly lastMs: InstantMs;
};
