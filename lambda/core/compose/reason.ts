/** Machine-readable causes; prose for them lives in render code only. */
export type ReasonCode =
  // why bounds move
  | 'event-lead'
  | 'event-ramp'
  | 'event-window'
  | 'event-release'
  | 'event-release-demand'
  | 'event-release-need-unknown'
  | 'event-max'
  | 'edit-adopted'
  | 'edit-reverted'
  | 'restore-baseline'
  // why they don't
  | 'as-wanted'
  | 'no-intent'
  | 'yielded'
  | 'paused-by-others'
  | 'target-missing'
  | 'bounds-not-restorable'
  | 'hpa-owned-by-keda';
