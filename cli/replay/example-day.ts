import { HOUR_MS, type InstantMs, MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import { parseInstant } from '../../lambda/core/units/time.ts';
import type { DemandCurve } from './demand.ts';

const ZONE = 'America/New_York';
const at = (local: string): InstantMs => parseInstant(`2026-11-30T${local}`, ZONE);

/** The day that `npm start` replays, in the zone of examples/foretide.yaml. */
export const EXAMPLE_DAY = { fromMs: at('06:00'), toMs: parseInstant('2026-12-01T00:00', ZONE), seed: 7 } as const;

/**
 * Demand of the example day in requests a minute: made up, smooth, and a little cruel. The campaign jumps at
 * 09:00, the office fills from 08:30, the match goes to extra time, which nobody put on the calendar.
 */
export const EXAMPLE_DEMAND: Readonly<Record<string, DemandCurve>> = {
  chat: (ms) => 700 + 12_600 * plateau(ms, at('09:00'), at('13:00'), 4 * MINUTE_MS, 45 * MINUTE_MS) + 250 * wave(ms, 6 * HOUR_MS),
  embeddings: (ms) => 1_600 + 14_500 * plateau(ms, at('08:30'), at('17:40'), 20 * MINUTE_MS, 40 * MINUTE_MS) + 500 * wave(ms, 3 * HOUR_MS),
  highlights: (ms) =>
    400 +
    6_500 * plateau(ms, at('18:00'), at('20:25'), 10 * MINUTE_MS, 20 * MINUTE_MS) +
    4_200 * plateau(ms, at('20:20'), at('21:00'), 12 * MINUTE_MS, 25 * MINUTE_MS),
};

/** 0 outside, 1 inside `[fromMs, toMs)`, with smooth edges of these lengths before 1 is reached and after the end. */
function plateau(ms: InstantMs, fromMs: InstantMs, toMs: InstantMs, riseMs: number, fallMs: number): number {
  return smooth((ms - fromMs) / riseMs) * (1 - smooth((ms - toMs) / fallMs));
}

function smooth(x: number): number {
  const t = Math.min(1, Math.max(0, x));
  return t * t * (3 - 2 * t);
}

function wave(ms: InstantMs, periodMs: number): number {
  return Math.sin((2 * Math.PI * ms) / periodMs);
}
