import type { TargetRef } from '../../core/compose/intent.ts';
import type { Cluster, TargetPatch } from '../../ports/cluster.ts';
import { type KubernetesApiOptions, makeKubernetesApi } from './kubernetes-api.ts';
import { parseAutoscaler } from './parse-autoscaler.ts';
import { parseTarget } from './parse-target.ts';
import { TARGET_RESOURCES, type TargetResource } from './resources.ts';

/** The Cluster port over one Kubernetes API server; its name is the `cluster` of every target read from it. */
export function makeKubernetesCluster(options: KubernetesApiOptions): Cluster {
  const { name: cluster } = options;
  const api = makeKubernetesApi(options);

  /** A reference to another cluster would move an object of the same name here. */
  function requireOwn({ cluster: other, kind, namespace, name }: TargetRef): void {
    if (other === cluster) return;
    throw new RangeError(`${kind} ${namespace}/${name} of cluster ${cluster} was asked for by a reference to cluster ${other}`);
  }

  return {
    async readTargets(kinds) {
      const deadline = api.startDeadline();
      const lists = await Promise.all(
        [...new Set(kinds)].map((kind) => api.list(TARGET_RESOURCES[kind], (item) => parseTarget(cluster, kind, item), deadline)),
      );
      return lists.flat();
    },

    async readTarget(ref) {
      requireOwn(ref);
      return api.get(TARGET_RESOURCES[ref.kind], ref, (value) => parseTarget(cluster, ref.kind, value));
    },

    readAutoscalers: () => api.list(TARGET_RESOURCES.HorizontalPodAutoscaler, parseAutoscaler, api.startDeadline()),

    async applyPatch(patch) {
      const { ref } = patch;
      requireOwn(ref);
      const resource = TARGET_RESOURCES[ref.kind];
      return api.patch(resource, ref, renderMergePatch(patch, resource), (value) => parseTarget(cluster, ref.kind, value));
    },
  };
}

function renderMergePatch({ resourceVersion, min, max, annotations }: TargetPatch, resource: TargetResource): object {
  return {
    metadata: { resourceVersion, ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: { [resource.minField]: min, [resource.maxField]: max },
  };
}
