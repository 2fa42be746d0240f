import type { ObservedNodePool } from '../inventory/observed-nodes.ts';
import { isAccelerator } from '../inventory/resource-amounts.ts';
import type { Readiness, ReadinessCause } from './readiness.ts';

/** What the cluster says is quoted, but not without end. */
const MAX_QUOTE = 240;

/**
 * What holds replicas back and what to do about it, in plain words with the values that the cluster gives: which quota, limit, instance type,
 * taint, image. A value that it doesn't give is left out, not guessed.
 */
export function hintOf(cause: ReadinessCause, { target }: Pick<Readiness, 'target'>, pools: readonly ObservedNodePool[]): string {
  const count = `${cause.replicas} ${cause.replicas === 1 ? 'replica' : 'replicas'}`;
  return `${count}: ${explain(cause, target.namespace, pools)}`;
}

function explain(cause: ReadinessCause, namespace: string, pools: readonly ObservedNodePool[]): string {
  const said = quote(cause.message);
  const { facts } = cause;
  switch (cause.code) {
    case 'not-created':
      return `not made yet. If it stays so, look at the autoscaler: kubectl -n ${namespace} describe hpa${said}`;
    case 'node-starting':
      return `machines are starting${said}`;
    case 'starting':
      return `starting: images, model${said}`;
    case 'slow-start':
      return `slower than nearly all starts before. Look at their events: kubectl -n ${namespace} get events${said}`;
    case 'quota':
      return explainQuota(cause, namespace);
    case 'pods-refused':
      return `the cluster refuses the pods. Change the pod template, or what refuses it (LimitRange, admission webhook, Pod Security)${said}`;
    case 'pool-limit':
      return explainLimits(cause, pools);
    case 'insufficient-capacity':
      return explainCapacity(cause);
    case 'taint':
      return explainTaint(cause);
    case 'unschedulable':
      return `nothing that could be had fits. Compare what the pods ask for with the requirements of the NodePools${said}`;
    case 'node-stalled':
      return `${facts.nodeClaim === undefined ? 'a machine' : `NodeClaim ${facts.nodeClaim}`} was launched and does not join; Karpenter replaces it 15 min after its launch. Sooner: kubectl delete nodeclaim ${facts.nodeClaim ?? 'NAME'}; look at its node class (image, role, security groups, subnets)${said}`;
    case 'image-pull': {
      const image = facts.image ?? /image "([^"\s]+)"/.exec(cause.message)?.[1];
      return `${image === undefined ? 'their image' : `image ${image}`} can't be pulled. Correct the image or its tag, the registry's credentials (imagePullSecrets), or the network to it${said}`;
    }
    case 'crash':
      return `their containers fail: kubectl -n ${namespace} logs ${facts.pod ?? 'POD'} --previous${said}`;
  }
}

/** As the API server words it: `exceeded quota: NAME, requested: R=N,…, used: R=N,…, limited: R=N,…`. */
const QUOTA = /exceeded quota: ([a-z0-9.-]+), requested: (.+?), used: (.+?), limited: (.+?)\s*$/;

function explainQuota({ message, facts, replicas }: ReadinessCause, namespace: string): string {
  const [, name, requested, used, limited] = QUOTA.exec(message) ?? [];
  if (name === undefined)
    return `ResourceQuota ${facts.quota ?? ''} of ${namespace} is used up. Raise it${quote(message)}`.replace('  ', ' ');
  const [asked, taken, allowed] = [requested, used, limited].map((text) => new Map((text ?? '').split(',').map(splitAmount)));
  const resources = [...(allowed ?? [])];
  const state = resources.map(
    ([resource, amount]) =>
      `${resource}: ${taken?.get(resource) ?? '?'} of ${amount} used, ${asked?.get(resource) ?? '?'} asked for by each pod`,
  );
  const hard = resources.flatMap(([resource]) => {
    const [each, now] = [Number(asked?.get(resource)), Number(taken?.get(resource))];
    return Number.isFinite(each) && Number.isFinite(now) ? [[resource, String(now + each * replicas)] as const] : [];
  });
  const patch = JSON.stringify({ spec: { hard: Object.fromEntries(hard) } });
  const command =
    hard.length < resources.length || hard.length === 0
      ? `kubectl -n ${namespace} edit resourcequota ${name}`
      : `kubectl -n ${namespace} patch resourcequota ${name} --type merge -p '${patch}'`;
  return `ResourceQuota ${name}: ${state.join('; ')}. Raise it: ${command}`;
}

