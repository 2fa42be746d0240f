import type { Bounds } from './bounds.ts';
import type { Evidence, TargetRef } from './intent.ts';
import type { ReasonCode } from './reason.ts';

/**
 * What a tick decided for one target. Log line, table, card, metric and widget are rendered from this,
 * so they can't disagree. `set` moves bounds, `hold` leaves them with a reason, `publish` leaves them and offers a
 * floor above min to the workload's KEDA trigger, `refuse` is a wish that can't be granted and that somebody should
 * know of.
 */
export type Decision =
  | {
      readonly kind: 'set';
      readonly target: TargetRef;
      readonly from: Bounds;
      readonly to: Bounds;
      readonly reason: ReasonCode;
      readonly evidence: Evidence;
    }
  | { readonly kind: 'hold'; readonly target: TargetRef; readonly at: Bounds; readonly reason: ReasonCode; readonly evidence: Evidence }
  | {
      readonly kind: 'publish';
      readonly target: TargetRef;
      readonly at: Bounds;
      readonly floor: number;
      readonly reason: ReasonCode;
      readonly evidence: Evidence;
    }
  | {
      readonly kind: 'refuse';
      readonly target: TargetRef;
      readonly wanted?: Bounds;
      readonly reason: ReasonCode;
      readonly evidence: Evidence;
    };

/** A decision with what became of it once applied. */
export type Outcome = Decision & { readonly applied: 'done' | 'not-needed' | 'dry-run' | 'failed'; readonly error?: string };
