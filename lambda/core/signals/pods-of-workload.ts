import type { ScaleRef } from '../inventory/observed-scale.ts';

/** What follows a workload's name in the names of its pods. */
const PODS_OF_KIND: Readonly<Record<string, string>> = {
  Deployment: '[a-z0-9]+-[a-z0-9]{5}',
  Rollout: '[a-z0-9]+-[a-z0-9]{5}',
  StatefulSet: '[0-9]+',
  LeaderWorkerSet: '[0-9]+(-[0-9]+)?',
};

/**
 * PromQL that reads a series of the pods of a workload whichever way Prometheus labels them: where it scrapes an exporter without `honorLabels`, the labels of
 * the pods come as `exported_…`. Pods are told by the names that the workload's kind gives them.
 *
 * @param write The expression of one way, from the label matchers without braces, and the label that names the pod.
 */
export function readPods({ kind, namespace, name }: ScaleRef, write: (matchers: string, podLabel: string) => string): string {
  const pods = `${escapeRegex(name)}-${PODS_OF_KIND[kind] ?? '.+'}`;
  const oneWay = (prefix: string) => write(`${prefix}namespace=${quote(namespace)},${prefix}pod=~${quote(pods)}`, `${prefix}pod`);
  return `${oneWay('')} or ${oneWay('exported_')}`;
}

function escapeRegex(text: string): string {
  return text.replace(/[.\\+*?()[\]{}|^$]/g, '\\$&');
}

/** A string of PromQL. */
function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
