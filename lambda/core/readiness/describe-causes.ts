import type { CauseCode, ReadinessCause } from './readiness.ts';

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

/** The causes in one sentence: `3 replicas are refused by ResourceQuota gpu (…); 1 replica starts on its node`. */
export function describeCauses(causes: readonly ReadinessCause[]): string {
  return causes
    .map(
      ({ code, replicas, facts }) =>
        `${replicas} ${replicas === 1 ? 'replica' : 'replicas'} ${WHY[code](facts, (one, more) => (replicas === 1 ? one : more))}`,
    )
    .join('; ');
}
