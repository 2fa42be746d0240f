import { Application } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1';
import { HelmRelease } from '@kubernetes-models/flux-cd/helm.toolkit.fluxcd.io/v2';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { GitOpsOwner } from '../../../lambda/core/gitops/owner.ts';
import { renderIgnore } from '../../../lambda/core/gitops/snippet.ts';
import { CHAT } from '../compose/fixtures.ts';

const shop: GitOpsOwner = { tool: 'argocd', kind: 'Application', namespace: undefined, name: 'shop' };
const apps: GitOpsOwner = { tool: 'flux', kind: 'Kustomization', namespace: 'flux-system', name: 'apps' };
const release: GitOpsOwner = { tool: 'flux', kind: 'HelmRelease', namespace: 'inference', name: 'llama' };

describe('what tells a controller to leave a bound alone', () => {
  it('is for Argo CD an ignored difference that a sync respects too', () => {
    const { yaml, title } = renderIgnore(shop, CHAT, ['min']);
    expect(title).toBe('Argo CD: add to Application shop');
    expect(yaml).toBe(`apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
  namespace: argocd
spec:
  ignoreDifferences:
    - group: keda.sh
      kind: ScaledObject
      name: llama-8b
      namespace: inference
      jsonPointers:
        - /spec/minReplicaCount
      managedFieldsManagers:
        - foretide
  syncPolicy:
    syncOptions:
      - RespectIgnoreDifferences=true
`);
  });

  it("is valid by Argo CD's own schema, beside what an Application needs", () => {
    const snippet = parse(renderIgnore(shop, CHAT, ['min', 'max']).yaml);
    const rest = { project: 'default', destination: { namespace: 'inference' }, source: { repoURL: 'https://git.example.com/shop.git' } };
    const valid = new Application({ ...snippet, spec: { ...rest, ...snippet.spec } });
    expect(() => valid.validate()).not.toThrow();
    const wrong = structuredClone(snippet.spec);
    wrong.ignoreDifferences[0].jsonPointers = '/spec/minReplicaCount';
    expect(() => new Application({ ...snippet, spec: { ...rest, ...wrong } }).validate()).toThrow();
  });

  // By kustomize-controller's api/v1 (1.10.1): IgnoreRule{paths, target}.
  it('is for a Kustomization an ignore rule', () => {
    const { yaml, notes } = renderIgnore(apps, CHAT, ['min']);
    expect(parse(yaml)).toEqual({
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'apps', namespace: 'flux-system' },
      spec: {
        ignore: [
          {
            paths: ['/spec/minReplicaCount'],
            target: { group: 'keda.sh', kind: 'ScaledObject', name: 'llama-8b', namespace: 'inference' },
          },
        ],
      },
    });
    expect(notes.join('\n')).toContain('Flux 2.9');
  });

  it("is for a HelmRelease an ignore rule of its drift detection, valid by Flux's own schema", () => {
    const snippet = parse(renderIgnore(release, CHAT, ['min']).yaml);
    const rest = { interval: '10m', chart: { spec: { chart: 'llama', sourceRef: { kind: 'HelmRepository', name: 'charts' } } } };
    expect(() => new HelmRelease({ ...snippet, spec: { ...rest, ...snippet.spec } }).validate()).not.toThrow();
    expect(snippet.spec.driftDetection.ignore[0].paths).toEqual(['/spec/minReplicaCount']);
  });

  it('names the fields of a plain HPA, and leaves a gap where the object tells no name', () => {
    const target = { ...CHAT, kind: 'HorizontalPodAutoscaler' } as const;
    const { yaml } = renderIgnore({ tool: 'flux', kind: 'Kustomization', namespace: undefined, name: undefined }, target, ['min', 'max']);
    expect(parse(yaml)).toMatchObject({
      metadata: { name: 'NAME', namespace: 'NAMESPACE' },
      spec: { ignore: [{ paths: ['/spec/minReplicas', '/spec/maxReplicas'], target: { group: 'autoscaling' } }] },
    });
  });
});