function splitAmount(text: string): readonly [string, string] {
  const [resource = '', amount = ''] = text.split('=');
  return [resource.trim(), amount.trim()];
}

/** The limits that are in the way are those of accelerators where there are any. */
function explainLimits({ facts, message }: ReadinessCause, pools: readonly ObservedNodePool[]): string {
  const names = String(facts.pools ?? '').split(/[\s,]+/);
  const limits = pools
    .filter(({ name, limits: own }) => names.includes(name) && Object.keys(own).length > 0)
    .map(({ name, limits: own, usage }) => {
      const resources = Object.entries(own);
      const accelerators = resources.filter(([resource]) => isAccelerator(resource));
      const shown = (accelerators.length > 0 ? accelerators : resources).map(
        ([resource, limit]) => `${resource} ${usage[resource] ?? 0} of ${limit} used`,
      );
      return `NodePool ${name}: ${shown.join(', ')}`;
    });
  if (limits.length === 0) return `limits of NodePools leave no room. Raise spec.limits, which counts whole machines${quote(message)}`;
  return `${limits.join('; ')}. Limits count whole machines; raise one: kubectl edit nodepool ${names.find((name) => name !== '') ?? ''}`;
}

/** As EC2 words it through Karpenter. */
const NO_CAPACITY = /sufficient ([a-z0-9-]+\.[a-z0-9-]+) capacity in the Availability Zone you requested \(([a-z0-9-]+)\)/;

function explainCapacity({ facts, message }: ReadinessCause): string {
  const [, type = facts.instanceType, zone = facts.zone] = NO_CAPACITY.exec(message) ?? [];
  const what = [facts.capacityType, type].filter((part) => part !== undefined).join(' ');
  const where = zone === undefined ? '' : ` in ${zone}`;
  return `no ${what === '' ? 'machine' : what} is to be had${where} now. Allow more instance types, zones or capacity types in the NodePools of the group, or reserve capacity before the next event${type === undefined ? quote(message) : ''}`;
}

/** As Karpenter (`taint=KEY=VALUE:EFFECT`) and the scheduler (`untolerated taint {KEY: VALUE}`, the last words absent where there is no value) say it. */
const TAINTS = [
  /taint=([\w./-]+?)(?:=([\w.-]*))?:(NoSchedule|NoExecute|PreferNoSchedule)/,
  /untolerated taint\(?s?\)? \{([\w./-]+)(?:: ([\w.-]*))?\}/,
] as const;

function explainTaint({ facts, message }: ReadinessCause): string {
  const text = facts.taint === undefined ? message : `taint=${facts.taint} ${message}`;
  const [, key, value, effect] = TAINTS.map((pattern) => pattern.exec(text)).find((match) => match !== null) ?? [];
  if (key === undefined) return `the pods don't tolerate a taint of the nodes. Add the toleration to the pod template${quote(message)}`;
  const matches = value === undefined || value === '' ? 'operator: Exists' : `operator: Equal, value: ${JSON.stringify(value)}`;
  const toleration = `{ key: ${key}, ${matches}${effect === undefined ? '' : `, effect: ${effect}`} }`;
  return `the pods don't tolerate the taint ${key}${value ? `=${value}` : ''}. Add to the pod template: tolerations: [${toleration}]`;
}

function quote(message: string): string {
  if (message === '') return '';
  return ` (${message.length > MAX_QUOTE ? `${message.slice(0, MAX_QUOTE)}…` : message})`;
}
