import { NO_DEMAND } from '../../core/demand/demand-series.ts';
import type { DemandHistory } from '../../ports/demand-history.ts';

/** Where no signal is read: nothing is known of any minute, so learned floors fall back. */
export const noDemandHistory: DemandHistory = { readDemand: async () => NO_DEMAND };
