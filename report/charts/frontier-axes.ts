/** What keeps the logarithm finite: a policy that is never short stands where one that is short in one minute of 2,000 would. */
const NEVER_SHORT = 0.0005;
const SHARES = [0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1] as const;
const MULTIPLES = [
  0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.75, 2, 2.5, 3, 4, 5, 7, 10, 15, 20, 30, 50, 100,
] as const;
const FEWEST_PX_BETWEEN_TICKS = 34;

export type ScaleTick = { readonly value: number; readonly at: number };

/** A scale whose positions run from 0 to 1. */
export type FrontierScale = { readonly ticks: readonly ScaleTick[]; readonly place: (value: number) => number };

/**
 * Attainment, stretched towards 100 %: equal distances are equal factors of minutes that are short, since from 99 to 99.9 % is as much
 * better as from 90 to 99 %. Starts at the round share below the lowest.
 */
export function scaleAttainment(shares: readonly number[]): FrontierScale {
  const stretch = (share: number): number => -Math.log10(1 - Math.min(1, Math.max(0, share)) + NEVER_SHORT);
  const lowest = Math.min(0.98, ...shares);
  const from = SHARES.findLast((share) => share <= lowest) ?? 0;
  return scaleOf(
    SHARES.filter((share) => share >= from),
    stretch,
  );
}

/** Cost in multiples of exact need, by equal factors; from below 1 and below the cheapest to above the dearest. */
export function scaleCost(multiples: readonly number[], widthPx: number): FrontierScale {
  const lowest = Math.min(1, ...multiples);
  const highest = Math.max(1.5, ...multiples);
  const from = MULTIPLES.findLast((multiple) => multiple < lowest) ?? MULTIPLES[0];
  const to = MULTIPLES.find((multiple) => multiple >= highest) ?? highest;
  const scale = scaleOf(
    MULTIPLES.filter((multiple) => multiple >= from && multiple <= to),
    Math.log,
  );
  return { ...scale, ticks: thinTicks(scale.ticks, widthPx) };
}

function scaleOf(values: readonly number[], stretch: (value: number) => number): FrontierScale {
  const [first, last] = [stretch(values[0] ?? 0), stretch(values.at(-1) ?? 1)];
  const place = (value: number): number => (last === first ? 0 : (stretch(value) - first) / (last - first));
  return { ticks: values.map((value) => ({ value, at: place(value) })), place };
}

/** Drops ticks that stand too close, but never that of 1, which is exact need. */
function thinTicks(ticks: readonly ScaleTick[], widthPx: number): readonly ScaleTick[] {
  const gap = FEWEST_PX_BETWEEN_TICKS / widthPx;
  const kept: ScaleTick[] = [];
  for (const tick of ticks) {
    const last = kept.at(-1);
    if (last === undefined || tick.at - last.at >= gap) kept.push(tick);
    else if (tick.value === 1) kept[kept.length - 1] = tick;
  }
  return kept;
}
