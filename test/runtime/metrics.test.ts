import { describe, expect, it } from 'vitest';
import { renderMetrics } from '../../lambda/runtime/metrics.ts';

describe('renderMetrics', () => {
  it('is a document of the embedded metric format', () => {
    const metrics = { Ticks: { value: 1, unit: 'Count' }, TickDuration: { value: 1234, unit: 'Milliseconds' } } as const;
    expect(renderMetrics('Foretide', { Cluster: 'prod', UseCase: 'prescale' }, metrics, 1_795_000_000_000)).toEqual({
      _aws: {
        Timestamp: 1_795_000_000_000,
        CloudWatchMetrics: [
          {
            Namespace: 'Foretide',
            Dimensions: [['Cluster', 'UseCase']],
            Metrics: [
              { Name: 'Ticks', Unit: 'Count' },
              { Name: 'TickDuration', Unit: 'Milliseconds' },
            ],
          },
        ],
      },
      Cluster: 'prod',
      UseCase: 'prescale',
      Ticks: 1,
      TickDuration: 1234,
    });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %s, for which CloudWatch would drop the whole document', (value) => {
    expect(() => renderMetrics('Foretide', {}, { Ticks: { value, unit: 'Count' } }, 0)).toThrow(RangeError);
  });
});
