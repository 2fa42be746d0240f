import { quantityToScalar } from '@kubernetes/client-node/dist/util.js';
import { z } from 'zod';
import type { PodNeeds } from '../../../ports/cluster-survey.ts';

const Amount = z.union([z.string(), z.number()]);
const Amounts = z.record(z.string(), Amount).nullish();

const Container = z.object({
  restartPolicy: z.string().nullish(),
  resources: z.object({ requests: Amounts, limits: Amounts }).nullish(),
});
type Container = z.output<typeof Container>;

const Expressions = z.array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).nullish() })).nullish();

/** A pod template's `spec`. */
export const PodSpec = z.object({
  containers: z.array(Container).nullish(),
  initContainers: z.array(Container).nullish(),
  resourceClaims: z.array(z.object({ resourceClaimName: z.string().nullish(), resourceClaimTemplateName: z.string().nullish() })).nullish(),
  nodeSelector: z.record(z.string(), z.string()).nullish(),
  priorityClassName: z.string().nullish(),
  affinity: z
    .object({
      nodeAffinity: z
        .object({
          requiredDuringSchedulingIgnoredDuringExecution: z
            .object({ nodeSelectorTerms: z.array(z.object({ matchExpressions: Expressions })).nullish() })
            .nullish(),
        })
        .nullish(),
    })
    .nullish(),
});
export type PodSpec = z.output<typeof PodSpec>;

const INSTANCE_TYPE = 'node.kubernetes.io/instance-type';
const NODE_POOL = 'karpenter.sh/nodepool';

/** What a pod of this template asks for. */
export function readPodNeeds(spec: PodSpec): PodNeeds {
  const nodePool = spec.nodeSelector?.[NODE_POOL];
  return {
    resources: readResources(spec),
    claims: (spec.resourceClaims ?? []).map(({ resourceClaimTemplateName: template, resourceClaimName: shared }) =>
      typeof template === 'string' ? { template } : { shared: shared ?? '' },
    ),
    instanceTypes: readInstanceTypes(spec),
    ...(nodePool !== undefined && { nodePool }),
    ...(spec.priorityClassName && { priorityClass: spec.priorityClassName }),
  };
}

/** Several pods as one replica, such as the leader and the workers of a group. */
export function addPodNeeds(one: PodNeeds, other: PodNeeds, times: number): PodNeeds {
  const names = new Set([...Object.keys(one.resources), ...Object.keys(other.resources)]);
  const resources = Object.fromEntries([...names].map((name) => [name, (one.resources[name] ?? 0) + times * (other.resources[name] ?? 0)]));
  return {
    ...other,
    ...one,
    resources,
    claims: [...one.claims, ...Array.from({ length: times }, () => other.claims).flat()],
    instanceTypes: one.instanceTypes.length > 0 ? one.instanceTypes : other.instanceTypes,
  };
}

/**
 * As Kubernetes counts a pod: its containers and sidecars together, or an init container where that asks for more.
 * Extended resources, which are named with their domain; a request that is left out is the limit.
 */
function readResources({ containers, initContainers }: PodSpec): Record<string, number> {
  const isSidecar = ({ restartPolicy }: Container) => restartPolicy === 'Always';
  const together = [...(containers ?? []), ...(initContainers ?? []).filter(isSidecar)].map(amountsOf);
  const alone = (initContainers ?? []).filter((container) => !isSidecar(container)).map(amountsOf);
  const names = new Set([...together, ...alone].flatMap((amounts) => [...amounts.keys()]));
  const amountFor = (name: string) =>
    Math.max(
      together.reduce((sum, amounts) => sum + (amounts.get(name) ?? 0), 0),
      ...alone.map((amounts) => amounts.get(name) ?? 0),
    );
  return Object.fromEntries([...names].map((name) => [name, amountFor(name)]));
}

function amountsOf({ resources }: Container): Map<string, number> {
  const asked = { ...resources?.limits, ...resources?.requests };
  return new Map(
    Object.entries(asked)
      .filter(([name]) => name.includes('/'))
      .map(([name, amount]) => [name, Math.max(0, Math.ceil(Number(quantityToScalar(String(amount)))))]),
  );
}

function readInstanceTypes({ nodeSelector, affinity }: PodSpec): string[] {
  const selected = nodeSelector?.[INSTANCE_TYPE];
  if (selected !== undefined) return [selected];
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const allowed = terms.map(({ matchExpressions }) =>
    (matchExpressions ?? []).flatMap(({ key, operator, values }) => (key === INSTANCE_TYPE && operator === 'In' ? (values ?? []) : [])),
  );
  // Terms are alternatives: one that names no type allows any.
  return allowed.some((types) => types.length === 0) ? [] : [...new Set(allowed.flat())];
}
