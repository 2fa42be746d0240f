import type { CauseCode } from './readiness.ts';

/** Why no node takes a pod, as a code and what its message names. */
export type Unschedulable = {
  readonly code: Extract<CauseCode, 'pool-limit' | 'insufficient-capacity' | 'taint' | 'unschedulable'>;
  readonly facts: Readonly<Record<string, string>>;
};

/**
 * What Karpenter says when it finds no NodePool for a pod. It says why of every NodePool, so the message names several causes: the one
 * that counts is of the pool that came closest. A limit is only looked at where all else may fit, an offering only where types fit; a taint is what keeps a pod
 * off pools that are not for it.
 *
 * Texts: sigs.k8s.io/karpenter v1.14.1, pkg/controllers/provisioning/scheduling/{scheduler,nodeclaim}.go and pkg/scheduling/taints.go.
 */
export function readKarpenterRefusal(message: string): Unschedulable {
  const limited = clausesWith(message, /exceed limits for nodepool|node limits have been exhausted/);
  if (limited.length > 0) return { code: 'pool-limit', facts: { pools: namesIn(limited, /NodePool=([\w.-]+)/g) } };
  if (/required offering/.test(message)) return { code: 'insufficient-capacity', facts: {} };
  const tainted = clausesWith(message, /did not tolerate taint/);
  if (tainted.length > 0) return { code: 'taint', facts: { taint: namesIn(tainted, /taint=([^\s,;)]+)/g) } };
  return { code: 'unschedulable', facts: {} };
}

/**
 * What the scheduler says of a pod that fits no node there is (k8s.io/kubernetes, pkg/scheduler/framework). It counts every node once, so a taint is the cause
 * only where no node was left out for lack of room.
 */
export function readSchedulerRefusal(message: string): Unschedulable {
  if (!/untolerated taint/.test(message) || /Insufficient /.test(message)) return { code: 'unschedulable', facts: {} };
  // Kubernetes before 1.35 named the taint.
  const taints = [...message.matchAll(/untolerated taint \{([^}]*)\}/g)].map(([, taint]) => (taint ?? '').replace(/: ?$/, '').trim());
  return { code: 'taint', facts: taints.length === 0 ? {} : { taint: distinct(taints) } };
}

function clausesWith(message: string, pattern: RegExp): string[] {
  return message.split('; ').filter((clause) => pattern.test(clause));
}

function namesIn(clauses: readonly string[], pattern: RegExp): string {
  return distinct(clauses.flatMap((clause) => [...clause.matchAll(pattern)].map(([, name]) => name ?? '')));
}

function distinct(names: readonly string[]): string {
  return [...new Set(names)].toSorted().join(', ');
}
