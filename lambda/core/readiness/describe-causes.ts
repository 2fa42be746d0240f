import { CAUSE_CODES, type CauseCode, type ReadinessCause } from './readiness.ts';

/** What a cause is, in words that follow `3 replicas`. */
const WHY: Readonly<Record<CauseCode, (facts: ReadinessCause['facts']) => string>> = {
  'not-created': () => 'have no pods yet',
  'node-starting': () => 'wait for their machines to start',
  starting: () => 'start on their nodes',
  'slow-start': () => 'take longer to start than nearly all did before',
  quota: ({ quota, requested, used, limited }) =>
    `are refused by ResourceQuota ${quota} (requested ${requested}, used ${used}, limited ${limited})`,
  'pods-refused': () => 'are refused by the API server',
  'pool-limit': ({ pools }) => `find no room within the limits of NodePool ${pools}`,
  'insufficient-capacity': ({ awsCode }) => `get no machines from the cloud${awsCode === undefined ? '' : ` (${awsCode})`}`,
  taint: ({ taint }) => `do not tolerate the taint${taint === undefined ? ' of the nodes' : ` ${taint}`}`,
  unschedulable: () => 'fit no node that could be had',
  'node-stalled': ({ nodeClaim, condition, reason }) => `wait for NodeClaim ${nodeClaim}, which does not get ${condition} (${reason})`,
  'image-pull': ({ reason, container }) => `can't pull the image of container ${container} (${reason})`,
  crash: ({ reason, container }) => `fail in ${container === undefined ? 'a container' : `container ${container}`} (${reason})`,
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

/** The causes in one sentence: `3 replicas are refused by ResourceQuota gpu (…); 2 replicas start on their nodes`. */
export function describeCauses(causes: readonly ReadinessCause[]): string {
  return causes.map(({ code, replicas, facts }) => `${replicas} ${replicas === 1 ? 'replica' : 'replicas'} ${WHY[code](facts)}`).join('; ');
}

/** What somebody can do about a cause, by its code. */
export function adviseCause(cause: unknown): string {
  const code = CAUSE_CODES.find((one) => one === cause);
  return code === undefined ? 'Look at the pods.' : FIX[code];
}
