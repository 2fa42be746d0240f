import type { TargetKind } from '../core/compose/intent.ts';
import { readAccelerators } from '../core/propose/accelerators.ts';
import {
  SCALED_KINDS,
  type ScaledKind,
  type Survey,
  type SurveyedNode,
  type SurveyedScaled,
  scaledKey,
  type Unread,
} from '../core/propose/survey.ts';
import { ClusterError } from '../ports/cluster.ts';
import type { ClusterSurvey } from '../ports/cluster-survey.ts';
import { mapConcurrently } from './map-concurrently.ts';

const KINDS: readonly TargetKind[] = ['ScaledObject', 'ScaledJob', 'HorizontalPodAutoscaler'];
const PLURALS: Readonly<Record<TargetKind | ScaledKind, string>> = {
  ScaledObject: 'scaledobjects',
  ScaledJob: 'scaledjobs',
  HorizontalPodAutoscaler: 'horizontalpodautoscalers',
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  Rollout: 'rollouts',
  LeaderWorkerSet: 'leaderworkersets',
};
/** Workloads whose pods are asked where they run: each costs a request. */
const MOST_LOCATED = 500;
const CONCURRENT = 4;

/**
 * Reads what there is to configure. Kinds that the cluster lacks or that may not be read are noted and go missing; without
 * any kind of scaler there is nothing to say.
 * @throws {ClusterError} when no kind of scaler could be read, or the cluster does not answer
 */
export async function surveyCluster(source: ClusterSurvey): Promise<Survey> {
  const unread: Unread[] = [];

  /** Undefined when the kind is missing or forbidden, which is noted. */
  async function attempt<T>(what: string, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof ClusterError) || (error.code !== 'not-found' && error.code !== 'forbidden')) throw error;
      unread.push({ what, why: error.code === 'not-found' ? 'missing' : 'unreadable', message: error.message });
      return undefined;
    }
  }

  const scalers = [];
  for (const kind of KINDS) scalers.push(...((await attempt(PLURALS[kind], () => source.readScalers(kind))) ?? []));
  if (unread.length === KINDS.length) throw new ClusterError('forbidden', unread.map(({ message }) => message).join('\n'));

  const scaled: SurveyedScaled[] = [];
  const unreadKinds: ScaledKind[] = [];
  const readScaled = async (kind: ScaledKind) => {
    const read = await attempt(PLURALS[kind], () => source.readScaled(kind));
    if (read === undefined) unreadKinds.push(kind);
    else scaled.push(...read);
  };
  const used = new Set(scalers.map(({ scales }) => scales?.kind));
  for (const kind of SCALED_KINDS.filter((known) => used.has(known))) await readScaled(kind);
  // Rollouts may take their pods from Deployments.
  if (!used.has('Deployment') && scaled.some(({ templateOf }) => templateOf !== undefined)) await readScaled('Deployment');

  const allPods = [...scaled, ...scalers].map(({ pods }) => pods);
  const claims = allPods.some((pods) => pods?.claims.some(({ template }) => template !== undefined));
  const claimTemplates = claims ? await attempt('resourceclaimtemplates', () => source.readClaimTemplates()) : [];
  const pools = await attempt('nodepools', () => source.readPools());
  const scaledByUs = new Set(
    scalers.flatMap(({ namespace, scales }) => (scales === undefined ? [] : [scaledKey({ ...scales, namespace })])),
  );
  const located = scaled
    .filter((one) => scaledByUs.has(scaledKey(one)) && Object.keys(one.podLabels).length > 0)
    .filter(({ pods, namespace }) => readAccelerators(pods, namespace, claimTemplates ?? []).gpus !== 0);
  return {
    scalers,
    scaled,
    unreadKinds,
    claimTemplates: claimTemplates ?? [],
    pools: pools ?? [],
    nodes: located.length === 0 ? new Map() : await locate(located.slice(0, MOST_LOCATED)),
    unread,
  };

  async function locate(objects: readonly SurveyedScaled[]): Promise<Survey['nodes']> {
    const nodes = await attempt('nodes', () => source.readNodes());
    if (nodes === undefined) return new Map();
    const byName = new Map(nodes.map((node) => [node.name, node]));
    const found = new Map<string, readonly SurveyedNode[]>();
    await attempt('pods', () =>
      mapConcurrently(objects, CONCURRENT, async (object) => {
        const names = new Set(await source.readNodeNames(object.namespace, object.podLabels));
        found.set(
          scaledKey(object),
          [...names].flatMap((name) => byName.get(name) ?? []),
        );
      }),
    );
    return found;
  }
}
