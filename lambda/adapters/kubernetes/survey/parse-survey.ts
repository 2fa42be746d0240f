import { z } from 'zod';
import type { TargetKind } from '../../../core/compose/intent.ts';
import { detectOwner } from '../../../core/gitops/owner.ts';
import type { ScaledKind, SurveyedTrigger } from '../../../core/propose/survey.ts';
import type { SurveyedClaimTemplate, SurveyedNode, SurveyedPool, SurveyedScaled, SurveyedScaler } from '../../../ports/cluster-survey.ts';
import { parseTarget } from '../parse-target.ts';
import { addPodNeeds, PodSpec, readPodNeeds } from './pod-needs.ts';

const Texts = z.record(z.string(), z.string()).nullish();
const Named = z.object({ namespace: z.string(), name: z.string() });

/** Metadata of triggers must be texts; numbers and booleans that a lenient writer left are read as such. */
const Trigger = z.object({
  type: z.string(),
  name: z.string().nullish(),
  metricType: z.string().nullish(),
  metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).nullish(),
});
const Scaler = z.object({ spec: z.object({ triggers: z.array(Trigger).nullish() }) });
const Template = z.object({ metadata: z.object({ labels: Texts }).nullish(), spec: PodSpec });
const Job = z.object({ spec: z.object({ jobTargetRef: z.object({ template: Template }) }) });

/** @throws {z.ZodError} on an object that is none of its kind. */
export function parseScaler(kind: TargetKind, value: unknown): SurveyedScaler {
  // The same reading of bounds, owner and target as a tick's.
  const target = parseTarget('', kind, value);
  const { ref, bounds, scalesTo, rollout, ownedByScaledObject } = target;
  const { spec } = Scaler.parse(value);
  const gitops = detectOwner(target)?.tool;
  return {
    kind,
    namespace: ref.namespace,
    name: ref.name,
    bounds,
    triggers: (spec.triggers ?? []).map(readTrigger),
    ...(kind === 'ScaledJob'
      ? { pods: readPodNeeds(Job.parse(value).spec.jobTargetRef.template.spec), gradual: rollout === 'gradual' }
      : { scales: { kind: scalesTo.kind, name: scalesTo.name } }),
    ...(ownedByScaledObject !== undefined && { ownedByScaledObject }),
    ...(gitops !== undefined && { gitops }),
  };
}

function readTrigger({ type, name, metricType, metadata }: z.output<typeof Trigger>): SurveyedTrigger {
  return { type, ...(name && { name }), ...(metricType && { metricType }), metadata: metadata ?? {} };
}

const Selector = z.object({ matchLabels: Texts }).nullish();
const WithTemplate = z.object({
  metadata: Named,
  spec: z.object({
    selector: Selector,
    template: Template.nullish(),
    workloadRef: z.object({ kind: z.string(), name: z.string() }).nullish(),
  }),
});
const LeaderWorkerSet = z.object({
  metadata: Named,
  spec: z.object({
    leaderWorkerTemplate: z.object({ size: z.int().min(1).nullish(), leaderTemplate: Template.nullish(), workerTemplate: Template }),
  }),
});

const NO_NEEDS = { resources: {}, claims: [], instanceTypes: [] };

/** @throws {z.ZodError} on an object that is none of its kind. */
export function parseScaled(kind: ScaledKind, value: unknown): SurveyedScaled {
  if (kind === 'LeaderWorkerSet') return parseLeaderWorkerSet(value);
  const { metadata, spec } = WithTemplate.parse(value);
  const { namespace, name } = metadata;
  const { template, workloadRef } = spec;
  return {
    kind,
    namespace,
    name,
    pods: template ? readPodNeeds(template.spec) : NO_NEEDS,
    podLabels: spec.selector?.matchLabels ?? template?.metadata?.labels ?? {},
    ...(!template && workloadRef?.kind === 'Deployment' && { templateOf: workloadRef.name }),
  };
}

