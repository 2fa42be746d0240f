/** Machine-readable causes; prose for them lives in render code only. The first group says why bounds move, the second why they don't. */
export const REASON_CODES = [
  'event-lead',
  'event-ramp',
  'event-window',
  'event-release',
  'event-release-demand',
  'event-release-busy',
  'event-release-need-unknown',
  'event-max',
  'overflow-throttles',
  'overflow-quota',
  'override',
  'edit-adopted',
  'edit-reverted',
  'cool-down',
  'restore-baseline',

  'as-wanted',
  'no-intent',
  'yielded',
  'paused-by-others',
  'target-missing',
  'bounds-not-restorable',
  'hpa-owned-by-keda',
  'rollout-not-gradual',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];
