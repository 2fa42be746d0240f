import { z } from 'zod';
import type { TargetKind } from '../../../core/compose/intent.ts';
import type { ScaledKind } from '../../../core/propose/survey.ts';
import { ClusterError } from '../../../ports/cluster.ts';
import type { ClusterSurvey } from '../../../ports/cluster-survey.ts';
import { explainShape, makeApiRequests } from '../api-requests.ts';
import type { ClusterConnection } from '../connection.ts';
import { DEFAULT_LIMITS, type Pacing, REAL_PACING, type RequestLimits, startDeadline } from '../retrying.ts';
import { parseClaimTemplate, parseNode, parseNodeName, parsePool, parseScaled, parseScaler } from './parse-survey.ts';

export type KubernetesSurveyOptions = {
  /** For messages. */
  readonly name: string;
  readonly connection: ClusterConnection;
  /** Objects a page of a list. */
  readonly pageSize?: number;
  readonly limits?: Partial<RequestLimits>;
  readonly pacing?: Pacing;
  /** Hears of an object that was left out because it is not of its kind's shape. */
  readonly onMalformed: (message: string) => void;
};

const PAGE_SIZE = 250;
/** A person waits; a large cluster's Deployments take their time. */
const LIMITS: RequestLimits = { ...DEFAULT_LIMITS, requestTimeoutMs: 20_000, deadlineMs: 120_000 };
/** Pods of one workload that are asked where they run. */
const SAMPLED_PODS = 20;

const SCALERS: Readonly<Record<TargetKind, string>> = {
  ScaledObject: '/apis/keda.sh/v1alpha1/scaledobjects',
  ScaledJob: '/apis/keda.sh/v1alpha1/scaledjobs',
  HorizontalPodAutoscaler: '/apis/autoscaling/v2/horizontalpodautoscalers',
};
const SCALED: Readonly<Record<ScaledKind, string>> = {
  Deployment: '/apis/apps/v1/deployments',
  StatefulSet: '/apis/apps/v1/statefulsets',
  Rollout: '/apis/argoproj.io/v1alpha1/rollouts',
  LeaderWorkerSet: '/apis/leaderworkerset.x-k8s.io/v1/leaderworkersets',
};

/** The ClusterSurvey port over one Kubernetes API server. */
export function makeKubernetesSurvey(options: KubernetesSurveyOptions): ClusterSurvey {
  const { name: cluster, connection, pageSize = PAGE_SIZE, pacing = REAL_PACING, onMalformed } = options;
  const limits: RequestLimits = { ...LIMITS, ...options.limits };
  const { request, list } = makeApiRequests({ connection, pageSize, limits, pacing });

  function describe(path: string) {
    const plural = path.split('/').at(-1) ?? path;
    const served = path
      .split('/')
      .slice(path.startsWith('/apis/') ? 2 : 1, -1)
      .join('/')
      .replace(/^api\//, '');
    return { doing: `listing ${plural} of cluster ${cluster}`, unknown: `this cluster does not serve ${served} ${plural}` };
  }

  /** Keeps what parses; one odd object must not hide all others. */
  function keep<T>(path: string, parse: (item: unknown) => T): (item: unknown) => readonly T[] {
    return (item) => {
      try {
        return [parse(item)];
      } catch (error) {
        if (!(error instanceof z.ZodError)) throw error;
        onMalformed(`${path.split('/').at(-1)} ${nameOf(item)} can't be read: ${explainShape(error)}`);
        return [];
      }
    };
  }

  function readList<T>(path: string, parse: (item: unknown) => T): Promise<T[]> {
    const { doing, unknown } = describe(path);
    return list(
      {
        doing,
        unknown,
        sendPage: (exchange, { limit, _continue }) => exchange.read(path, { limit, continue: _continue }),
        keep: keep(path, parse),
      },
      startDeadline(limits.deadlineMs),
    );
  }

  return {
    readScalers: (kind) => readList(SCALERS[kind], (item) => parseScaler(kind, item)),
    readScaled: (kind) => readList(SCALED[kind], (item) => parseScaled(kind, item)),
    readPools: () => readList('/apis/karpenter.sh/v1/nodepools', parsePool),
    readClaimTemplates: () => readList('/apis/resource.k8s.io/v1/resourceclaimtemplates', parseClaimTemplate),
    readNodes: () => readList('/api/v1/nodes', parseNode),
    async readNodeNames(namespace, podLabels) {
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
      const labelSelector = Object.entries(podLabels)
        .map(([name, value]) => `${name}=${value}`)
        .join(',');
      const { doing, unknown } = describe(path);
      const answer = await request(
        { doing, unknown, send: (exchange) => exchange.read(path, { limit: SAMPLED_PODS, labelSelector }) },
        startDeadline(limits.deadlineMs),
      );
      const page = z.object({ items: z.array(z.unknown()) }).safeParse(answer);
      if (!page.success) throw new ClusterError('unavailable', `${doing}: the answer is no list (${explainShape(page.error)})`);
      return page.data.items.flatMap(keep(path, parseNodeName)).filter((name) => name !== undefined);
    },
  };
}

const Named = z.object({ metadata: z.object({ namespace: z.string().optional(), name: z.string() }) });

function nameOf(item: unknown): string {
  const { namespace, name } = Named.safeParse(item).data?.metadata ?? {};
  return [namespace, name].filter((part) => part !== undefined).join('/') || '(without a name)';
}
