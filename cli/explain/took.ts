import { MINUTE_MS, SECOND_MS } from '../../lambda/core/units/quantities.ts';

/** `45 s`, `8 min 5 s`, `12 min`: how long a start takes; rounded up to seconds, for it must be enough. */
export function formatTook(ms: number): string {
  const seconds = Math.ceil(ms / SECOND_MS - 1e-9);
  const minutes = Math.floor((seconds * SECOND_MS) / MINUTE_MS);
  const rest = seconds - minutes * 60;
  if (minutes === 0) return `${rest} s`;
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}
