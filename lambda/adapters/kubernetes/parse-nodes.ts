import { z } from 'zod';
import type { ObservedNodeClaim, ObservedNodePool } from '../../core/inventory/observed-nodes.ts';
import { quoteText } from './messages.ts';
import { ApiTime, parseGoDuration } from './parse-instant.ts';
import { parseAmounts, Quantities } from './quantity.ts';

const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().nullish(),
  message: z.string().nullish(),
  lastTransitionTime: ApiTime.nullish(),
});
type Condition = z.output<typeof Condition>;

const Taint = z.object({ key: z.string(), value: z.string().nullish(), effect: z.string() });
const Requirement = z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).nullish() });

const NodePool = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    resourceVersion: z.string(),
    annotations: z.record(z.string(), z.string()).nullish(),
  }),
  spec: z.object({
    weight: z.int().nullish(),
    replicas: z.int().nullish(),
    limits: Quantities.nullish(),
    template: z.object({
      spec: z.object({
        requirements: z.array(Requirement),
        taints: z.array(Taint).nullish(),
        expireAfter: z.string().nullish(),
      }),
    }),
  }),
  status: z.object({ resources: Quantities.nullish(), conditions: z.array(Condition).nullish() }).nullish(),
});

/** The CRD's default of `template.spec.expireAfter` (karpenter.sh/v1). */
const DEFAULT_EXPIRE_AFTER = '720h';

/** @throws {z.ZodError} on an object that is no NodePool */
export function parseNodePool(value: unknown): ObservedNodePool {
  const { metadata, spec, status } = NodePool.parse(value);
  const { requirements, taints, expireAfter } = spec.template.spec;
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return {
    name: metadata.name,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    annotations: metadata.annotations ?? {},
    weight: spec.weight ?? undefined,
    replicas: spec.replicas ?? undefined,
    limits: Object.fromEntries(Object.entries(spec.limits ?? {}).map(([resource, limit]) => [resource, String(limit)])),
    limitAmounts: parseAmounts(spec.limits),
    usage: parseAmounts(status?.resources),
    requirements: requirements.map(({ key, operator, values }) => ({ key, operator, values: values ?? [] })),
    taints: (taints ?? []).map(({ key, value: taint, effect }) => ({ key, value: taint ?? undefined, effect })),
    expireAfterMs: parseGoDuration(expireAfter ?? DEFAULT_EXPIRE_AFTER),
    // Unknown for a moment after every change of its spec, ours included.
    notReady: ready?.status === 'False' ? why(ready) : undefined,
  };
}

const NodeClaim = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    creationTimestamp: ApiTime,
    deletionTimestamp: z.string().nullish(),
    labels: z.record(z.string(), z.string()).nullish(),
  }),
  spec: z.object({ expireAfter: z.string().nullish(), resources: z.object({ requests: Quantities.nullish() }).nullish() }),
  status: z
    .object({
      nodeName: z.string().nullish(),
      capacity: Quantities.nullish(),
      allocatable: Quantities.nullish(),
      conditions: z.array(Condition).nullish(),
    })
    .nullish(),
});

/** The labels that Karpenter puts on a NodeClaim (karpenter.sh/v1, and the well-known ones of Kubernetes). */
const LABELS = {
  nodePool: 'karpenter.sh/nodepool',
  capacityType: 'karpenter.sh/capacity-type',
  instanceType: 'node.kubernetes.io/instance-type',
  zone: 'topology.kubernetes.io/zone',
} as const;

const STEPS = ['Launched', 'Registered', 'Initialized'] as const;

/** @throws {z.ZodError} on an object that is no NodeClaim */
export function parseNodeClaim(value: unknown): ObservedNodeClaim {
  const { metadata, spec, status } = NodeClaim.parse(value);
  const conditions = status?.conditions ?? [];
  const condition = (type: string) => conditions.find((one) => one.type === type);
  const since = (type: string) => (condition(type)?.status === 'True' ? (condition(type)?.lastTransitionTime ?? undefined) : undefined);
  const livesMs = parseGoDuration(spec.expireAfter ?? DEFAULT_EXPIRE_AFTER);
  const open = STEPS.map(condition).find((step) => step !== undefined && step.status !== 'True');
  const labels = metadata.labels ?? {};
  return {
    name: metadata.name,
    uid: metadata.uid,
    nodePool: labels[LABELS.nodePool],
    createdMs: metadata.creationTimestamp,
    launchedMs: since('Launched'),
    registeredMs: since('Registered'),
    initializedMs: since('Initialized'),
    expiresMs: livesMs === undefined ? undefined : metadata.creationTimestamp + livesMs,
    isTerminating: Boolean(metadata.deletionTimestamp),
    nodeName: status?.nodeName || undefined,
    instanceType: labels[LABELS.instanceType],
    capacityType: labels[LABELS.capacityType],
    zone: labels[LABELS.zone],
    requested: parseAmounts(spec.resources?.requests),
    capacity: parseAmounts(status?.capacity),
    allocatable: parseAmounts(status?.allocatable),
    stalled: open === undefined ? undefined : { condition: open.type, ...why(open) },
  };
}

function why({ reason, message }: Condition): { reason: string; message: string } {
  return { reason: reason ?? '', message: quoteText(message ?? '') };
}
