import { expect, it } from 'vitest';
import { parseScaler } from '../../../lambda/adapters/kubernetes/survey/parse-survey.ts';
import { scaledObject } from './samples.ts';

it.each<[string, object, boolean]>([
  ['nothing', {}, false],
  ['gradual', { rollout: { strategy: 'gradual' } }, true],
  ['the deprecated gradual', { rolloutStrategy: 'gradual' }, true],
  ['the deprecated immediate beside gradual', { rolloutStrategy: 'immediate', rollout: { strategy: 'gradual' } }, false],
])('surveys the rollout of a ScaledJob as a tick reads it: %s', (_, spec, gradual) => {
  const job = { metadata: scaledObject('nightly').metadata, spec: { jobTargetRef: { template: { spec: { containers: [{}] } } }, ...spec } };
  expect(parseScaler('ScaledJob', job)).toMatchObject({ gradual });
});

it.each<[string, object, 'argocd' | 'flux' | undefined]>([
  ['nothing', {}, undefined],
  ["Argo CD's tracking", { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:keda.sh/ScaledObject:inference/chat' } }, 'argocd'],
  ["Argo CD's field manager", { managedFields: [{ manager: 'argocd-controller', operation: 'Apply', fieldsV1: {} }] }, 'argocd'],
  ["Flux's field manager", { managedFields: [{ manager: 'kustomize-controller', operation: 'Apply', fieldsV1: {} }] }, 'flux'],
  ["Flux's labels", { labels: { 'helm.toolkit.fluxcd.io/name': 'chat' } }, 'flux'],
  ['what a chart says to an Argo CD that it may never meet', { annotations: { 'argocd.argoproj.io/sync-wave': '2' } }, undefined],
  ["what Flux is told about an object that isn't its own", { annotations: { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' } }, undefined],
  [
    'the tracking of another object, copied along',
    { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:keda.sh/ScaledObject:x/y' } },
    undefined,
  ],
])('surveys who applies a ScaledObject as a tick does: %s', (_, metadata, gitops) => {
  expect(parseScaler('ScaledObject', scaledObject('chat', {}, metadata)).gitops).toBe(gitops);
});
