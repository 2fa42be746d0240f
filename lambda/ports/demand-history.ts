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

/** A history that is kept as it is read. */
export interface DemandStore extends DemandHistory {
  /**
   * Keeps what a series says, to seven digits. A minute that is recorded again is replaced; NaN replaces nothing. Recordings at once
   * lose nothing of each other's minutes. @throws when it can't be kept.
   */
  recordDemand(cluster: string, workload: string, series: DemandSeries): Promise<void>;
}
