import type { CapacityType } from './market/market.ts';
import type { Nodes } from './nodes.ts';
import type { Deployment, NodePool, Requirement, ScaledObject } from './objects.ts';
import type { Pods } from './pods.ts';
import { AUTOSCALERS, DEPLOYMENTS, NAMESPACES, NODE_POOLS, SCALED_OBJECTS } from './resources.ts';
import type { TriggerReading, TriggerSources } from './triggers.ts';
import type { World } from './world.ts';

export type WorkloadOptions = {
  readonly namespace: string;
  readonly name: string;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly gpusPerReplica: number;
  readonly capacityPerReplicaPerMinute: number;
  /** From a pod's creation to Ready where it needs a new node; log-normal. */
  readonly startupMedianMs: number;
  readonly startupSigma?: number;
  /** The part of it that the node takes, 0 to 1. */
  readonly startupNodeShare?: number;
  /** Requests per minute at an instant of the simulated clock. Leave it out for a constant 0, which costs no simulated work. */
  readonly demand?: (atMs: number) => number;
  readonly idleReplicaCount?: number;
  readonly pollingIntervalSeconds?: number;
  readonly cooldownSeconds?: number;
  readonly fallback?: { readonly failureThreshold: number; readonly replicas: number };
  readonly annotations?: Readonly<Record<string, string>>;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly priorityClassName?: string;
  /** Start with these replicas instead of `minReplicas`. */
  readonly replicas?: number;
};

export type NodePoolOptions = {
  readonly name: string;
  readonly instanceTypes: readonly string[];
  readonly capacityType?: 'on-demand' | 'spot' | 'reserved';
  readonly zone?: string;
  readonly weight?: number;
  readonly limitGpus?: number;
  readonly consolidateAfter?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Several of them, instead of `capacityType`. */
  readonly capacityTypes?: readonly CapacityType[];
  readonly consolidationPolicy?: 'WhenEmpty' | 'WhenEmptyOrUnderutilized';
  /** Default: no limit to disruption. */
  readonly budgets?: NonNullable<NonNullable<NodePool['spec']['disruption']>['budgets']>;
  readonly expireAfter?: string;
  readonly requirements?: readonly Requirement[];
};

export type WorkloadReading = {
  /** Requests per minute now; absent while the trigger's source fails. */
  readonly demand?: number;
  readonly ready: number;
  /** Pods that exist and aren't Ready yet. */
  readonly starting: number;
  /** What the deployment asks for. */
  readonly replicas: number;
  /** The bounds of the HPA, which are those in force; before there is one, or when KEDA is paused, the ScaledObject's. */
  readonly min: number;
  readonly max: number;
  /** GPU nodes of the whole cluster that are paid for. */
  readonly gpuNodes: number;
};

export type Workloads = {
  readonly add: (options: WorkloadOptions) => void;
  readonly addNodePool: (options: NodePoolOptions) => void;
  readonly read: (name: string, namespace?: string) => WorkloadReading;
  /** Makes the source of a workload's trigger fail with this message; undefined mends it. */
  readonly failTrigger: (name: string, message: string | undefined) => void;
};

