import type { Startup } from '../core/prescale/lead.ts';

/** How long replicas took to start. */
export interface StartupHistory {
  /** The start-up time of one replica of a workload; undefined while too few were seen. @throws when the history can't be read. */
  readStartup(cluster: string, workload: string): Promise<Startup | undefined>;
}
