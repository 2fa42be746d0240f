import { z } from 'zod';
import type { PodNeeds } from '../../../ports/cluster-survey.ts';
import { PodSpec as AskingSpec, addAmounts, readRequests } from '../pod-requests.ts';

const Expressions = z.array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).nullish() })).nullish();

/** A pod template's `spec`. */
export const PodSpec = AskingSpec.extend({
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
  const resources = addAmounts([one.resources, ...Array.from({ length: times }, () => other.resources)]);
  return {
    ...other,
    ...one,
    resources,
    claims: [...one.claims, ...Array.from({ length: times }, () => other.claims).flat()],
    instanceTypes: one.instanceTypes.length > 0 ? one.instanceTypes : other.instanceTypes,
  };
}

/** Extended resources, which are named with their domain. */
function readResources(spec: PodSpec): Record<string, number> {
  return Object.fromEntries(Object.entries(readRequests(spec)).filter(([name]) => name.includes('/')));
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
