import { type InstantMs, MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import { formatUtc } from '../../lambda/core/units/time.ts';
import type { PolicyMinutes } from '../../sim/simulate/score.ts';

/** The bounds in force in each minute, after that minute's tick: `minute_utc,min,max`, for anybody's own scoring. */
export function renderDecisionsCsv({ min, max }: PolicyMinutes, fromMs: InstantMs): string {
  const rows = Array.from(min, (lowest, index) => `${formatUtc(fromMs + index * MINUTE_MS)},${lowest},${max[index]}`);
  return `${['minute_utc,min,max', ...rows].join('\n')}\n`;
}
