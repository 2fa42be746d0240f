import type { Cluster } from '../../../lambda/ports/cluster.ts';

/**
 * The cluster as a tick sees it that has it for itself. Other tests leave marked objects in namespaces that are still on their way
 * out, and a tick rightly tells of those.
 * @param name where the tests of one namespace are strangers to each other too
 */
export function withinNamespace(cluster: Cluster, namespace: string, name?: string): Cluster {
  return {
    ...cluster,
    readTargets: async (kinds) =>
      (await cluster.readTargets(kinds)).filter(({ ref }) => ref.namespace === namespace && (name === undefined || ref.name === name)),
  };
}
