const ROUND_STEPS = [1, 2, 5, 10] as const;

export type NiceAxis = { readonly max: number; readonly interval: number };

/** A zero-based axis of whole numbers that shows `peak` with a little room above it, in at most `mostSteps` round steps. */
export function niceAxis(peak: number, mostSteps: number): NiceAxis {
  const wanted = Math.max(1, peak * 1.06);
  const magnitude = 10 ** Math.floor(Math.log10(wanted / mostSteps));
  const interval = Math.max(1, (ROUND_STEPS.find((step) => wanted / (step * magnitude) <= mostSteps) ?? 10) * magnitude);
  return { max: Math.ceil(wanted / interval) * interval, interval };
}
