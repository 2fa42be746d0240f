/** Replica bounds of a scale target: whole numbers with 0 ≤ min ≤ max and max ≥ 1. */
export type Bounds = { readonly min: number; readonly max: number };

/**
 * The bounds that the user owns. `absent` names the fields that the user's manifest leaves out, so that
 * giving back means removing them again; their values here are the defaults that KEDA applies.
 */
export type Baseline = Bounds & { readonly absent?: readonly ('min' | 'max')[] };

export function sameBounds(a: Bounds, b: Bounds): boolean {
  return a.min === b.min && a.max === b.max;
}
