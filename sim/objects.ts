/** The Kubernetes objects of the twin, as far as the twin itself reads them. */

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json | undefined };

export type OwnerReference = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
};

export type ManagedFields = {
  readonly manager: string;
  readonly operation: 'Update' | 'Apply';
  readonly apiVersion: string;
  readonly time: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: JsonObject;
};

export type ObjectMeta = {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly ManagedFields[];
};

export type KubeObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec?: object;
  readonly status?: object;
};

/** What `create` takes: the server fills in the rest of the metadata. */
export type NewObject<T extends KubeObject = KubeObject> = Omit<T, 'metadata'> & {
  readonly metadata: Pick<ObjectMeta, 'name'> & Partial<Omit<ObjectMeta, 'uid' | 'resourceVersion' | 'creationTimestamp' | 'generation'>>;
};

export type Condition = {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
};

export type Namespace = KubeObject;

export type EventObject = KubeObject & {
  readonly involvedObject: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace?: string;
    readonly name: string;
    readonly uid: string;
  };
  readonly reason: string;
  readonly message: string;
  readonly type: 'Normal' | 'Warning';
  readonly count: number;
  readonly firstTimestamp: string;
  readonly lastTimestamp: string;
  readonly source: { readonly component: string };
  readonly reportingComponent: string;
  readonly reportingInstance: string;
};

export type Container = {
  readonly name: string;
  readonly image: string;
  readonly resources?: { readonly limits?: Readonly<Record<string, string>>; readonly requests?: Readonly<Record<string, string>> };
};

export type PodSpec = {
  readonly containers: readonly Container[];
  readonly nodeName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly JsonObject[];
  readonly terminationGracePeriodSeconds?: number;
  readonly priorityClassName?: string;
  readonly priority?: number;
  readonly preemptionPolicy?: string;
};

export type Pod = KubeObject & {
  readonly spec: PodSpec;
  readonly status: {
    readonly phase: 'Pending' | 'Running';
    readonly startTime?: string;
    readonly conditions: readonly Condition[];
    readonly containerStatuses?: readonly JsonObject[];
  };
};

export type LabelSelector = { readonly matchLabels?: Readonly<Record<string, string>> };

export type PodTemplate = {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>>; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: PodSpec;
};

export type PriorityClass = KubeObject & { readonly value: number; readonly globalDefault?: boolean; readonly preemptionPolicy?: string };

export type ResourceQuota = KubeObject & {
  readonly spec: {
    readonly hard?: Readonly<Record<string, string>>;
    readonly scopes?: readonly string[];
    readonly scopeSelector?: JsonObject;
  };
  readonly status?: { readonly hard: Readonly<Record<string, string>>; readonly used?: Readonly<Record<string, string>> };
};

export type LimitRangeItem = {
  readonly type: string;
  readonly max?: Readonly<Record<string, string>>;
  readonly default?: Readonly<Record<string, string>>;
};

export type LimitRange = KubeObject & { readonly spec: { readonly limits: readonly LimitRangeItem[] } };

export type ReplicaCounts = { readonly replicas: number; readonly readyReplicas?: number; readonly availableReplicas?: number };

