import type { ScaledKind } from '../../../core/propose/survey.ts';
import type { ClusterSurvey } from '../../../ports/cluster-survey.ts';
import { type KubernetesApiOptions, makeKubernetesApi } from '../kubernetes-api.ts';
import { NODE_POOLS, NODES, PODS, RESOURCE_CLAIM_TEMPLATES, type Resource, scaledResource, TARGET_RESOURCES } from '../resources.ts';
import { parseClaimTemplate, parseNode, parseNodeName, parsePool, parseScaled, parseScaler } from './parse-survey.ts';

/** Whole Deployments and nodes: larger objects than a tick's. */
const PAGE_SIZE = 250;
/** A person waits; a large cluster takes its time. */
const LIMITS = { requestTimeoutMs: 20_000, deadlineMs: 120_000 };

const SCALED: Readonly<Record<ScaledKind, Resource>> = {
  Deployment: scaledResource('apps/v1', 'Deployment'),
  StatefulSet: scaledResource('apps/v1', 'StatefulSet'),
  Rollout: scaledResource('argoproj.io/v1alpha1', 'Rollout'),
  LeaderWorkerSet: scaledResource('leaderworkerset.x-k8s.io/v1', 'LeaderWorkerSet'),
};

/** The ClusterSurvey port over one Kubernetes API server. */
export function makeKubernetesSurvey(options: KubernetesApiOptions): ClusterSurvey {
  const api = makeKubernetesApi({ pageSize: PAGE_SIZE, ...options, limits: { ...LIMITS, ...options.limits } });
  const readAll = <T>(resource: Resource, parse: (value: unknown) => T) => api.list(resource, parse, api.startDeadline());
  return {
    readScalers: (kind) => readAll(TARGET_RESOURCES[kind], (item) => parseScaler(kind, item)),
    readScaled: (kind) => readAll(SCALED[kind], (item) => parseScaled(kind, item)),
    readPools: () => readAll(NODE_POOLS, parsePool),
    readClaimTemplates: () => readAll(RESOURCE_CLAIM_TEMPLATES, parseClaimTemplate),
    readNodes: () => readAll(NODES, parseNode),
    async readNodeNames(namespace, podLabels) {
      const labelSelector = Object.entries(podLabels)
        .map(([name, value]) => `${name}=${value}`)
        .join(',');
      const names = await api.list(PODS, parseNodeName, api.startDeadline(), { namespace, labelSelector });
      return [...new Set(names.filter((name) => name !== undefined))];
    },
  };
}
