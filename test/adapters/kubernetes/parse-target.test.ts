import { expect, it } from 'vitest';
import { parseTarget } from '../../../lambda/adapters/kubernetes/parse-target.ts';
import { autoscaler, scaledObject } from './samples.ts';

const jobOf = (spec: object, status?: object) => ({
  metadata: scaledObject('nightly').metadata,
  spec: { jobTargetRef: {}, ...spec },
  ...(status !== undefined && { status }),
});

it.each<[string, object, string]>([
  ['nothing', {}, 'immediate'],
  ['an empty strategy', { rollout: {} }, 'immediate'],
  ['gradual', { rollout: { strategy: 'gradual' } }, 'gradual'],
  ['immediate', { rollout: { strategy: 'immediate' } }, 'immediate'],
  ['the deprecated gradual', { rolloutStrategy: 'gradual' }, 'gradual'],
  ['the deprecated immediate beside gradual', { rolloutStrategy: 'immediate', rollout: { strategy: 'gradual' } }, 'immediate'],
  ['an empty deprecated one beside gradual', { rolloutStrategy: '', rollout: { strategy: 'gradual' } }, 'gradual'],
])('reads the rollout of a ScaledJob that says %s', (_, spec, rollout) => {
  expect(parseTarget('main', 'ScaledJob', jobOf(spec))).toMatchObject({ rollout });
});

it.each<[string, object, object]>([
  ['neither bound', {}, { bounds: { min: 0, max: 100 }, absent: ['min', 'max'] }],
  ['both', { minReplicaCount: 2, maxReplicaCount: 8 }, { bounds: { min: 2, max: 8 }, absent: [] }],
  ['a min above max, which KEDA takes for max', { minReplicaCount: 9, maxReplicaCount: 8 }, { bounds: { min: 8, max: 8 }, absent: [] }],
])('reads the bounds of a ScaledJob with %s', (_, spec, expected) => {
  expect(parseTarget('main', 'ScaledJob', jobOf(spec))).toMatchObject(expected);
});

const READY = { type: 'Ready', status: 'False', reason: 'TriggerError', message: 'Triggers\nfail' };

it.each<[string, object | undefined, unknown]>([
  ['no status', undefined, undefined],
  ['no conditions', {}, undefined],
  ['conditions of other types', { conditions: [{ type: 'Active', status: 'True' }] }, undefined],
  ['a condition of an unknown form', { conditions: [{ type: 'Ready', status: 'Perhaps' }, null] }, undefined],
  ['Ready', { conditions: [{ type: 'Active' }, READY] }, { ready: 'False', reason: 'TriggerError', message: 'Triggers fail' }],
  ['Ready without reasons', { conditions: [{ type: 'Ready', status: 'True' }] }, { ready: 'True', reason: '', message: '' }],
])('reads what KEDA thinks from %s', (_, status, health) => {
  const read = parseTarget('main', 'ScaledObject', { ...scaledObject('chat'), status });
  expect(read.health).toEqual(health);
  expect(parseTarget('main', 'ScaledJob', jobOf({}, status)).health).toEqual(health);
});

it.each<[string, object, object]>([
  ['a Deployment by default', {}, { apiVersion: 'apps/v1', kind: 'Deployment' }],
  [
    'a LeaderWorkerSet',
    { apiVersion: 'leaderworkerset.x-k8s.io/v1', kind: 'LeaderWorkerSet' },
    { apiVersion: 'leaderworkerset.x-k8s.io/v1', kind: 'LeaderWorkerSet' },
  ],
])('names what a ScaledObject scales: %s', (_, target, expected) => {
  const read = parseTarget('main', 'ScaledObject', scaledObject('chat', { scaleTargetRef: { name: 'server', ...target } }));
  expect(read.scalesTo).toEqual({ ...expected, name: 'server' });
});

it('names what an HPA scales', () => {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db' };
  expect(parseTarget('main', 'HorizontalPodAutoscaler', autoscaler('db', { scaleTargetRef })).scalesTo).toEqual(scaleTargetRef);
});
