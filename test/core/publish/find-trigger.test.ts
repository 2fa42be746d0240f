import { describe, expect, it } from 'vitest';
import type { ObservedAutoscaler } from '../../../lambda/core/compose/observed-autoscaler.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import { resolveWorkloads } from '../../../lambda/core/config/resolve-workloads.ts';
import { situate } from '../../../lambda/core/prescale/situation.ts';
import { findTrigger } from '../../../lambda/core/publish/find-trigger.ts';
import { CHAT, MINUTE, NOW, observed } from '../compose/fixtures.ts';

const { config } = parseConfig(
  `clusters: [{ name: prod, region: us-east-1 }]
workloads: [{ name: chat, target: { kind: ScaledObject, namespace: inference, name: llama-8b }, delivery: metricsApi }]`,
  'foretide.yaml',
);
const hpa = (changes: Partial<ObservedAutoscaler> = {}): ObservedAutoscaler => ({
  namespace: 'inference',
  name: 'keda-hpa-llama-8b',
  min: 2,
  max: 60,
  currentReplicas: 30,
  desiredReplicas: 30,
  floorMetric: { fits: true, reading: 30 },
  ...changes,
});

/** What is found three minutes after a floor of 30 was put on offer, or with none on offer. */
function find(autoscaler: ObservedAutoscaler | undefined, { offered = true, triggerError = '', nowMs = NOW + 3 * MINUTE } = {}) {
  const state = {
    target: CHAT,
    uid: 'uid-1',
    baseline: { min: 2, max: 60 },
    reversionsAtMs: [],
    ...(offered && { published: { min: 30, max: 60, sinceMs: NOW } }),
  };
  const targets = [observed(triggerError === '' ? {} : { health: { ready: 'False', reason: 'TriggerError', message: triggerError } })];
  const [situation] = situate(resolveWorkloads(config), { targets, states: [state], occurrences: [], intents: [] });
  if (situation === undefined) throw new Error('no workload');
  return findTrigger(situation, autoscaler, nowMs).map(({ code, severity, facts }) => ({ code, severity, facts }));
}

describe('a published floor', () => {
  it('that is read and reached is no news', () => {
    expect(find(hpa())).toEqual([]);
    expect(find(hpa({ desiredReplicas: 31 }))).toEqual([]);
  });

  it.each<[string, ObservedAutoscaler | undefined, Parameters<typeof find>[1], object]>([
    ['without an HPA', undefined, {}, { code: 'floor-trigger-missing', severity: 'critical' }],
    ['that no trigger reads', { ...hpa(), floorMetric: undefined } as never, {}, { code: 'floor-trigger-missing' }],
    ['whose trigger has another target', hpa({ floorMetric: { fits: false, reading: 3 } }), {}, { code: 'floor-trigger-missing' }],
    [
      'whose trigger fails',
      hpa({ floorMetric: { fits: true } }),
      { triggerError: 'x' },
      { code: 'floor-trigger-failing', severity: 'critical' },
    ],
    [
      'whose trigger fails, before any event',
      hpa({ floorMetric: { fits: true } }),
      { offered: false },
      { code: 'floor-trigger-failing', severity: 'warning' },
    ],
    [
      'that fails at zero replicas, where the HPA reads nothing',
      hpa({ currentReplicas: 0, floorMetric: { fits: true } }),
      { triggerError: 'api returned 401' },
      { code: 'floor-trigger-failing', facts: { floor: 30, hpa: 'keda-hpa-llama-8b', kedaSays: 'api returned 401' } },
    ],
    [
      'that the HPA does not go to',
      hpa({ desiredReplicas: 20 }),
      {},
      { code: 'floor-not-reached', facts: { floor: 30, desiredReplicas: 20 } },
    ],
  ])('%s is told', (_, autoscaler, options, finding) => {
    expect(find(autoscaler, options)).toMatchObject([finding]);
  });

  it('is given three minutes to be reached', () => {
    expect(find(hpa({ desiredReplicas: 20 }), { nowMs: NOW + 3 * MINUTE - 1 })).toEqual([]);
  });

  it('at zero replicas and without an error of KEDA is fine', () => {
    expect(find(hpa({ currentReplicas: 0, floorMetric: { fits: true } }), { offered: false })).toEqual([]);
  });
});
