import { expect, it } from 'vitest';
import { makePolicyMinutes, needOf, type PolicyMinutes, scoreMinutes } from '../../../sim/simulate/score.ts';

function had(ready: readonly number[], starting: readonly number[]): PolicyMinutes {
  return { ...makePolicyMinutes(ready.length), ready: Int32Array.from(ready), starting: Int32Array.from(starting) };
}

it('counts minutes with enough, in events and at all, and replicas from their request on', () => {
  const need = needOf(Float64Array.from([999, 10, 21, 40, 0]), 1, 4, 10);
  expect([...need]).toEqual([1, 3, 4, 0]);
  expect(scoreMinutes(had([1, 2, 4, 1], [0, 2, 0, 0]), need, Uint8Array.from([0, 1, 1, 0]))).toEqual({
    eventAttainment: 0.5,
    allAttainment: 0.75,
    costMultiple: 10 / 8,
    shortReplicaMinutes: 1,
    shortMinutes: 1,
    replicaMinutes: 10,
  });
});

it('has no share of what there was none of', () => {
  expect(scoreMinutes(had([1], [0]), Float64Array.from([0]), Uint8Array.from([0]))).toMatchObject({
    eventAttainment: null,
    allAttainment: 1,
    costMultiple: null,
  });
  expect(scoreMinutes(had([], []), new Float64Array(0), new Uint8Array(0)).allAttainment).toBeNull();
});
