import type { DemandSeries } from '../core/demand/demand-series.ts';
import type { InstantMs } from '../core/units/quantities.ts';

/** What demand was, minute by minute. */
export interface DemandHistory {
  /**
   * Demand on a workload in the minutes of `[fromMs, toMs)`, in the unit of its `replica.capacity`. Minutes that nobody
   * read are NaN or left out at the ends; a workload that is not known has none. @throws when the history can't be read.
   */
  readDemand(cluster: string, workload: string, fromMs: InstantMs, toMs: InstantMs): Promise<DemandSeries>;
}
