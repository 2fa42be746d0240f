import type { TargetRef } from '../compose/intent.ts';
import type { FieldWriter, ObservedTarget } from '../compose/observed.ts';

/** The GitOps controller that put an object into its cluster. Names are undefined where the object does not tell them. */
export type GitOpsOwner =
  | { readonly tool: 'argocd'; readonly kind: 'Application'; readonly namespace: string | undefined; readonly name: string | undefined }
  | {
      readonly tool: 'flux';
      readonly kind: 'Kustomization' | 'HelmRelease';
      readonly namespace: string | undefined;
      readonly name: string | undefined;
    };

export type GitOpsTool = GitOpsOwner['tool'];

/** Argo CD's server-side apply (common/common.go: ArgoCDSSAManager), and its client-side one under the names of its releases. */
const ARGOCD_MANAGERS = ['argocd-controller', 'argocd-application-controller'];
const ARGOCD_TRACKING = 'argocd.argoproj.io/tracking-id';
/** Argo CD's label tracking; Helm charts write the same label for themselves, so alone it proves nothing. */
const INSTANCE_LABEL = 'app.kubernetes.io/instance';
/** Flux: field owners and label groups of kustomize-controller and helm-controller (fluxcd/pkg, ssa). */
const FLUX = [
  { kind: 'Kustomization', manager: 'kustomize-controller', group: 'kustomize.toolkit.fluxcd.io' },
  { kind: 'HelmRelease', manager: 'helm-controller', group: 'helm.toolkit.fluxcd.io' },
] as const;

type Signs = Pick<ObservedTarget, 'ref' | 'annotations' | 'labels' | 'writers'>;

/**
 * Who put the object there, from its labels, annotations and field managers; undefined when nothing tells.
 * `configured` is the cluster's `gitops` key: it decides where it is given, and the object only says which
 * Application or Kustomization.
 */
export function detectOwner(observed: Signs, configured?: GitOpsTool | 'none'): GitOpsOwner | undefined {
  switch (configured) {
    case 'none':
      return undefined;
    case 'argocd':
      return findApplication(observed, true) ?? { tool: 'argocd', kind: 'Application', namespace: undefined, name: undefined };
    case 'flux':
      return findFluxOwner(observed) ?? { tool: 'flux', kind: 'Kustomization', namespace: undefined, name: undefined };
    case undefined:
      return findApplication(observed, false) ?? findFluxOwner(observed);
  }
}

function findApplication({ ref, annotations, labels = {}, writers = [] }: Signs, trusts: boolean): GitOpsOwner | undefined {
  const tracked = readTrackingId(annotations[ARGOCD_TRACKING], ref);
  if (tracked !== undefined) return { tool: 'argocd', kind: 'Application', ...tracked };
  if (!trusts && !writers.some(({ manager }) => ARGOCD_MANAGERS.includes(manager))) return undefined;
  return { tool: 'argocd', kind: 'Application', namespace: undefined, name: labels[INSTANCE_LABEL] };
}

/**
 * `<application>:<group>/<kind>:<namespace>/<name>`; an Application outside Argo CD's own namespace is
 * `<namespace>_<application>`. An id of another object was copied along with a manifest, and means nothing.
 */
function readTrackingId(id: string | undefined, { kind, namespace, name }: TargetRef) {
  const [application, resource, object] = (id ?? '').split(':');
  if (!application || object !== `${namespace}/${name}` || resource?.split('/').at(-1) !== kind) return undefined;
  const [first = '', ...rest] = application.split('_');
  return rest.length === 0 ? { namespace: undefined, name: first } : { namespace: first, name: rest.join('_') };
}

function findFluxOwner({ labels = {}, writers = [] }: Signs): GitOpsOwner | undefined {
  for (const { kind, manager, group } of FLUX) {
    const name = labels[`${group}/name`];
    if (name !== undefined || writers.some((writer) => writer.manager === manager)) {
      return { tool: 'flux', kind, namespace: labels[`${group}/namespace`], name };
    }
  }
  return undefined;
}

/** Whether a field manager is that of the owner's controller. */
function isManagerOf({ tool, kind }: GitOpsOwner, { manager }: FieldWriter): boolean {
  if (tool === 'argocd') return ARGOCD_MANAGERS.includes(manager);
  return FLUX.some((one) => one.kind === kind && one.manager === manager);
}

/** What client-side apply, Argo CD's default, keeps of the manifest. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * The bounds that the owner's manifest declares, which it therefore puts back; empty: it leaves them to others, or nothing tells.
 * While Foretide holds a bound, a server-side applier no longer owns it, so that what was seen before has to be remembered.
 */
export function declaredBounds(observed: Signs, owner: GitOpsOwner | undefined): ('min' | 'max')[] {
  if (owner === undefined) return [];
  const owned = (observed.writers ?? []).filter((writer) => isManagerOf(owner, writer)).flatMap(({ owns }) => owns);
  const manifest = owner.tool === 'argocd' ? readLastApplied(observed.annotations[LAST_APPLIED]) : {};
  const { min, max } = BOUND_FIELDS[observed.ref.kind];
  return [
    ...(owned.includes('min') || Object.hasOwn(manifest, min) ? (['min'] as const) : []),
    ...(owned.includes('max') || Object.hasOwn(manifest, max) ? (['max'] as const) : []),
  ];
}

/** What the bounds are called in each kind's `spec`. */
export const BOUND_FIELDS = {
  ScaledObject: { min: 'minReplicaCount', max: 'maxReplicaCount' },
  ScaledJob: { min: 'minReplicaCount', max: 'maxReplicaCount' },
  HorizontalPodAutoscaler: { min: 'minReplicas', max: 'maxReplicas' },
} as const;

/** The `spec` of the manifest that was applied last; empty where there is none, or where somebody mangled it: it then declares nothing that we know of. */
function readLastApplied(text: string | undefined): object {
  if (text === undefined) return {};
  try {
    const manifest: unknown = JSON.parse(text);
    const spec = typeof manifest === 'object' && manifest !== null && 'spec' in manifest ? manifest.spec : undefined;
    return typeof spec === 'object' && spec !== null ? spec : {};
  } catch {
    return {};
  }
}

/** `Argo CD (Application llama)`, `Flux (Kustomization flux-system/apps)`. */
export function describeOwner({ tool, kind, namespace, name }: GitOpsOwner): string {
  const product = tool === 'argocd' ? 'Argo CD' : 'Flux';
  if (name === undefined) return product;
  return `${product} (${kind} ${namespace === undefined ? name : `${namespace}/${name}`})`;
}

/** The managers of KEDA and of Foretide itself are no strangers. */
const OWN_MANAGERS = ['foretide', 'keda', 'keda-operator'];

/**
 * Who changed the min (or, with `max`, the max) that somebody else than Foretide now owns, for people: the GitOps controller, or the field
 * manager, such as `kubectl-edit`. Undefined when the object does not tell.
 */
export function describeWriter(observed: Signs, bound: 'min' | 'max'): string | undefined {
  const writer = observed.writers?.find(({ manager, owns }) => owns.includes(bound) && !OWN_MANAGERS.includes(manager));
  if (writer === undefined) return undefined;
  const owner = detectOwner(observed);
  return owner !== undefined && isManagerOf(owner, writer) ? describeOwner(owner) : writer.manager;
}
