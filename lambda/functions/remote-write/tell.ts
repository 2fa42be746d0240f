import type { ReceivedWrite } from '../../app/receive-write.ts';
import type { Config } from '../../core/config/schema.ts';
import { GPU_METRICS } from '../../core/remote-write/gpu-metrics.ts';
import type { InstantMs } from '../../core/units/quantities.ts';
import type { Log } from '../../runtime/log.ts';
import { type Metric, renderMetrics } from '../../runtime/metrics.ts';
import { REMOTE_WRITE_METRICS } from './contract.ts';

/** CloudWatch takes no more values of one metric in a document. */
const MOST_VALUES = 100;
/** GPUs of one request that are told of; the fleet of one sender, by far. */
const MOST_GPUS = 5_000;
/** The dimension of what says no cluster of the configuration. */
const OTHER = 'other';

/** Writes what a request held as metrics into the log: counts, and the values of GPUs by cluster. */
export function tellOfWrite(log: Log, { clusters }: Pick<Config, 'clusters'>, received: ReceivedWrite, nowMs: InstantMs): void {
  const { namespace, dimensions, useCase } = REMOTE_WRITE_METRICS;
  const refused = received.refusals.reduce((all, { counts }) => all + counts.samples + counts.histograms, 0);
  log('info', 'remote write received', {
    kind: 'remote-write',
    deduplicated: received.deduplicated,
    ...renderMetrics(
      namespace,
      { [dimensions.useCase]: useCase },
      {
        SamplesWritten: { value: received.written.samples + received.written.histograms, unit: 'Count' },
        SamplesRefused: { value: refused, unit: 'Count' },
      },
      nowMs,
    ),
  });
  const [only, ...others] = clusters;
  const clusterOf = (group: string | undefined): string =>
    clusters.find(({ name }) => name === group)?.name ?? (others.length === 0 ? only?.name : undefined) ?? OTHER;
  for (const [cluster, gpus] of Map.groupBy(received.gpus.slice(0, MOST_GPUS), ({ group }) => clusterOf(group))) {
    for (const metrics of documentsOf(gpus)) {
      log('info', 'GPUs', { kind: 'gpus', ...renderMetrics(namespace, { [dimensions.cluster]: cluster }, metrics, nowMs) });
    }
  }
}

/** As few documents as hold all values. */
function documentsOf(gpus: ReceivedWrite['gpus']): Record<string, Metric>[] {
  const documents: Record<string, Metric>[] = [];
  for (const [metric, own] of Map.groupBy(gpus, (gpu) => gpu.metric)) {
    const known = GPU_METRICS.get(metric);
    if (known === undefined) continue;
    for (let start = 0, index = 0; start < own.length; start += MOST_VALUES, index += 1) {
      const value = own.slice(start, start + MOST_VALUES).map((gpu) => gpu.value);
      documents[index] = { ...documents[index], [known.name]: { value, unit: known.unit } };
    }
  }
  return documents;
}
