import { errorFunction, probit } from 'simple-statistics';
import type { Startup } from '../startup/startup.ts';
import { type InstantMs, SECOND_MS } from '../units/quantities.ts';

/** Beyond this share of all starts the model says nothing: what takes so long takes it for a reason that no earlier start had. */
const BEYOND_MODEL = 1e-4;

export type StartingReplica = {
  /** Asked for since; at least so long it has been starting. */
  readonly sinceMs: InstantMs;
};

export type Projection = {
  readonly replicas: readonly StartingReplica[];
  /** Measured start-ups; undefined: `leadMs` is all that is known. */
  readonly startup: Startup | undefined;
  /** The configured time from asking for replicas to the last of them Ready. */
  readonly leadMs: number;
  /** Of 100 cases, in so many the last replica is Ready by then. */
  readonly percentile: number;
  readonly nowMs: InstantMs;
};

/**
 * When the last of some starting replicas should be Ready, given how long each has been starting already: a replica that isn't
 * Ready after most of its time has less left than a new one, and more than the plain quantile says. Undefined without
 * replicas, and when one has been starting for longer than what is known can tell.
 */
export function projectReady({ replicas, startup, leadMs, percentile, nowMs }: Projection): InstantMs | undefined {
  if (replicas.length === 0) return undefined;
  const each = (percentile / 100) ** (1 / replicas.length);
  let last = nowMs;
  for (const { sinceMs } of replicas) {
    const ageMs = Math.max(0, nowMs - sinceMs);
    const totalMs = startup === undefined ? leadMs : quantileBeyond(startup, ageMs, each);
    if (totalMs === undefined || totalMs <= ageMs) return undefined;
    last = Math.max(last, sinceMs + totalMs);
  }
  return Math.ceil(last / SECOND_MS) * SECOND_MS;
}

/** The share of starts that take longer than `ageMs`; 1 at age 0. */
function shareLongerThan({ medianMs, sigma }: Startup, ageMs: number): number {
  if (ageMs <= 0) return 1;
  if (sigma === 0) return ageMs < medianMs ? 1 : 0;
  return (1 - errorFunction(Math.log(ageMs / medianMs) / sigma / Math.SQRT2)) / 2;
}

/** The time that a share `quantile` of the starts that take longer than `ageMs` keep within; undefined beyond the model. */
function quantileBeyond(startup: Startup, ageMs: number, quantile: number): number | undefined {
  const longer = shareLongerThan(startup, ageMs);
  if (longer < BEYOND_MODEL) return undefined;
  return startup.medianMs * Math.exp(-startup.sigma * probit(longer * (1 - quantile)));
}
