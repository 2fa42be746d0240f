import type { TargetKind } from '../core/compose/intent.ts';
import type {
  PodNeeds,
  ScaledKind,
  SurveyedClaimTemplate,
  SurveyedNode,
  SurveyedPool,
  SurveyedScaled,
  SurveyedScaler,
} from '../core/propose/survey.ts';

export type { PodNeeds, SurveyedClaimTemplate, SurveyedNode, SurveyedPool, SurveyedScaled, SurveyedScaler };

/**
 * What there is to configure in one cluster. Reads only. Every method throws ClusterError; `not-found` means that the cluster
 * has no such kind, `forbidden` names the missing right.
 */
export interface ClusterSurvey {
  readScalers(kind: TargetKind): Promise<SurveyedScaler[]>;
  readScaled(kind: ScaledKind): Promise<SurveyedScaled[]>;
  readPools(): Promise<SurveyedPool[]>;
  readClaimTemplates(): Promise<SurveyedClaimTemplate[]>;
  readNodes(): Promise<SurveyedNode[]>;
  /** Names of the nodes that pods with these labels run on, each once. */
  readNodeNames(namespace: string, podLabels: Readonly<Record<string, string>>): Promise<string[]>;
}
