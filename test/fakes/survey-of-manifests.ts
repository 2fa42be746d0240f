import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import {
  parseClaimTemplate,
  parseNode,
  parseNodeName,
  parsePool,
  parseScaled,
  parseScaler,
} from '../../lambda/adapters/kubernetes/survey/parse-survey.ts';
import { ClusterError } from '../../lambda/ports/cluster.ts';
import type { ClusterSurvey } from '../../lambda/ports/cluster-survey.ts';

const Manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional(), labels: z.record(z.string(), z.string()).optional() }),
});
type Manifest = z.output<typeof Manifest>;

/** Objects of a file of manifests that have the shape of any; a namespace that is left out is `default`, as kubectl applies them. */
export function readManifests(text: string): Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    const read = document.errors.length > 0 ? undefined : Manifest.safeParse(document.toJS()).data;
    if (read === undefined) return [];
    const { namespace = 'default' } = read.metadata;
    const server = { namespace, uid: `uid-${read.metadata.name}`, resourceVersion: '1' };
    return [{ ...read, metadata: { ...read.metadata, ...server } }];
  });
}

/** The ClusterSurvey port over objects in memory, read by production's parsers. What no object is of counts as a kind that the cluster lacks. */
export function surveyOfManifests(manifests: readonly Manifest[], malformed: string[] = []): ClusterSurvey {
  function readAll<T>(group: string, kind: string, parse: (value: unknown) => T): Promise<T[]> {
    const own = manifests.filter((object) => object.kind === kind && object.apiVersion.startsWith(group));
    if (own.length === 0) return Promise.reject(new ClusterError('not-found', `this cluster does not serve ${group} ${kind}`));
    return Promise.resolve(
      own.flatMap((object) => {
        try {
          return [parse(object)];
        } catch (error) {
          if (!(error instanceof z.ZodError)) throw error;
          malformed.push(object.metadata.name);
          return [];
        }
      }),
    );
  }
  return {
    readScalers: (kind) =>
      readAll(kind === 'HorizontalPodAutoscaler' ? 'autoscaling/' : 'keda.sh/', kind, (value) => parseScaler(kind, value)),
    readScaled: (kind) => readAll('', kind, (value) => parseScaled(kind, value)),
    readPools: () => readAll('karpenter.sh/v1', 'NodePool', parsePool),
    readClaimTemplates: () => readAll('resource.k8s.io/v1', 'ResourceClaimTemplate', parseClaimTemplate),
    readNodes: () => readAll('v1', 'Node', parseNode),
    async readNodeNames(namespace, podLabels) {
      const own = manifests.filter(
        ({ kind, metadata }) =>
          kind === 'Pod' &&
          metadata.namespace === namespace &&
          Object.entries(podLabels).every(([name, value]) => metadata.labels?.[name] === value),
      );
      return own.flatMap((pod) => parseNodeName(pod) ?? []);
    },
  };
}
