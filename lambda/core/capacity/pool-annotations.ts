import { z } from 'zod';
import { ANNOTATION } from '../compose/annotations.ts';
import { formatUtc } from '../units/time.ts';
import type { PoolFields } from './pool.ts';
import type { PoolIntent } from './pool-intent.ts';
import type { HeldPool } from './pool-state.ts';

type Annotations = Readonly<Record<string, string>>;

/** Annotations of a NodePool that are ours; they lie outside of what Karpenter compares nodes by, so they roll none. */
const OURS = [ANNOTATION.baseline, ANNOTATION.applied, ANNOTATION.event, ANNOTATION.until] as const;

const FieldName = z.string().regex(/^(weight|limits\..+)$/);
const Fields = z.record(FieldName, z.string().nullable());
const Applied = z.object({
  held: Fields,
  /** Within what an instant can be (ECMA-262, time values). */
  yielded: z.record(FieldName, z.int().min(0).max(8.64e15)).prefault({}),
});

/** The user's values of what is held; undefined when the NodePool doesn't say, or somebody mangled it. */
export function readPoolBaseline(annotations: Annotations): PoolFields | undefined {
  return readJson(Fields, annotations[ANNOTATION.baseline]);
}

/** What the NodePool says that Foretide holds; undefined when it says nothing, or somebody mangled it. */
export function readPoolApplied(annotations: Annotations): HeldPool | undefined {
  return readJson(Applied, annotations[ANNOTATION.applied]);
}

/** Whether the NodePool carries any sign of ours, readable or not. */
export function poolCarriesOurs(annotations: Annotations): boolean {
  return OURS.some((name) => annotations[name] !== undefined);
}

/** The annotations that explain what is held to whoever looks at the NodePool; `null` removes one. `by`: the intent that lasts longest. */
export function renderPoolAnnotations(
  baseline: PoolFields,
  { held, yielded }: HeldPool,
  by: PoolIntent | undefined,
): Record<string, string | null> {
  const holds = Object.keys(held).length > 0;
  const yields = Object.keys(yielded).length > 0;
  return {
    [ANNOTATION.baseline]: holds ? JSON.stringify(baseline) : null,
    [ANNOTATION.applied]: holds || yields ? JSON.stringify(yields ? { held, yielded } : { held }) : null,
    [ANNOTATION.event]: holds ? (by?.evidence.summary ?? null) : null,
    [ANNOTATION.until]: holds && by !== undefined ? formatUtc(by.untilMs) : null,
  };
}

function readJson<T>(shape: z.ZodType<T>, text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    return shape.safeParse(JSON.parse(text)).data;
  } catch {
    // A mangled annotation counts as none; `recallPool` then looks elsewhere, or leaves the pool alone.
    return undefined;
  }
}
