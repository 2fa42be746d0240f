import { DAY_MS, HOUR_MS, type InstantMs, MINUTE_MS } from '../lambda/core/units/quantities.ts';
import { formatUtc, parseInstant } from '../lambda/core/units/time.ts';
import { createRandom } from '../sim/random.ts';

const ZONE = 'America/New_York';
const FROM_MS = parseInstant('2026-11-25T00:00', ZONE);
const DAYS = 4;
const STEP_MS = 5 * MINUTE_MS;
const SALE_MS = parseInstant('2026-11-27T00:00', ZONE);

/** Demand around a Black Friday, made up: a row each five minutes, for `foretide simulate --gaps hold`. */
export function renderDemandExample(): string {
  const random = createRandom('demand-example');
  const rows = Array.from({ length: (DAYS * DAY_MS) / STEP_MS }, (_, index) => {
    const atMs = FROM_MS + index * STEP_MS;
    const noise = 1 + 0.04 * (random.uniform() - 0.5);
    return `${formatUtc(atMs)},${Math.round((officeOf(atMs) + saleOf(atMs)) * noise)}`;
  });
  return `${['minute_utc,requests', ...rows].join('\n')}\n`;
}

/** A quiet night, and office hours that fill in half an hour; Thanksgiving is a quiet day. */
function officeOf(atMs: InstantMs): number {
  const hour = ((atMs - FROM_MS) % DAY_MS) / HOUR_MS;
  const day = Math.floor((atMs - FROM_MS) / DAY_MS);
  const open = day === 0 || day === 2;
  return 700 + (open ? 2_300 * plateau(hour, 8.75, 17.5, 0.5) : 250 * plateau(hour, 10, 20, 2));
}

/** From midnight on within ten minutes, a lull before dawn, and the height in the evening. */
function saleOf(atMs: InstantMs): number {
  const hour = (atMs - SALE_MS) / HOUR_MS;
  return 13_000 * plateau(hour, 0, 25.5, 0.17) * (0.75 - 0.2 * Math.sin(((hour + 1) / 26) * 4 * Math.PI));
}

function plateau(x: number, from: number, to: number, edge: number): number {
  return Math.min(1, Math.max(0, (x - from) / edge)) * Math.min(1, Math.max(0, (to + edge - x) / edge));
}
