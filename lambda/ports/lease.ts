import type { InstantMs } from '../core/units/quantities.ts';

/** The right to reconcile one cluster. `token` grows with every grant: a writer with an older one is refused. */
export type Lease = { readonly name: string; readonly holder: string; readonly token: number; readonly untilMs: InstantMs };

export interface LeaseStore {
  /** Grants the lease when it is free, expired at `nowMs`, or already `holder`'s; otherwise returns undefined. */
  acquireLease(name: string, holder: string, ttlMs: number, nowMs: InstantMs): Promise<Lease | undefined>;
  /** Frees the lease if it is still this one; the token is never given out again. */
  releaseLease(lease: Lease): Promise<void>;
  /** The token granted last, 0 before the first. */
  readLeaseToken(name: string): Promise<number>;
}
