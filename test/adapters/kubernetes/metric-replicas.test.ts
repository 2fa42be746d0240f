import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateMetricReplicas } from '../../../lambda/adapters/kubernetes/metric-replicas.ts';
import { parseAutoscaler } from '../../../lambda/adapters/kubernetes/parse-autoscaler.ts';
import { autoscaler, ownedBy } from './samples.ts';

const external = (target: object, name = 's0-prometheus') => ({ type: 'External', external: { metric: { name }, target } });
const reads = (current: object, name = 's0-prometheus') => ({ type: 'External', external: { metric: { name }, current } });
const average = (averageValue: string) => external({ type: 'AverageValue', averageValue });

describe('estimateMetricReplicas', () => {
  it.each([
    ['an average per replica', 4, average('10'), reads({ averageValue: '15' }), 6],
    ['an average in thousandths', 3, average('10'), reads({ averageValue: '66500m' }), 20],
    ['a target in thousandths', 2, average('500m'), reads({ averageValue: '1' }), 4],
    // 100 over 3 replicas is reported as 33.334, which is 10 replicas of 10, not 11.
    ['an average that was rounded up', 3, average('10'), reads({ averageValue: '33334m' }), 10],
    ['one more than fits', 3, average('10'), reads({ averageValue: '33667m' }), 11],
    ['nothing to do', 5, average('10'), reads({ averageValue: '0' }), 0],
    ['a total (Value)', 4, external({ type: 'Value', value: '100' }), reads({ value: '250' }), 10],
    ['a suffix', 2, external({ type: 'Value', value: '1k' }), reads({ value: '3k' }), 6],
    [
      'pods',
      6,
      { type: 'Pods', pods: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '8' } } },
      { type: 'Pods', pods: { metric: { name: 'queue' }, current: { averageValue: '10' } } },
      8,
    ],
    [
      'utilization',
      3,
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
      { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 90, averageValue: '900m' } } },
      5,
    ],
    [
      'utilization of one container',
      2,
      {
        type: 'ContainerResource',
        containerResource: { name: 'cpu', container: 'vllm', target: { type: 'Utilization', averageUtilization: 50 } },
      },
      {
        type: 'ContainerResource',
        containerResource: { name: 'cpu', container: 'vllm', current: { averageUtilization: 75, averageValue: '1' } },
      },
      3,
    ],
    [
      'another object',
      2,
      { type: 'Object', object: { metric: { name: 'rps' }, describedObject: {}, target: { type: 'Value', value: '100' } } },
      { type: 'Object', object: { metric: { name: 'rps' }, describedObject: {}, current: { value: '101' } } },
      3,
    ],
  ])('counts %s', (_name, currentReplicas, spec, reading, replicas) => {
    expect(estimateMetricReplicas({ specs: [spec], readings: [reading], currentReplicas })).toBe(replicas);
  });

  it.each([
    ['no readings yet', 4, [average('10')], []],
    ['a failed metric, which leaves its place empty', 4, [average('10')], [{ type: '' }]],
    ['the reading of another metric', 4, [average('10')], [reads({ averageValue: '15' }, 's1-cron')]],
    ['a reading without the value that the target needs', 4, [average('10')], [reads({ value: '15' })]],
    ['a target of nothing', 4, [average('0')], [reads({ averageValue: '15' })]],
    ['a reading that is no quantity', 4, [average('10')], [reads({ averageValue: 'm' })]],
    ['an unknown kind of metric', 4, [{ type: 'New', new: {} }], [{ type: 'New', new: {} }]],
    ['no metrics at all', 4, [], []],
    ['no replicas, of which readings are averages', 0, [average('10')], [reads({ averageValue: '15' })]],
  ])('does not know from %s', (_name, currentReplicas, specs, readings) => {
    expect(estimateMetricReplicas({ specs, readings, currentReplicas })).toBeUndefined();
  });

  it('takes the largest of those it knows', () => {
    const specs = [
      average('10'),
      external({ type: 'AverageValue', averageValue: '1' }, 's1'),
      external({ type: 'AverageValue', averageValue: '5' }, 's2'),
    ];
    const readings = [reads({ averageValue: '5' }), { type: '' }, reads({ averageValue: '15' }, 's2')];
    expect(estimateMetricReplicas({ specs, readings, currentReplicas: 2 })).toBe(6);
  });

  it('gives back what the HPA asks for, from what the HPA reports', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 5_000 }),
        (total, replicas, target) => {
          // As the controller does it: whole totals, averages rounded up to a thousandth.
          const averageValue = `${Math.ceil((total * 1_000) / replicas)}m`;
          const estimated = estimateMetricReplicas({
            specs: [average(String(target))],
            readings: [reads({ averageValue })],
            currentReplicas: replicas,
          });
          expect(estimated).toBe(Math.ceil(total / target));
        },
      ),
    );
  });
});

