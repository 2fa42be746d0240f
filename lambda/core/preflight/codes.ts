/** What pre-flight can find; docs/concepts/pre-flight.md has a line for each. */
export const PREFLIGHT_CODES = [
  'preflight-target-missing',
  'preflight-paused',
  'preflight-not-ready',
  'preflight-hpa-missing',
  'preflight-max-below-floor',
  'preflight-size-unknown',
  'preflight-gpus-differ',
  'preflight-pool-missing',
  'preflight-pool-not-ready',
  'preflight-pool-unfit',
  'preflight-pool-limit',
  'preflight-room-unknown',
  'preflight-quota',
  'preflight-quota-key',
  'preflight-limit-range',
  'preflight-limit-default',
  'preflight-node-expiry',
  'preflight-node-lifetime',
  'preflight-calendar-stale',
  'preflight-unseen',
] as const;
export type PreflightCode = (typeof PREFLIGHT_CODES)[number];

const CODES: ReadonlySet<string> = new Set(PREFLIGHT_CODES);

export function isPreflightCode(code: string): code is PreflightCode {
  return CODES.has(code);
}
