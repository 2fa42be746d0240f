import { normalDensity, normalShare } from './normal.ts';

/** Between these the search and the integral are exact enough: beyond lies less than 1e-9 of a normal distribution. */
const FARTHEST = 6;
const STEP = 0.1;
const HALVINGS = 40;

/**
 * How many standard deviations above the mean the last of `count` normal values lies in at most the share `ratio` of cases, when they have the
 * share `shared` of their variance in common. Independent ones (0): the quantile ratio^(1/count) of one. All in common (1): that of one value.
 * `count` is at least 1, `ratio` between 0 and 1, both exclusive.
 *
 * By halving: the normal quantile of simple-statistics is exact to 0.01 only, and on the side that asks too late.
 */
export function lastOfMany(count: number, ratio: number, shared: number): number {
  let [low, high] = [-FARTHEST, FARTHEST];
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const middle = (low + high) / 2;
    if (shareBelow(middle, count, shared) < ratio) low = middle;
    else high = middle;
  }
  return high;
}

/** In which share of cases all of them are below `z`. */
function shareBelow(z: number, count: number, shared: number): number {
  if (shared >= 1 || count === 1) return normalShare(z);
  if (shared <= 0) return normalShare(z) ** count;
  const [common, own] = [Math.sqrt(shared), Math.sqrt(1 - shared)];
  let share = 0;
  for (let cause = -FARTHEST; cause <= FARTHEST; cause += STEP) {
    share += normalDensity(cause) * STEP * normalShare((z - common * cause) / own) ** count;
  }
  return share;
}

/**
 * A normal quantile as that of Student's t with so many degrees of freedom: what a mean and a deviation estimated from few
 * values allow to say of the next one. The first three terms of the expansion of Abramowitz & Stegun, 26.7.5.
 */
export function widen(z: number, freedom: number): number {
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / freedom + second / freedom ** 2 + third / freedom ** 3;
}
