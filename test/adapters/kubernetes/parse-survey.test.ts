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
