import { resolveWorkloads } from '../../lambda/core/config/resolve-workloads.ts';
import type { Config } from '../../lambda/core/config/schema.ts';
import type { PriceBook } from '../../lambda/ports/price-book.ts';
import type { ReplayReport } from '../../report/replay.ts';
import { summarizeEvents, summarizeWorkload } from '../../report/summarize-replay.ts';
import { listHolidaysWithin } from './holidays-within.ts';
import type { Replay } from './replay.ts';

export type ReportDetails = Pick<ReplayReport, 'title' | 'timezone' | 'fromMs' | 'toMs' | 'generatedBy'>;

/** Puts prices to a replay, for page and table alike. */
export function buildReport(details: ReportDetails, replay: Replay, config: Config, prices: PriceBook): ReplayReport {
  const regions = new Map(config.clusters.map(({ name, region }) => [name, region]));
  const priceOf = new Map(
    resolveWorkloads(config).map((workload) => {
      const region = regions.get(workload.target.cluster) ?? '';
      const price = workload.instanceType === undefined ? undefined : prices.gpuPrice(workload.instanceType, region);
      return [workload.name, { gpusPerReplica: workload.gpusPerReplica, usdPerGpuHour: price?.usdPerGpuHour ?? null }];
    }),
  );
  const priced = replay.workloads.map((workload) => ({
    workload,
    price: priceOf.get(workload.workload) ?? { gpusPerReplica: 1, usdPerGpuHour: null },
  }));
  return {
    ...details,
    workloads: replay.workloads,
    summary: priced.flatMap(({ workload, price }) => summarizeEvents(workload, price)),
    totals: priced.map(({ workload, price }) => summarizeWorkload(workload, price)),
    decisions: replay.decisions,
    holidays: listHolidaysWithin(config, details.fromMs, details.toMs),
  };
}
