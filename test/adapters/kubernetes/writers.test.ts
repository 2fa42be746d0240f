import { describe, expect, it } from 'vitest';
import { parseTarget } from '../../../lambda/adapters/kubernetes/parse-target.ts';
import { autoscaler, scaledObject } from './samples.ts';

const entry = (manager: string, fields: object, more: object = {}) => ({
  manager,
  operation: 'Apply',
  apiVersion: 'keda.sh/v1alpha1',
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:spec': fields },
  ...more,
});

describe('who wrote an object', () => {
  it('is read with the bounds that each owns; writers of the status are others', () => {
    const managedFields = [
      entry('kustomize-controller', { 'f:maxReplicaCount': {}, 'f:triggers': {} }),
      entry('foretide', { 'f:minReplicaCount': {} }, { operation: 'Update' }),
      entry('keda-operator', { 'f:minReplicaCount': {} }, { operation: 'Update', subresource: 'status' }),
      { manager: 'label-writer', operation: 'Update', fieldsV1: { 'f:metadata': {} } },
    ];
    const labels = { 'kustomize.toolkit.fluxcd.io/name': 'apps' };
    expect(parseTarget('main', 'ScaledObject', scaledObject('chat', {}, { managedFields, labels }))).toMatchObject({
      labels,
      writers: [
        { manager: 'kustomize-controller', operation: 'Apply', owns: ['max'] },
        { manager: 'foretide', operation: 'Update', owns: ['min'] },
        { manager: 'label-writer', operation: 'Update', owns: [] },
      ],
    });
  });

  it('is nobody where nothing tells, or where it is no list of entries', () => {
    const bare = parseTarget('main', 'ScaledObject', scaledObject('chat'));
    expect(bare).not.toHaveProperty('labels');
    expect(bare).not.toHaveProperty('writers');
    expect(parseTarget('main', 'ScaledObject', scaledObject('chat', {}, { managedFields: ['x', { manager: 3 }] })).writers).toEqual([]);
  });

  it('is read of a plain HPA by the names of its own fields', () => {
    const managedFields = [entry('helm-controller', { 'f:minReplicas': {}, 'f:minReplicaCount': {} })];
    expect(parseTarget('main', 'HorizontalPodAutoscaler', autoscaler('a', {}, {}, { managedFields })).writers).toEqual([
      { manager: 'helm-controller', operation: 'Apply', owns: ['min'] },
    ]);
  });
});
