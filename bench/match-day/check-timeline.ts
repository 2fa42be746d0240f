import { MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import { formatUtc } from '../../lambda/core/units/time.ts';

export type Move = { readonly atMs: number; readonly from: number; readonly to: number; readonly reason: string; readonly event: string };
export type Expected = {
  readonly windows: readonly { readonly askMs: number; readonly endMs: number }[];
  readonly floor: number;
  readonly baselineMin: number;
};

/**
 * What is wrong with a timeline of floors: minute by minute, the floor must stand from each window's ask to its
 * end, and outside it must be the baseline, unless demand still holds a part of it, which may only shrink.
 */
export function checkTimeline(moves: readonly Move[], { windows, floor, baselineMin }: Expected, fromMs: number, toMs: number): string[] {
  const wrong: string[] = [];
  let min = baselineMin;
  for (let atMs = fromMs; atMs < toMs; atMs += MINUTE_MS) {
    const move = moves.find((one) => one.atMs === atMs);
    const before = min;
    if (move !== undefined) min = move.to;
    const inWindow = windows.some(({ askMs, endMs }) => askMs <= atMs && atMs < endMs);
    if (inWindow && min !== floor) wrong.push(`${formatUtc(atMs)}: floor is ${min}, wanted ${floor}`);
    if (!inWindow && min > before) wrong.push(`${formatUtc(atMs)}: floor rose to ${min} outside every window`);
    const ends = windows.some(({ endMs }) => endMs === atMs);
    if (!inWindow && ends && min >= floor && move?.reason !== 'event-release-demand')
      wrong.push(`${formatUtc(atMs)}: floor was not released`);
    if (!inWindow && min > baselineMin && move !== undefined && move.reason !== 'event-release-demand')
      wrong.push(`${formatUtc(atMs)}: floor ${min} is held for ${move.reason}`);
  }
  return wrong;
}