describe('parseAutoscaler', () => {
  const metrics = [average('10')];
  const currentMetrics = [reads({ averageValue: '15' })];

  it.each([
    ['has failed', { type: 'ScalingActive', status: 'False', reason: 'FailedGetExternalMetric' }, undefined],
    ['works', { type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound' }, 6],
    ['is limited, which is another condition', { type: 'ScalingLimited', status: 'False' }, 6],
  ])('takes readings of an HPA that %s as they deserve', (_name, condition, metricReplicas) => {
    const parsed = parseAutoscaler(autoscaler('a', { metrics }, { currentMetrics, conditions: [condition] }));
    expect(parsed.metricReplicas).toBe(metricReplicas);
  });

  it('reads an HPA that the controller has not seen yet', () => {
    expect(parseAutoscaler({ ...autoscaler('a', { metrics }), status: undefined })).toEqual({
      namespace: 'inference',
      name: 'a',
      min: 1,
      max: 40,
      currentReplicas: 0,
      desiredReplicas: 0,
    });
  });

  it('tells the trigger of a published floor from demand', () => {
    const name = 's1-metric-api-foretide_value';
    const floor = (target: object) => external(target, name);
    const one = { type: 'AverageValue', averageValue: '1' };
    const parse = (target: object, current?: object) =>
      parseAutoscaler(
        autoscaler(
          'a',
          { metrics: [average('10'), floor(target)] },
          { currentMetrics: [currentMetrics[0], current && reads(current, name)] },
        ),
      );
    expect(parse(one, { averageValue: '7500m' })).toMatchObject({ metricReplicas: 6, floorMetric: { fits: true, reading: 30 } });
    expect(parse(one).floorMetric).toEqual({ fits: true });
    expect(parse({ type: 'AverageValue', averageValue: '2' }, { averageValue: '8' }).floorMetric).toMatchObject({ fits: false });
    expect(parse({ type: 'Value', value: '1' }, { value: '30' }).floorMetric).toMatchObject({ fits: false });
    expect(parseAutoscaler(autoscaler('a', { metrics }, { currentMetrics }))).not.toHaveProperty('floorMetric');
    const failed = {
      conditions: [{ type: 'ScalingActive', status: 'False' }],
      currentMetrics: [currentMetrics[0], reads({ averageValue: '7' }, name)],
    };
    expect(parseAutoscaler(autoscaler('a', { metrics: [average('10'), floor(one)] }, failed)).floorMetric).toEqual({ fits: true });
  });

  it.each([
    ['0', 0],
    ['50m', 0.05],
    [undefined, undefined],
  ])('reads a tolerance for scaling up of %s', (tolerance, ratio) => {
    const behavior = { scaleUp: { ...(tolerance !== undefined && { tolerance }) } };
    expect(parseAutoscaler(autoscaler('a', { behavior })).scaleUpTolerance).toBe(ratio);
  });

  it.each([
    ['another kind', { kind: 'Rollout' }],
    ['another group', { apiVersion: 'example.com/v1' }],
    ['an owner that does not control', { controller: false }],
  ])('is not owned by %s', (_name, change) => {
    const [reference] = ownedBy('chat').ownerReferences;
    expect(parseAutoscaler(autoscaler('a', {}, {}, { ownerReferences: [{ ...reference, ...change }] }))).not.toHaveProperty(
      'ownedByScaledObject',
    );
  });
});
