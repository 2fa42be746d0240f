import { CAUSE_CODES, type CauseCode, type ReadinessCause } from './readiness.ts';

type Words = (facts: ReadinessCause['facts'], verb: (one: string, more: string) => string) => string;

/** What a cause is, in words that follow `1 replica` or `3 replicas`. */
const WHY: Readonly<Record<CauseCode, Words>> = {
  'not-created': (_, verb) => `${verb('has no pod', 'have no pods')} yet`,
  'node-starting': (_, verb) => `${verb('waits for its machine', 'wait for their machines')} to start`,
  starting: (_, verb) => `${verb('starts on its node', 'start on their nodes')}`,
  'slow-start': (_, verb) => `${verb('takes', 'take')} longer to start than nearly all did before`,
  quota: ({ quota, requested, used, limited }, verb) =>
    `${verb('is', 'are')} refused by ResourceQuota ${quota} (requested ${requested}, used ${used}, limited ${limited})`,
  'pods-refused': (_, verb) => `${verb('is', 'are')} refused by the API server`,
  'pool-limit': ({ pools }, verb) => `${verb('finds', 'find')} no room within the limits of NodePool ${pools}`,
  'insufficient-capacity': ({ awsCode }, verb) =>
    `${verb('gets no machine', 'get no machines')} from the cloud${awsCode === undefined ? '' : ` (${awsCode})`}`,
  taint: ({ taint }, verb) => `${verb('does', 'do')} not tolerate the taint${taint === undefined ? ' of the nodes' : ` ${taint}`}`,
  unschedulable: (_, verb) => `${verb('fits', 'fit')} no node that could be had`,
  'node-stalled': ({ nodeClaim, condition, reason }, verb) =>
    `${verb('waits', 'wait')} for NodeClaim ${nodeClaim}, which does not get ${condition} (${reason})`,
  'image-pull': ({ reason, container }) => `can't pull the image of container ${container} (${reason})`,
  crash: ({ reason, container }, verb) =>
    `${verb('fails', 'fail')} in ${container === undefined ? 'a container' : `container ${container}`} (${reason})`,
};

const FIX: Readonly<Record<CauseCode, string>> = {
  'not-created': 'Look at the HPA, at KEDA, and at the controller of the pods.',
  'node-starting': 'Nothing, if the lead time is long enough: compare it with `leadTime` of the workload.',
  starting: 'Nothing, if the lead time is long enough: compare it with `leadTime` of the workload.',
  'slow-start': 'Look at the pods: registry, disk and the loading of the model. Raise `leadTime` if it stays so.',
  quota: 'Raise the ResourceQuota, or free what others use of it.',
  'pods-refused': 'The message says by whom: a LimitRange, an admission webhook or Pod Security.',
  'pool-limit': 'Raise spec.limits of the NodePool; whole nodes count.',
  'insufficient-capacity':
    'Allow more instance types, zones or capacity types, or reserve capacity; for a quota of EC2, ask for a higher one.',
  taint: 'Add the toleration to the pods, or take the taint off the NodePool.',
  unschedulable: 'Compare what the pods ask for (resources, selectors, affinity) with what the NodePools offer.',
  'node-stalled': 'Look at the NodeClaim and at the machine: its role, network and AMI.',
  'image-pull': 'Check the name of the image, the registry and its credentials.',
  crash: 'Look at the logs of the pods.',
};

/** The causes in one sentence: `3 replicas are refused by ResourceQuota gpu (…); 1 replica starts on its node`. */
export function describeCauses(causes: readonly ReadinessCause[]): string {
  return causes
    .map(
      ({ code, replicas, facts }) =>
        `${replicas} ${replicas === 1 ? 'replica' : 'replicas'} ${WHY[code](facts, (one, more) => (replicas === 1 ? one : more))}`,
    )
    .join('; ');
}

/** What somebody can do about a cause, by its code. */
export function adviseCause(cause: unknown): string {
  const code = CAUSE_CODES.find((one) => one === cause);
  return code === undefined ? 'Look at the pods.' : FIX[code];
}
