import { z } from 'zod';
import type { InstantMs } from '../../core/units/quantities.ts';

/** A time of the API (RFC 3339) as milliseconds. */
export const ApiTime = z.string().transform((text, context): InstantMs => {
  const ms = Date.parse(text);
  if (Number.isFinite(ms)) return ms;
  context.addIssue({ code: 'custom', message: `${text} is no time` });
  return z.NEVER;
});

const MS = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

/** A Go duration such as `720h` or `1h30m` in milliseconds; undefined for `Never` and for what is none. */
export function parseGoDuration(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined;
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * MS[unit as keyof typeof MS], 0);
}
