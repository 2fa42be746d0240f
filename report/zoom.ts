/** A stretch of time, [fromMs, toMs). */
export type TimeRange = { readonly fromMs: number; readonly toMs: number };

const SHORTEST_MS = 10 * 60_000;

/** `range` made `factor` times as long around `atMs`, which keeps its place; within `whole` and never shorter than ten minutes. */
export function zoomRange(range: TimeRange, whole: TimeRange, factor: number, atMs: number): TimeRange {
  const spanMs = range.toMs - range.fromMs;
  const newSpanMs = Math.max(spanMs * factor, SHORTEST_MS);
  const share = (atMs - range.fromMs) / spanMs;
  return fitRange({ fromMs: atMs - share * newSpanMs, toMs: atMs + (1 - share) * newSpanMs }, whole);
}

export function panRange(range: TimeRange, whole: TimeRange, byMs: number): TimeRange {
  return fitRange({ fromMs: range.fromMs + byMs, toMs: range.toMs + byMs }, whole);
}

/** Moved, and if need be cut, to lie within `whole`; at least ten minutes long where `whole` is; on whole minutes. */
export function fitRange({ fromMs, toMs }: TimeRange, whole: TimeRange): TimeRange {
  const wholeMs = whole.toMs - whole.fromMs;
  const spanMs = Math.min(Math.max(toMs - fromMs, SHORTEST_MS), wholeMs);
  if (spanMs >= wholeMs) return whole;
  const wanted = toMs - fromMs < SHORTEST_MS ? (fromMs + toMs - spanMs) / 2 : fromMs;
  const start = Math.round(Math.min(Math.max(wanted, whole.fromMs), whole.toMs - spanMs) / 60_000) * 60_000;
  const end = Math.round((start + spanMs) / 60_000) * 60_000;
  return { fromMs: Math.max(start, whole.fromMs), toMs: Math.min(end, whole.toMs) };
}
