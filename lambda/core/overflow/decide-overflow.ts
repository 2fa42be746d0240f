import type { Intent, TargetRef } from '../compose/intent.ts';
import type { ReasonCode } from '../compose/reason.ts';
import type { Reading } from '../signals/reading.ts';
import { type InstantMs, MINUTE_MS } from '../units/quantities.ts';
import { formatUtc } from '../units/time.ts';

/** When a managed service counts as overflowing, and what the workload that takes its overflow wants then. */
export type OverflowRule = {
  /** For people: the Bedrock model. */
  readonly modelId: string;
  /** Throttled requests a minute; undefined: throttles don't count. */
  readonly throttlesPerMinuteAbove: number | undefined;
  /** Share of the quota, from 0 to 1; undefined: usage doesn't count. */
  readonly quotaUsageAbove: number | undefined;
  /** Tokens a minute; undefined: unknown, so that usage tells nothing. */
  readonly tpmQuota: number | undefined;
  /** Whole replicas, or so many above the baseline min. */
  readonly floor: number | { readonly add: number };
};

export type OverflowSituation = {
  readonly rule: OverflowRule;
  readonly target: TargetRef;
  /** Undefined: unknown, so that a relative floor can't be said. */
  readonly baselineMin: number | undefined;
  /** Throttled requests in the last full minute. */
  readonly throttles: Reading<number> | undefined;
  /** Tokens a minute that count against the quota. */
  readonly tokensPerMinute: Reading<number> | undefined;
  /** What overflow wanted at the last tick. */
  readonly before: Intent | undefined;
  readonly nowMs: InstantMs;
};

/** A floor stays for so long after the last minute that was not calm: a burst rarely comes alone, and a replica takes minutes to come back. */
const OVERFLOW_HOLD_MS = 15 * MINUTE_MS;
/** Unreadable metrics hold what is held, but not for ever. */
const OVERFLOW_BLIND_MS = 60 * MINUTE_MS;
/** A minute is calm below this share of the thresholds, so that a load around one doesn't raise and lower all the time. */
const CALM_RATIO = 0.8;

/**
 * The floor that overflow wants of the workload, or undefined for none. It rises when throttles or quota usage pass their thresholds, throttles
 * first: they are requests lost. It stays while either is not calm and OVERFLOW_HOLD_MS longer; while neither can be read, for at most
 * OVERFLOW_BLIND_MS after the last reading. Absent is never zero: it neither raises nor calms.
 */
export function decideOverflow(situation: OverflowSituation): Intent | undefined {
  const { rule, target, baselineMin, throttles, tokensPerMinute, nowMs } = situation;
  const before = situation.before !== undefined && nowMs < situation.before.untilMs ? situation.before : undefined;
  const throttled = shareOf(throttles, rule.throttlesPerMinuteAbove);
  const used = shareOf(tokensPerMinute, limitOf(rule));
  const replicas = typeof rule.floor === 'number' ? rule.floor : baselineMin === undefined ? undefined : baselineMin + rule.floor.add;
  if (replicas === undefined) return before;
  const known = [throttled, used].filter((share) => share !== undefined);
  const reason =
    throttled !== undefined && throttled > 1 ? 'overflow-throttles' : used !== undefined && used > 1 ? 'overflow-quota' : undefined;
  if (reason === undefined && before === undefined) return undefined;
  if (reason === undefined && known.length > 0 && known.every((share) => share < CALM_RATIO)) return before;
  const lastReadMs = known.length > 0 ? nowMs : readLastRead(before, nowMs);
  return {
    owner: 'overflow',
    id: rule.modelId,
    target,
    want: { kind: 'floor', replicas },
    untilMs: Math.max(before?.untilMs ?? 0, Math.min(nowMs + OVERFLOW_HOLD_MS, lastReadMs + OVERFLOW_BLIND_MS)),
    reason: reason ?? reasonOf(before),
    evidence: {
      summary: rule.modelId,
      facts: {
        throttlesPerMinute: knownValue(throttles),
        throttlesAbove: rule.throttlesPerMinuteAbove ?? null,
        tokensPerMinute: knownValue(tokensPerMinute),
        tokensAbove: limitOf(rule) ?? null,
        floor: replicas,
        lastRead: formatUtc(lastReadMs),
        lastReadMs,
      },
    },
  };
}

function limitOf({ quotaUsageAbove, tpmQuota }: OverflowRule): number | undefined {
  return quotaUsageAbove === undefined || tpmQuota === undefined ? undefined : quotaUsageAbove * tpmQuota;
}

/** A reading over its threshold; undefined when there is none that counts now. */
function shareOf(reading: Reading<number> | undefined, threshold: number | undefined): number | undefined {
  return reading?.kind === 'ok' && threshold !== undefined ? reading.value / threshold : undefined;
}

function readLastRead(before: Intent | undefined, nowMs: InstantMs): InstantMs {
  const fact = before?.evidence.facts.lastReadMs;
  return typeof fact === 'number' ? fact : nowMs;
}

function reasonOf(before: Intent | undefined): ReasonCode {
  return before?.reason ?? 'overflow-throttles';
}

function knownValue(reading: Reading<number> | undefined): number | null {
  return reading === undefined || reading.kind === 'absent' ? null : reading.value;
}