/** A replica is a group: a leader and `size` − 1 workers, the leader like a worker where it has no template of its own. */
function parseLeaderWorkerSet(value: unknown): SurveyedScaled {
  const { metadata, spec } = LeaderWorkerSet.parse(value);
  const { size, leaderTemplate, workerTemplate } = spec.leaderWorkerTemplate;
  const leader = readPodNeeds((leaderTemplate ?? workerTemplate).spec);
  return {
    kind: 'LeaderWorkerSet',
    namespace: metadata.namespace,
    name: metadata.name,
    pods: addPodNeeds(leader, readPodNeeds(workerTemplate.spec), (size ?? 1) - 1),
    podLabels: { 'leaderworkerset.sigs.k8s.io/name': metadata.name },
  };
}

const Requirement = z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).nullish() });
const NodePool = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    replicas: z.number().nullish(),
    limits: z.record(z.string(), z.union([z.string(), z.number()])).nullish(),
    template: z.object({
      metadata: z.object({ labels: Texts }).nullish(),
      spec: z.object({ requirements: z.array(Requirement).nullish(), taints: z.array(z.object({ key: z.string() })).nullish() }),
    }),
  }),
});

/** @throws {z.ZodError} on an object that is no NodePool. */
export function parsePool(value: unknown): SurveyedPool {
  const { metadata, spec } = NodePool.parse(value);
  const { requirements, taints } = spec.template.spec;
  // Labels of the template bind like requirements of one value.
  const labels = Object.entries(spec.template.metadata?.labels ?? {});
  return {
    name: metadata.name,
    requirements: [
      ...(requirements ?? []).map(({ key, operator, values }) => ({ key, operator, values: values ?? [] })),
      ...labels.map(([key, label]) => ({ key, operator: 'In', values: [label] })),
    ],
    taints: (taints ?? []).map(({ key }) => key),
    limits: Object.keys(spec.limits ?? {}),
    isStatic: typeof spec.replicas === 'number',
  };
}

const Device = z.object({ deviceClassName: z.string(), count: z.int().nullish(), allocationMode: z.string().nullish() });
const ClaimTemplate = z.object({
  metadata: z.object({ namespace: z.string(), name: z.string() }),
  spec: z.object({
    spec: z.object({
      devices: z
        .object({ requests: z.array(z.object({ exactly: Device.nullish(), firstAvailable: z.array(Device).nullish() })).nullish() })
        .nullish(),
    }),
  }),
});

/** @throws {z.ZodError} on an object that is no resource.k8s.io/v1 ResourceClaimTemplate. */
export function parseClaimTemplate(value: unknown): SurveyedClaimTemplate {
  const { metadata, spec } = ClaimTemplate.parse(value);
  const asked = (spec.spec.devices?.requests ?? []).flatMap(({ exactly, firstAvailable }) => exactly ?? firstAvailable?.[0] ?? []);
  const devices = asked.map(({ deviceClassName, count, allocationMode }) => ({
    deviceClass: deviceClassName,
    count: allocationMode === 'All' ? undefined : (count ?? 1),
  }));
  return { namespace: metadata.namespace, name: metadata.name, devices };
}

const Node = z.object({ metadata: z.object({ name: z.string(), labels: Texts }) });

/** @throws {z.ZodError} on an object that is no Node. */
export function parseNode(value: unknown): SurveyedNode {
  const { name, labels } = Node.parse(value).metadata;
  const instanceType = labels?.['node.kubernetes.io/instance-type'];
  const nodePool = labels?.['karpenter.sh/nodepool'];
  return { name, ...(instanceType !== undefined && { instanceType }), ...(nodePool !== undefined && { nodePool }) };
}

const Pod = z.object({ spec: z.object({ nodeName: z.string().nullish() }) });

/** The node that a pod runs on, if it runs on one. @throws {z.ZodError} on an object that is no Pod. */
export function parseNodeName(value: unknown): string | undefined {
  return Pod.parse(value).spec.nodeName || undefined;
}
