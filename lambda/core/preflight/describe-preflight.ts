import type { PreflightCode } from './codes.ts';

type Facts = Readonly<Record<string, string | number | boolean | null>>;

type Description = {
  readonly title: string;
  /** What to do; `at` writes an instant of the facts for people. */
  readonly fix: (facts: Facts, at: (name: string) => string) => string;
};

/** What pre-flight found in plain words, and the way out of it. */
export function describePreflight(code: PreflightCode, facts: Facts, at: (name: string) => string): { title: string; advice: string } {
  const { title, fix } = TEXT[code];
  return { title, advice: fix(facts, at) };
}

const TEXT: Readonly<Record<PreflightCode, Description>> = {
  'preflight-target-missing': {
    title: 'what is to be scaled does not exist',
    fix: ({ missing }, at) => `Create ${missing} before ${at('askedFor')}, or correct \`target\` in the configuration.`,
  },
  'preflight-paused': {
    title: 'it is paused, so the floor will warm nothing',
    fix: ({ annotation }, at) => `Remove the annotation ${annotation} before ${at('askedFor')}: KEDA ignores min while it is there.`,
  },
  'preflight-not-ready': {
    title: 'KEDA says that it can not scale it',
    fix: (_, at) =>
      `Correct what its condition Ready says before ${at('askedFor')}: with failing triggers nothing leaves zero replicas, with a spec that KEDA refuses the floor warms nothing.`,
  },
  'preflight-hpa-missing': {
    title: 'KEDA has made no HPA, so nothing will follow the floor',
    fix: () => 'Look at the conditions of the ScaledObject (kubectl describe) and at the KEDA operator.',
  },
  'preflight-max-below-floor': {
    title: 'the floor does not fit under max',
    fix: ({ floor, max }) =>
      `It would stop at ${max} of ${floor} replicas. Raise maxReplicaCount (maxReplicas of an HPA; \`bounds.max\`, where the configuration has it) to at least ${floor}, or lower the floor of the event.`,
  },
  'preflight-size-unknown': {
    title: 'the size of the event is unknown, so nothing will be asked for',
    fix: () => 'Give the workload a capacity in the unit of the floor, `bounds` where the floor is relative, or the event a fallbackFloor.',
  },
  'preflight-gpus-differ': {
    title: 'a replica asks for other GPUs than the configuration says',
    fix: ({ configured, podTemplate }) =>
      `The pod template asks for ${podTemplate}; room is counted by that, prices and the ledger by \`replica.gpus\`: ${configured}. Set \`replica.gpus: ${podTemplate}\`.`,
  },
  'preflight-pool-missing': {
    title: 'a NodePool of the pool group does not exist',
    fix: () => 'Create it, or correct `pools` of the group in the configuration.',
  },
  'preflight-pool-not-ready': {
    title: 'the NodePool is not Ready: it launches no nodes',
    fix: () => 'Correct what its condition says; usually its node class is missing or not Ready (kubectl describe nodepool).',
  },
  'preflight-pool-unfit': {
    title: 'no node that the NodePools can launch holds a replica',
    fix: ({ gpusPerReplica }) =>
      `Allow instance types with at least ${gpusPerReplica} GPUs in one of them, or correct the pool group of the workload.`,
  },
  'preflight-pool-limit': {
    title: 'limits of NodePools leave no room for all replicas',
    fix: ({ raise, resource, toAtLeast, missing }) =>
      raise === undefined
        ? `Raise spec.limits of a NodePool, or lower the floor by ${missing}. Limits count whole nodes.`
        : `Raise spec.limits of a NodePool, for example ${resource} of ${raise} to at least ${toAtLeast}, or lower the floor by ${missing}. Limits count whole nodes.`,
  },
  'preflight-room-unknown': {
    title: 'whether the limits of NodePools are enough depends on the size of their nodes',
    fix: () =>
      'Limits count whole nodes, and nothing says how many GPUs theirs have. Leave room for a node more, or name karpenter.k8s.aws/instance-gpu-count in the requirements.',
  },
  'preflight-quota': {
    title: 'a ResourceQuota refuses pods',
    fix: ({ quota, resource, toAtLeast, scoped }) =>
      `Raise ${resource} of ResourceQuota ${quota} to at least ${toAtLeast}, or lower the floor.${scoped === true ? ' It has scopes: whether it counts these pods is not known here.' : ' Refused pods are never Pending: only an event of the ReplicaSet tells of them, and Karpenter sees nothing.'}`,
  },
  'preflight-quota-key': {
    title: 'a key of the quota limits nothing',
    fix: ({ key, rightKey }) => `Kubernetes takes ${key} and never enforces it. Write ${rightKey}.`,
  },
  'preflight-limit-range': {
    title: 'a LimitRange refuses the pods',
    fix: ({ limitRange, type, resource, podAsks }) =>
      `Raise max.${resource} of type ${type} in LimitRange ${limitRange} to at least ${podAsks}${type === 'Container' ? ', if one container asks for all of it' : ''}.`,
  },
  'preflight-limit-default': {
    title: 'every container without a limit of its own gets GPUs',
    fix: ({ resource, defaultLimit }) =>
      `The max of type Container is the default limit too: a sidecar without one asks for ${defaultLimit} ${resource}, and so does any other pod of the namespace. Bound the type Pod instead.`,
  },
  'preflight-node-expiry': {
    title: 'nodes expire between the lead and the end',
    fix: ({ nodeClaims, recycleFrom, outlivesEvent }, at) => {
      if (outlivesEvent !== true) {
        return 'Neither budgets nor do-not-disrupt hold expiry off, and nodes that replace these expire within it too: raise expireAfter of the NodePool first. That is a drift of its nodes, so do it well before.';
      }
      const when = recycleFrom === undefined ? 'at once, it is late for it' : `between ${at('recycleFrom')} and ${at('recycleBy')}`;
      return `Neither budgets nor do-not-disrupt hold expiry off. Recycle them ${when}, one after the other: kubectl delete nodeclaim ${nodeClaims}`;
    },
  },
  'preflight-node-lifetime': {
    title: 'nodes that are launched for the event expire within it',
    fix: ({ nodePool, neededMinutes }) =>
      `Raise expireAfter of NodePool ${nodePool} above ${neededMinutes} minutes (lead and window). That is a drift of its nodes, so do it well before.`,
  },
  'preflight-calendar-stale': {
    title: 'its calendar can not be read',
    fix: ({ source }, at) =>
      `What is known of the event is a copy of ${at('goodCopyOf')}; it serves until ${at('servesUntil')}. Make ${source} readable before; till then changes in it are not seen.`,
  },
  'preflight-unseen': {
    title: 'could not be looked at, so nothing is known of it',
    fix: ({ unchecked }) =>
      `Not checked: ${unchecked}. If the reason is a missing right, grant it: docs/how-to/deploy.md, step 4, has them all.`,
  },
};
