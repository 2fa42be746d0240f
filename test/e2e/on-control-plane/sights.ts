import { z } from 'zod';
import type { Sight } from './timeline.ts';

const Named = z.object({ metadata: z.object({ name: z.string() }) });
const ScaledObject = Named.extend({ spec: z.object({ minReplicaCount: z.int() }) });
const Autoscaler = Named.extend({ spec: z.object({ minReplicas: z.int() }) });
const Deployment = Named.extend({ spec: z.object({ replicas: z.int() }) });
const WithConditions = Named.extend({
  spec: z.object({ nodeName: z.string().optional() }),
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).optional() }).optional(),
});

function isReady(object: z.infer<typeof WithConditions>): boolean {
  return object.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

/** What a pre-scaled workload is made of, from the floor down to the machines. */
export function sightsOf(namespace: string): readonly Sight[] {
  const inNamespace = (group: string, plural: string) => `/apis/${group}/namespaces/${namespace}/${plural}`;
  return [
    {
      collection: inNamespace('keda.sh/v1alpha1', 'scaledobjects'),
      tell: (object) => `ScaledObject: min ${ScaledObject.parse(object).spec.minReplicaCount}`,
    },
    {
      collection: inNamespace('autoscaling/v2', 'horizontalpodautoscalers'),
      tell: (object) => `HPA: min ${Autoscaler.parse(object).spec.minReplicas}`,
    },
    {
      collection: inNamespace('apps/v1', 'deployments'),
      tell: (object) => `Deployment: ${Deployment.parse(object).spec.replicas} replicas`,
    },
    { collection: `/api/v1/namespaces/${namespace}/pods`, tell: tellPod },
    { collection: '/apis/karpenter.sh/v1/nodeclaims', tell: (object) => `NodeClaim ${Named.parse(object).metadata.name}` },
    { collection: '/api/v1/nodes', tell: tellNode },
  ];
}

function tellPod(object: unknown): string {
  const pod = WithConditions.parse(object);
  const where = pod.spec.nodeName === undefined ? 'without a node' : 'on a node';
  return `Pod ${pod.metadata.name}: ${isReady(pod) ? 'Ready' : where}`;
}

function tellNode(object: unknown): string {
  const node = WithConditions.parse(object);
  return `Node ${node.metadata.name}: ${isReady(node) ? 'Ready' : 'not Ready yet'}`;
}
