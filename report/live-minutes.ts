import type { Column } from './timeline-data.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
const FEWEST_MINUTES = 60;
/** Over all workloads: about 5 MB as JSON. */
const MOST_MINUTES_TOGETHER = 200_000;

const FIGURES = ['demand', 'need', 'ready', 'starting', 'floor', 'max'] as const;

/** What one reading says of one minute; `null` was not read. */
export type LiveFigures = Readonly<Record<(typeof FIGURES)[number], number | null>>;

/** A rolling window of minutes: `demand[i]` belongs to the minute `startMs + i min`. All lists are as long. */
export type LiveMinutes = { readonly startMs: number } & Readonly<Record<(typeof FIGURES)[number], readonly (number | null)[]>>;

export const NO_MINUTES: LiveMinutes = { startMs: 0, demand: [], need: [], ready: [], starting: [], floor: [], max: [] };

/** How many minutes of each workload are kept: a replay's whole period, else a day, less where there are very many workloads. */
export function keptMinutes(workloads: number, period: { readonly fromMs: number; readonly toMs: number } | null): number {
  const wanted = period === null ? DAY_MINUTES : Math.ceil((period.toMs - period.fromMs) / MINUTE_MS);
  return Math.max(FEWEST_MINUTES, Math.min(wanted, Math.floor(MOST_MINUTES_TOGETHER / Math.max(1, workloads))));
}

/** The window with one more minute at its end; minutes skipped since are not read, the same minute is read again, an earlier one comes too late. */
export function appendMinute(minutes: LiveMinutes, minuteMs: number, figures: LiveFigures, kept: number): LiveMinutes {
  const length = minutes.ready.length;
  const startMs = length === 0 ? minuteMs : minutes.startMs;
  const index = (minuteMs - startMs) / MINUTE_MS;
  if (index < length - 1) return minutes;
  if (index >= length + kept) return appendMinute(NO_MINUTES, minuteMs, figures, kept);
  const drop = Math.max(0, index + 1 - kept);
  const append = (figure: (typeof FIGURES)[number]): readonly (number | null)[] => {
    const values = minutes[figure].slice(drop, index);
    while (values.length < index - drop) values.push(null);
    values.push(shorten(figures[figure]));
    return values;
  };
  return {
    startMs: startMs + drop * MINUTE_MS,
    demand: append('demand'),
    need: append('need'),
    ready: append('ready'),
    starting: append('starting'),
    floor: append('floor'),
    max: append('max'),
  };
}

/** The latest minute's figures; `undefined` before the first reading. */
export function latestFigures(minutes: LiveMinutes): LiveFigures | undefined {
  return minutes.ready.length === 0 ? undefined : figuresAt(minutes, minutes.ready.length - 1);
}

/** For the timeline; minutes that were not read are left out. */
export function columnsOf(minutes: LiveMinutes): readonly Column[] {
  return minutes.ready.flatMap((_, index): readonly Column[] => {
    const figures = figuresAt(minutes, index);
    if (FIGURES.every((figure) => figures[figure] === null)) return [];
    const { need, ready } = figures;
    const short = need === null || ready === null ? 0 : Math.max(0, need - ready);
    const fromMs = minutes.startMs + index * MINUTE_MS;
    return [{ fromMs, toMs: fromMs + MINUTE_MS, ...figures, readyWithout: null, short, shortMinutes: short > 0 ? 1 : 0 }];
  });
}

function figuresAt(minutes: LiveMinutes, index: number): LiveFigures {
  const at = (figure: (typeof FIGURES)[number]): number | null => minutes[figure][index] ?? null;
  return { demand: at('demand'), need: at('need'), ready: at('ready'), starting: at('starting'), floor: at('floor'), max: at('max') };
}

/** Nothing in a page shows more than a hundredth. */
function shorten(value: number | null): number | null {
  return value === null ? null : Math.round(value * 100) / 100;
}
