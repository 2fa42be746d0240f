import { HOUR_MS, type InstantMs } from '../units/quantities.ts';

/** What of a start-up took how long, in the order in which it happens; the first four only where the replica waited for a new node. */
export const NODE_PHASES = ['claim', 'launch', 'register', 'initialize'] as const;
export const POD_PHASES = ['schedule', 'image', 'load'] as const;
export const STARTUP_PHASES = [...NODE_PHASES, ...POD_PHASES] as const;
export type StartupPhase = (typeof STARTUP_PHASES)[number];

/** What a replica ran on: what sets how long it takes to start, besides the model. Undefined: not a node of Karpenter's, or none yet. */
export type StartupClass = { readonly instanceType: string | undefined; readonly capacityType: string | undefined };

/** One pod's way to Ready, in milliseconds of whole seconds, as the API server's timestamps are. */
export type StartupSample = StartupClass & {
  /** The end of the pod's uid. */
  readonly key: string;
  readonly createdMs: InstantMs;
  /** From the pod's creation until it was Ready; of one that did not become Ready: how long it was watched without becoming so. */
  readonly tookMs: number;
  /** Of one that became Ready; together they are `tookMs`. Undefined: it failed, was removed, or took too long. */
  readonly phases: Readonly<Partial<Record<StartupPhase, number>>> | undefined;
};

/** A pod that was not Ready yet at the last look. */
export type PendingPod = { readonly key: string; readonly createdMs: InstantMs };

/** What is kept of the start-ups of one workload; at most 2 KB as text (`renderStartups`). */
export type StartupRecords = {
  /** When its pods were looked at last; undefined: never. */
  readonly lookedAtMs: InstantMs | undefined;
  /** In the order of creation. */
  readonly samples: readonly StartupSample[];
  readonly pending: readonly PendingPod[];
};

export const NO_STARTUPS: StartupRecords = { lookedAtMs: undefined, samples: [], pending: [] };

/** Beyond it a start-up has failed: no lead time is the answer to it. */
export const LONGEST_STARTUP_MS = HOUR_MS;

/** Whether a start-up waited for a node that was not there yet. */
export function neededNode({ phases }: StartupSample): boolean {
  return phases?.launch !== undefined;
}

/** Pods created within so long of the first were asked for together: a ReplicaSet creates its pods in bursts of doubling size. */
const TOGETHER_MS = 60_000;

/** Start-ups that were asked for together, in the order of creation; each sample is in one batch. */
export function splitBatches<T extends { readonly createdMs: InstantMs }>(samples: readonly T[]): T[][] {
  const batches: T[][] = [];
  for (const sample of samples.toSorted((a, b) => a.createdMs - b.createdMs)) {
    const batch = batches.at(-1);
    const first = batch?.[0];
    if (batch === undefined || first === undefined || sample.createdMs - first.createdMs >= TOGETHER_MS) batches.push([sample]);
    else batch.push(sample);
  }
  return batches;
}
