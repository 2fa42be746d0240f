import type { StartupHistory } from '../../ports/startup-history.ts';

/** Where no start-up is measured: the configured lead time serves. */
export const noStartupHistory: StartupHistory = { readStartup: async () => undefined };
