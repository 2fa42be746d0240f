import type { Startup } from '../core/startup/startup.ts';

/** How long replicas took to start. */
export interface StartupHistory {
  /**
   * The start-up time of one replica of a workload, one for each kind of node that its lead time must do for; none while too few
   * were seen. The same list as long as nothing new was seen. @throws when the history can't be read.
   */
  readStartups(cluster: string, workload: string): Promise<readonly Startup[]>;
}