export type Deployment = KubeObject & {
  readonly spec: { readonly replicas?: number; readonly selector: LabelSelector; readonly template: PodTemplate };
  readonly status?: ReplicaCounts & {
    readonly observedGeneration?: number;
    readonly updatedReplicas?: number;
    readonly unavailableReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
};

export type ReplicaSet = KubeObject & {
  readonly spec: { readonly replicas: number; readonly selector: LabelSelector; readonly template: PodTemplate };
  readonly status?: ReplicaCounts & { readonly observedGeneration?: number };
};

export type Node = KubeObject & {
  readonly spec: { readonly providerID: string; readonly taints?: readonly JsonObject[]; readonly unschedulable?: boolean };
  readonly status: {
    readonly nodeInfo?: JsonObject;
    readonly capacity: Readonly<Record<string, string>>;
    readonly allocatable: Readonly<Record<string, string>>;
    readonly conditions: readonly Condition[];
  };
};

export type Requirement = { readonly key: string; readonly operator: string; readonly values?: readonly string[] };

export type NodePool = KubeObject & {
  readonly spec: {
    readonly weight?: number;
    readonly limits?: Readonly<Record<string, string | number>>;
    readonly disruption?: {
      readonly consolidationPolicy?: string;
      readonly consolidateAfter?: string;
      readonly budgets?: readonly {
        readonly nodes: string;
        readonly reasons?: readonly string[];
        readonly schedule?: string;
        readonly duration?: string;
      }[];
    };
    readonly template: {
      readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
      readonly spec: {
        readonly requirements: readonly Requirement[];
        readonly nodeClassRef: { readonly group: string; readonly kind: string; readonly name: string };
        readonly taints?: readonly JsonObject[];
        readonly expireAfter?: string;
        readonly terminationGracePeriod?: string;
      };
    };
  };
  readonly status?: { readonly resources?: Readonly<Record<string, string>>; readonly conditions?: readonly Condition[] };
};

export type NodeClaim = KubeObject & {
  readonly spec: NodePool['spec']['template']['spec'] & { readonly resources?: { readonly requests: Readonly<Record<string, string>> } };
  readonly status?: {
    readonly nodeName?: string;
    readonly providerID?: string;
    readonly capacity?: Readonly<Record<string, string>>;
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly conditions: readonly Condition[];
  };
};

export type ScalingPolicy = { readonly type: 'Pods' | 'Percent'; readonly value: number; readonly periodSeconds: number };
export type ScalingRules = {
  readonly stabilizationWindowSeconds?: number;
  readonly selectPolicy?: 'Max' | 'Min' | 'Disabled';
  readonly policies?: readonly ScalingPolicy[];
};
export type Behavior = { readonly scaleUp?: ScalingRules; readonly scaleDown?: ScalingRules };

export type ExternalMetric = { readonly name: string; readonly selector?: LabelSelector };

export type MetricSpec = {
  readonly type: string;
  readonly external?: {
    readonly metric: ExternalMetric;
    readonly target: { readonly type: 'AverageValue' | 'Value'; readonly averageValue?: string; readonly value?: string };
  };
};

export type MetricStatus = {
  readonly type: string;
  readonly external: { readonly metric: ExternalMetric; readonly current: { readonly averageValue?: string; readonly value?: string } };
};

export type HorizontalPodAutoscaler = KubeObject & {
  readonly spec: {
    readonly scaleTargetRef: { readonly apiVersion?: string; readonly kind: string; readonly name: string };
    readonly minReplicas?: number;
    readonly maxReplicas: number;
    readonly metrics?: readonly MetricSpec[];
    readonly behavior?: Behavior;
  };
  readonly status?: {
    readonly currentReplicas?: number;
    readonly desiredReplicas: number;
    readonly currentMetrics?: readonly MetricStatus[] | null;
    readonly conditions?: readonly Condition[];
    readonly lastScaleTime?: string;
  };
};

export type Trigger = {
  readonly type: string;
  readonly name?: string;
  readonly metricType?: string;
  readonly metadata: Readonly<Record<string, string>>;
};

export type ScaledObject = KubeObject & {
  readonly spec: {
    readonly scaleTargetRef: { readonly apiVersion?: string; readonly kind?: string; readonly name: string };
    readonly pollingInterval?: number;
    readonly cooldownPeriod?: number;
    readonly initialCooldownPeriod?: number;
    readonly idleReplicaCount?: number;
    readonly minReplicaCount?: number;
    readonly maxReplicaCount?: number;
    readonly fallback?: { readonly failureThreshold: number; readonly replicas: number; readonly behavior?: string };
    readonly advanced?: {
      readonly restoreToOriginalReplicaCount?: boolean;
      readonly horizontalPodAutoscalerConfig?: { readonly name?: string; readonly behavior?: Behavior };
    };
    readonly triggers: readonly Trigger[];
  };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly hpaName?: string;
    readonly lastActiveTime?: string;
    readonly originalReplicaCount?: number;
    readonly pausedReplicaCount?: number;
    readonly externalMetricNames?: readonly string[];
    readonly triggersActivity?: Readonly<Record<string, { readonly isActive: boolean }>>;
    readonly [key: string]: unknown;
  };
};

/** KEDA takes an annotation for set unless it is what Go's `strconv.ParseBool` takes for false. */
export function isSetForKeda(text: string | undefined): boolean {
  return text !== undefined && !/^(0|f|F|false|False|FALSE)$/.test(text);
}
