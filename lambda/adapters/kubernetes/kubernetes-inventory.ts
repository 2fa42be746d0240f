import { scaleKey } from '../../core/inventory/observed-scale.ts';
import type { Inventory } from '../../ports/inventory.ts';
import { failureOf, isUnknownResource } from './exchange-error.ts';
import { type KubernetesApi, type KubernetesApiOptions, makeKubernetesApi } from './kubernetes-api.ts';
import { parseLimitRange, parseQuota } from './parse-limits.ts';
import { parseNodeClaim, parseNodePool } from './parse-nodes.ts';
import { parsePod } from './parse-pod.ts';
import { parseScale } from './parse-scale.ts';
import { parseWarning } from './parse-warning.ts';
import { EVENTS, LIMIT_RANGES, NODE_CLAIMS, NODE_POOLS, PODS, RESOURCE_QUOTAS, scaledResource } from './resources.ts';

/** The Inventory port over one Kubernetes API server. */
export function makeKubernetesInventory(options: KubernetesApiOptions): Inventory {
  return makeInventory(makeKubernetesApi(options));
}

export function makeInventory(api: Pick<KubernetesApi, 'startDeadline' | 'list' | 'get'>): Inventory {
  /** Karpenter need not be there, nor a kind that somebody uninstalled under its objects' scalers. */
  async function ifServed<T, U>(read: () => Promise<T>, otherwise: U): Promise<T | U> {
    try {
      return await read();
    } catch (error) {
      const failure = failureOf(error);
      if (failure !== undefined && isUnknownResource(failure)) return otherwise;
      throw error;
    }
  }

  return {
    async readScales(refs) {
      const distinct = [...new Map(refs.map((ref) => [scaleKey(ref), ref])).values()];
      const read = await Promise.all(
        distinct.map((ref) =>
          ifServed(() => api.get(scaledResource(ref.apiVersion, ref.kind), ref, (value) => parseScale(ref, value)), undefined),
        ),
      );
      return read.filter((scale) => scale !== undefined);
    },

    readPods: (namespace, labelSelector) =>
      api.list(PODS, parsePod, api.startDeadline(), {
        namespace,
        labelSelector,
        fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed',
      }),

    readNodePools: () => ifServed(() => api.list(NODE_POOLS, parseNodePool, api.startDeadline()), []),

    readNodeClaims: () => ifServed(() => api.list(NODE_CLAIMS, parseNodeClaim, api.startDeadline()), []),

    readWarnings: (namespace) => api.list(EVENTS, parseWarning, api.startDeadline(), { namespace, fieldSelector: 'type=Warning' }),

    async readLimits(namespace) {
      const deadline = api.startDeadline();
      const [quotas, limitRanges] = await Promise.all([
        api.list(RESOURCE_QUOTAS, parseQuota, deadline, { namespace }),
        api.list(LIMIT_RANGES, parseLimitRange, deadline, { namespace }),
      ]);
      return { quotas, limitRanges: limitRanges.flat() };
    },
  };
}
