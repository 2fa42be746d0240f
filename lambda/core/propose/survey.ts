import type { Bounds } from '../compose/bounds.ts';
import type { TargetKind } from '../compose/intent.ts';
import type { GitOpsTool } from '../gitops/owner.ts';

/** Kinds of objects that a scaler scales and whose pods are looked at. */
export const SCALED_KINDS = ['Deployment', 'StatefulSet', 'Rollout', 'LeaderWorkerSet'] as const;
export type ScaledKind = (typeof SCALED_KINDS)[number];

/** A trigger of a ScaledObject or ScaledJob, as written. */
export type SurveyedTrigger = {
  readonly type: string;
  readonly name?: string;
  readonly metricType?: string;
  readonly metadata: Readonly<Record<string, string>>;
};

/** An object that carries replica bounds. */
export type SurveyedScaler = {
  readonly kind: TargetKind;
  readonly namespace: string;
  readonly name: string;
  /** As they are now; what the object leaves out has its kind's default. */
  readonly bounds: Bounds;
  readonly triggers: readonly SurveyedTrigger[];
  /** What it scales; of a ScaledJob absent, since its pods' template is its own. */
  readonly scales?: { readonly kind: string; readonly name: string };
  /** The template of a ScaledJob's pods. */
  readonly pods?: PodNeeds;
  /** Of an HPA: the ScaledObject that controls it. */
  readonly ownedByScaledObject?: string;
  /** Of a ScaledJob: whether KEDA leaves running Jobs alone when the object changes (`rollout.strategy: gradual`). */
  readonly gradual?: boolean;
  /** Who applies it, as its labels, annotations and field managers tell. */
  readonly gitops?: GitOpsTool;
};

/** What the pods of one replica ask for. Amounts are for the whole replica. */
export type PodNeeds = {
  /** Extended resources by name, such as `nvidia.com/gpu`, in whole units. CPU and memory are left out. */
  readonly resources: Readonly<Record<string, number>>;
  /** Dynamic resource allocation: the ResourceClaimTemplates whose claims each pod gets; a claim shared by pods under its own name. */
  readonly claims: readonly { readonly template?: string; readonly shared?: string }[];
  /** EC2 instance types that node selector and required affinity allow; empty: not said. */
  readonly instanceTypes: readonly string[];
  /** The NodePool that the node selector names. */
  readonly nodePool?: string;
  readonly priorityClass?: string;
};

/** An object that a scaler scales. */
export type SurveyedScaled = {
  readonly kind: ScaledKind;
  readonly namespace: string;
  readonly name: string;
  readonly pods: PodNeeds;
  /** Labels that its pods carry; empty: not known. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** A Rollout without a template of its own: the Deployment that has it. */
  readonly templateOf?: string;
};

/** A node, as far as it tells where replicas run. */
export type SurveyedNode = { readonly name: string; readonly instanceType?: string; readonly nodePool?: string };

/** One requirement of a NodePool's nodes. */
export type SurveyedRequirement = { readonly key: string; readonly operator: string; readonly values: readonly string[] };

/** A Karpenter NodePool. */
export type SurveyedPool = {
  readonly name: string;
  readonly requirements: readonly SurveyedRequirement[];
  /** Keys of the taints of its nodes. */
  readonly taints: readonly string[];
  /** Names of the resources that it limits. */
  readonly limits: readonly string[];
  /** It keeps a fixed number of nodes (`spec.replicas`), so Karpenter gives it no weight. */
  readonly isStatic: boolean;
};

/** A ResourceClaimTemplate: how many devices of which class one claim takes; a count that depends on the node is undefined. */
export type SurveyedClaimTemplate = {
  readonly namespace: string;
  readonly name: string;
  readonly devices: readonly { readonly deviceClass: string; readonly count: number | undefined }[];
};

/** What could not be read, and so is unknown: never taken for nothing. */
export type Unread = {
  /** Plural, such as `deployments`. */
  readonly what: string;
  /** `missing`: the cluster has no such kind. `unreadable`: why is in `message`. */
  readonly why: 'missing' | 'unreadable';
  readonly message: string;
};

/** What there is to configure in one cluster. */
export type Survey = {
  readonly scalers: readonly SurveyedScaler[];
  readonly scaled: readonly SurveyedScaled[];
  /** Kinds of `scaled` that could not be read. */
  readonly unreadKinds: readonly ScaledKind[];
  readonly claimTemplates: readonly SurveyedClaimTemplate[];
  readonly pools: readonly SurveyedPool[];
  /** Nodes that pods of a scaled object run on, by `scaledKey`. */
  readonly nodes: ReadonlyMap<string, readonly SurveyedNode[]>;
  readonly unread: readonly Unread[];
};

/** Identifies a scaled object within its cluster. */
export function scaledKey({ kind, namespace, name }: { readonly kind: string; readonly namespace: string; readonly name: string }): string {
  return `${kind}/${namespace}/${name}`;
}
