import type { Deployment } from './objects.ts';
import { DEPLOYMENTS } from './resources.ts';
import type { Store } from './store.ts';

/** A deployment's size as the scale subresource shows it. */
export type Scale = { readonly wanted: number; readonly existing: number };

export function readScale(store: Store, namespace: string, kind: string, name: string): Scale | undefined {
  if (kind !== 'Deployment') return undefined;
  const deployment = store.get(DEPLOYMENTS, namespace, name);
  return deployment === undefined ? undefined : { wanted: deployment.spec.replicas ?? 1, existing: deployment.status?.replicas ?? 0 };
}

export function writeScale(store: Store, deployment: Deployment, replicas: number): Deployment {
  if (deployment.spec.replicas === replicas) return deployment;
  return store.update(DEPLOYMENTS, { ...deployment, spec: { ...deployment.spec, replicas } });
}
