import type { CommonOptions } from './common-options.ts';
import type { KubeconfigOverride } from './connect.ts';
import type { PeriodOptions } from './period.ts';

export type RunOptions = CommonOptions &
  KubeconfigOverride &
  PeriodOptions & {
    readonly cluster?: string;
    readonly state?: string;
    readonly once?: boolean;
    readonly dryRun?: boolean;
    readonly twin?: boolean;
    readonly demand?: string;
    readonly seed: string;
    readonly report?: string;
    /** `true`: on the usual port. */
    readonly serve?: string | true;
    readonly host: string;
    readonly metricsToken?: string;
    readonly remoteWriteToken?: string;
  };
