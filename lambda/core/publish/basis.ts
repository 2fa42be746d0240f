import { z } from 'zod';
import type { Bounds } from '../compose/bounds.ts';
import { floorOnOffer } from '../compose/decide-published.ts';
import { type Intent, windowEnd } from '../compose/intent.ts';
import { type InstantMs, MINUTE_MS } from '../units/quantities.ts';
import { DEFAULT_TOLERANCE, publishedValue } from './published-value.ts';

/** What a tick saw of an object whose floor is published: all that composing needs beside the intents. */
export type Basis = {
  readonly baseline: Bounds;
  /** The object's own min, which holds without us. */
  readonly liveMin: number;
  /** What the HPA counted; null: unknown. */
  readonly replicas: number | null;
  /** The HPA's own tolerance; null: the cluster's. */
  readonly tolerance: number | null;
};

const Replicas = z.int().nonnegative();
const Bases = z.record(
  z.string(),
  z.object({
    baseline: z.object({ min: Replicas, max: Replicas }),
    liveMin: Replicas,
    replicas: Replicas.nullable(),
    tolerance: z.number().nonnegative().nullable(),
  }),
);

/** By `targetKey`; undefined for a text that is none of ours. */
export function parseBases(text: string): Readonly<Record<string, Basis>> | undefined {
  try {
    return Bases.parse(JSON.parse(text));
  } catch (error) {
    // A damaged copy counts as none: the endpoint then answers that it does not know, and the next tick writes it anew.
    if (error instanceof z.ZodError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Older than this, nobody knows what else the calendar wants by now. A tick comes every minute. */
export const BASIS_KEPT_MS = 10 * MINUTE_MS;

/** What a trigger is told. `value` is 0 where no event wants more than the object's own min. */
export type PublishedFloor = {
  readonly value: number;
  readonly floor: number;
  readonly event: string | undefined;
  readonly untilMs: InstantMs | undefined;
};

/** What to tell the trigger of an object at one instant. */
export function publishFloor(
  { baseline, liveMin, replicas, tolerance }: Basis,
  intents: readonly Intent[],
  nowMs: InstantMs,
): PublishedFloor {
  const offer = floorOnOffer({ baseline, liveMin, intents }, nowMs);
  if (offer === undefined) return { value: 0, floor: 0, event: undefined, untilMs: undefined };
  const { floor, by } = offer;
  const value = publishedValue({ floor, replicas: replicas ?? undefined, tolerance: tolerance ?? DEFAULT_TOLERANCE });
  return { value, floor, event: by.evidence.summary, untilMs: windowEnd(by) };
}
