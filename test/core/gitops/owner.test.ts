import { describe, expect, it } from 'vitest';
import type { FieldWriter, ObservedTarget } from '../../../lambda/core/compose/observed.ts';
import { declaredBounds, describeOwner, describeWriter, detectOwner } from '../../../lambda/core/gitops/owner.ts';
import { observed } from '../compose/fixtures.ts';

const applies = (manager: string, owns: FieldWriter['owns'] = []): FieldWriter => ({ manager, operation: 'Apply', owns });
const tracked = (id: string) => ({ annotations: { 'argocd.argoproj.io/tracking-id': id } });
const lastApplied = (spec: object) => ({ 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ spec }) });

describe('the owner of an object', () => {
  it.each<[string, Partial<ObservedTarget>, string | undefined]>([
    ['a tracking id', tracked('shop:keda.sh/ScaledObject:inference/llama-8b'), 'Argo CD (Application shop)'],
    [
      'one of an Application elsewhere',
      tracked('team-a_shop_eu:keda.sh/ScaledObject:inference/llama-8b'),
      'Argo CD (Application team-a/shop_eu)',
    ],
    ['one that was copied from another object', tracked('shop:apps/Deployment:inference/llama-8b'), undefined],
    ['a mangled one', tracked('shop'), undefined],
    [
      'its label and manager',
      { labels: { 'app.kubernetes.io/instance': 'shop' }, writers: [applies('argocd-controller')] },
      'Argo CD (Application shop)',
    ],
    ['its manager alone', { writers: [applies('argocd-application-controller')] }, 'Argo CD'],
    ["a label that Helm's charts write too", { labels: { 'app.kubernetes.io/instance': 'shop' } }, undefined],
    [
      "a Kustomization's labels",
      { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' } },
      'Flux (Kustomization flux-system/apps)',
    ],
    [
      "a HelmRelease's labels",
      { labels: { 'helm.toolkit.fluxcd.io/name': 'llama', 'helm.toolkit.fluxcd.io/namespace': 'inference' } },
      'Flux (HelmRelease inference/llama)',
    ],
    ['its manager alone, of Flux', { writers: [applies('helm-controller')] }, 'Flux'],
    ['nothing', { writers: [applies('kubectl')], labels: { app: 'llama' } }, undefined],
  ])('is told by %s', (_, signs, owner) => {
    const detected = detectOwner(observed(signs));
    expect(detected && describeOwner(detected)).toBe(owner);
  });

  it('is whom the configuration names, with the name that the object tells', () => {
    const labelled = observed({ labels: { 'app.kubernetes.io/instance': 'shop' } });
    expect(detectOwner(labelled, 'argocd')).toMatchObject({ tool: 'argocd', name: 'shop' });
    expect(detectOwner(labelled, 'flux')).toMatchObject({ tool: 'flux', kind: 'Kustomization', name: undefined });
    expect(detectOwner(observed(tracked('shop:keda.sh/ScaledObject:inference/llama-8b')), 'none')).toBeUndefined();
  });
});

describe('the bounds that an owner declares', () => {
  it.each<[string, Partial<ObservedTarget>, string[]]>([
    ['what it owns', { writers: [applies('kustomize-controller', ['min', 'max'])] }, ['min', 'max']],
    ['nothing that it leaves out', { writers: [applies('kustomize-controller')] }, []],
    ['not what others own', { writers: [applies('kustomize-controller'), applies('kubectl', ['min'])] }, []],
    [
      'what client-side apply keeps of the manifest, though we own it now',
      {
        annotations: { ...tracked('shop:keda.sh/ScaledObject:inference/llama-8b').annotations, ...lastApplied({ minReplicaCount: 1 }) },
        writers: [{ manager: 'foretide', operation: 'Update', owns: ['min', 'max'] }],
      },
      ['min'],
    ],
    [
      'nothing of a manifest that somebody mangled',
      { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{' }, writers: [applies('argocd-controller')] },
      [],
    ],
  ])('are %s', (_, signs, bounds) => {
    const target = observed(signs);
    expect(declaredBounds(target, detectOwner(target))).toEqual(bounds);
  });

  it('are none without an owner, whatever was applied by hand', () => {
    expect(declaredBounds(observed({ annotations: lastApplied({ minReplicaCount: 1 }) }), undefined)).toEqual([]);
  });
});

describe('who wrote a bound', () => {
  it.each<[string, readonly FieldWriter[], string | undefined]>([
    ['a person', [applies('kubectl-edit', ['min'])], 'kubectl-edit'],
    ['a GitOps controller', [applies('kustomize-controller', ['min'])], 'Flux'],
    ['we ourselves', [applies('foretide', ['min'])], undefined],
    ['nobody that the object tells', [applies('kubectl-edit', ['max'])], undefined],
  ])('is told: %s', (_, writers, writer) => {
    expect(describeWriter(observed({ writers }), 'min')).toBe(writer);
  });
});
