import { stringify } from 'yaml';
import type { TargetRef } from '../compose/intent.ts';
import { BOUND_FIELDS, type GitOpsOwner } from './owner.ts';

/** What to add to which object in Git, and what to know of it. `yaml` holds only what has to be there. */
export type Snippet = { readonly title: string; readonly yaml: string; readonly notes: readonly string[] };

/** Where names are unknown, for people to fill in. */
const UNKNOWN = { name: 'NAME', namespace: 'NAMESPACE' };

/**
 * What makes a GitOps controller leave these bounds of this object alone. A min that is ignored still counts when the object
 * is created; leaving the field out of Git is simpler, and always works.
 */
export function renderIgnore(owner: GitOpsOwner, target: TargetRef, bounds: readonly ('min' | 'max')[]): Snippet {
  const fields = bounds.map((bound) => BOUND_FIELDS[target.kind][bound]);
  const paths = fields.map((field) => `/spec/${field}`);
  const selector = { group: GROUPS[target.kind], kind: target.kind, name: target.name, namespace: target.namespace };
  const leaveOut = `Or leave ${fields.join(' and ')} out of the manifest in Git: nobody then puts ${fields.length === 1 ? 'it' : 'them'} back.`;
  const keeps = `From then on ${fields.join(' and ')} in Git count${fields.length === 1 ? 's' : ''} only when the object is created: change the live object, or \`bounds\` of the workload in foretide.yaml.`;
  switch (owner.kind) {
    case 'Application':
      return {
        title: `Argo CD: add to Application ${owner.name ?? UNKNOWN.name}`,
        yaml: render(owner, 'argoproj.io/v1alpha1', {
          ignoreDifferences: [{ ...selector, jsonPointers: paths, managedFieldsManagers: ['foretide'] }],
          syncPolicy: { syncOptions: ['RespectIgnoreDifferences=true'] },
        }),
        notes: ['Without RespectIgnoreDifferences a sync still writes what the diff ignores; selfHeal syncs at once.', keeps, leaveOut],
      };
    case 'Kustomization':
      return {
        title: `Flux: add to Kustomization ${owner.name ?? UNKNOWN.name}`,
        yaml: render(owner, 'kustomize.toolkit.fluxcd.io/v1', { ignore: [{ paths, target: selector }] }),
        notes: [
          '`.spec.ignore` needs Flux 2.9 or later (kustomize-controller 1.9). Before that, leave the field out of Git.',
          keeps,
          leaveOut,
        ],
      };
    case 'HelmRelease':
      return {
        title: `Flux: add to HelmRelease ${owner.name ?? UNKNOWN.name}`,
        yaml: render(owner, 'helm.toolkit.fluxcd.io/v2', { driftDetection: { ignore: [{ paths, target: selector }] } }),
        notes: [
          'A HelmRelease puts fields back only with `driftDetection.mode: enabled`, and when a release changes them.',
          keeps,
          leaveOut,
        ],
      };
  }
}

function render({ kind, namespace, name }: GitOpsOwner, apiVersion: string, spec: object): string {
  const metadata = {
    name: name ?? UNKNOWN.name,
    // Argo CD's own namespace has no fixed name, but it has a usual one.
    namespace: namespace ?? (kind === 'Application' ? 'argocd' : UNKNOWN.namespace),
  };
  return stringify({ apiVersion, kind, metadata, spec }, { lineWidth: 0 });
}

const GROUPS = { ScaledObject: 'keda.sh', ScaledJob: 'keda.sh', HorizontalPodAutoscaler: 'autoscaling' } as const;