export function createWorkloads(
  world: World,
  parts: { readonly pods: Pods; readonly nodes: Nodes; readonly sources: TriggerSources },
): Workloads {
  const { clock, store } = world;
  const added = new Map<string, WorkloadOptions>();
  const failures = new Map<string, string>();

  function find(name: string, namespace?: string): WorkloadOptions {
    const found = namespace === undefined ? [...added.values()].filter((one) => one.name === name) : [added.get(`${namespace}/${name}`)];
    const [only] = found;
    if (only === undefined || found.length > 1)
      throw new Error(`the twin knows ${only === undefined ? 'no workload' : 'several workloads'} "${name}"; name its namespace`);
    return only;
  }

  function connect(options: WorkloadOptions): void {
    const { namespace, name, demand } = options;
    const failure = failures.get(`${namespace}/${name}`);
    const read = (_index: number, nowMs: number): TriggerReading =>
      failure === undefined ? { kind: 'value', value: demand?.(nowMs) ?? 0 } : { kind: 'error', message: failure };
    parts.sources.set(namespace, name, { read, constant: demand === undefined || failure !== undefined });
  }

  function ensureNamespace(name: string): void {
    if (store.get(NAMESPACES, undefined, name) !== undefined) return;
    store.create(NAMESPACES, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  }

  return {
    add: (options) => {
      const { namespace, name } = options;
      ensureNamespace(namespace);
      if (store.list(NODE_POOLS).length === 0)
        store.create(NODE_POOLS, nodePool({ name: 'gpu', instanceTypes: [DEFAULT_TYPES.get(options.gpusPerReplica) ?? 'g6e.48xlarge'] }));
      added.set(`${namespace}/${name}`, options);
      const { startupMedianMs: medianMs, startupSigma: sigma = 0.3, startupNodeShare: nodeShare = 0.35 } = options;
      parts.pods.setStartup(namespace, name, { medianMs, sigma, nodeShare });
      connect(options);
      store.create(DEPLOYMENTS, deployment(options));
      store.create(SCALED_OBJECTS, scaledObject(options));
    },
    addNodePool: (options) => {
      store.create(NODE_POOLS, nodePool(options));
    },
    read: (workloadName, inNamespace) => {
      const options = find(workloadName, inNamespace);
      const { namespace, name } = options;
      const { wanted, existing, ready } = parts.pods.count(namespace, name);
      const autoscaler = store.get(AUTOSCALERS, namespace, `keda-hpa-${name}`);
      const object = store.get(SCALED_OBJECTS, namespace, name);
      const reading = parts.sources.get(namespace, name).read(0, clock.now());
      const nodes = parts.nodes.gpuNodes();
      return {
        ...(reading.kind === 'value' ? { demand: reading.value } : {}),
        ready,
        starting: existing - ready,
        replicas: wanted,
        min: autoscaler?.spec.minReplicas ?? object?.spec.minReplicaCount ?? 0,
        max: autoscaler?.spec.maxReplicas ?? object?.spec.maxReplicaCount ?? 100,
        gpuNodes: nodes.ready + nodes.starting,
      };
    },
    failTrigger: (workloadName, message) => {
      const options = find(workloadName);
      const key = `${options.namespace}/${options.name}`;
      if (message === undefined) failures.delete(key);
      else failures.set(key, message);
      connect(options);
    },
  };
}

/** A machine for each size of replica, where the caller adds no pool of his own. */
const DEFAULT_TYPES: ReadonlyMap<number, string> = new Map([
  [1, 'g6e.xlarge'],
  [2, 'g6e.12xlarge'],
  [3, 'g6e.12xlarge'],
  [4, 'g6e.12xlarge'],
]);

function deployment({ namespace, name, gpusPerReplica, minReplicas, replicas, nodeSelector, priorityClassName }: WorkloadOptions) {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name, labels },
    spec: {
      replicas: replicas ?? minReplicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            { name: 'server', image: 'example.com/inference:1', resources: { limits: { 'nvidia.com/gpu': String(gpusPerReplica) } } },
          ],
          tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists' }],
          ...(nodeSelector === undefined ? {} : { nodeSelector }),
          ...(priorityClassName === undefined ? {} : { priorityClassName }),
        },
      },
    },
  } satisfies Omit<Deployment, 'metadata'> & { metadata: object };
}

function scaledObject(options: WorkloadOptions) {
  const { namespace, name, annotations, capacityPerReplicaPerMinute, idleReplicaCount, pollingIntervalSeconds, cooldownSeconds, fallback } =
    options;
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { namespace, name, ...(annotations === undefined ? {} : { annotations }) },
    spec: {
      scaleTargetRef: { name },
      minReplicaCount: options.minReplicas,
      maxReplicaCount: options.maxReplicas,
      ...(idleReplicaCount === undefined ? {} : { idleReplicaCount }),
      ...(pollingIntervalSeconds === undefined ? {} : { pollingInterval: pollingIntervalSeconds }),
      ...(cooldownSeconds === undefined ? {} : { cooldownPeriod: cooldownSeconds }),
      ...(fallback === undefined ? {} : { fallback }),
      triggers: [
        {
          type: 'prometheus',
          metadata: {
            serverAddress: 'http://prometheus.monitoring:9090',
            query: `sum(rate(requests_total{app="${name}"}[1m])) * 60`,
            threshold: String(capacityPerReplicaPerMinute),
          },
        },
      ],
    },
  } satisfies Omit<ScaledObject, 'metadata'> & { metadata: object };
}

function nodePool({
  name,
  instanceTypes,
  capacityType = 'on-demand',
  zone,
  weight,
  limitGpus,
  consolidateAfter = '30s',
  labels,
  capacityTypes = [capacityType],
  consolidationPolicy = 'WhenEmpty',
  budgets = [{ nodes: '100%' }],
  expireAfter = '720h',
  requirements = [],
}: NodePoolOptions) {
  const only = (key: string, values: readonly string[]) => ({ key, operator: 'In', values });
  return {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: { name },
    spec: {
      ...(weight === undefined ? {} : { weight }),
      ...(limitGpus === undefined ? {} : { limits: { 'nvidia.com/gpu': String(limitGpus) } }),
      disruption: { consolidationPolicy, consolidateAfter, budgets },
      template: {
        ...(labels === undefined ? {} : { metadata: { labels } }),
        spec: {
          expireAfter,
          nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' },
          requirements: [
            only('karpenter.sh/capacity-type', capacityTypes),
            only('node.kubernetes.io/instance-type', instanceTypes),
            ...(zone === undefined ? [] : [only('topology.kubernetes.io/zone', [zone])]),
            ...requirements,
          ],
          taints: [{ key: 'nvidia.com/gpu', effect: 'NoSchedule' }],
        },
      },
    },
  } satisfies Omit<NodePool, 'metadata'> & { metadata: object };
}
