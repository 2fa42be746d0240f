import { gatherDrawnColumns } from './charts/minute-steps.ts';
import type { Picture } from './picture.ts';
import type { Column, TimelineData } from './timeline-data.ts';

/**
 * More columns than this are gathered before a picture is shipped, each with its worst minute: four times what a wide screen shows at
 * once, so that there is something to zoom into.
 */
const MOST_SHIPPED_COLUMNS = 6_000;

const FIGURES = ['demand', 'need', 'ready', 'starting', 'floor', 'max', 'readyWithout', 'short', 'shortMinutes'] as const;

/** Values in order; `[value, count]` stands for the same value `count` times. */
type Runs = readonly (number | null | readonly [number | null, number])[];

/** Columns by figure, in runs: most figures hold for many minutes. */
type ShippedColumns = {
  /** How far each column starts after the one before, ms; the first: after the epoch. */
  readonly starts: Runs;
  readonly lengths: Runs;
} & Readonly<Record<(typeof FIGURES)[number], Runs>>;

type TimelinePicture = Extract<Picture, { kind: 'timeline' }>;

/** A picture as JSON carries it to the page. */
export type ShippedPicture =
  | Exclude<Picture, TimelinePicture>
  | (Omit<TimelinePicture, 'data'> & { readonly data: Omit<TimelineData, 'columns'> & { readonly columns: ShippedColumns } });

export function shipPicture(picture: Picture): ShippedPicture {
  if (picture.kind !== 'timeline') return picture;
  const columns = gatherDrawnColumns(picture.data.columns, picture.fromMs, picture.toMs, MOST_SHIPPED_COLUMNS);
  return { ...picture, data: { ...picture.data, columns: shipColumns(columns) } };
}

export function unshipPicture(shipped: ShippedPicture): Picture {
  if (shipped.kind !== 'timeline') return shipped;
  return { ...shipped, data: { ...shipped.data, columns: unshipColumns(shipped.data.columns) } };
}

/** What would end the script element, break its lines, or turn its text around. */
const UNWANTED = /[<>&\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** JSON that can stand in a script element, whatever people wrote into it. */
export function renderJson(value: ShippedPicture): string {
  return JSON.stringify(value).replace(UNWANTED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function shipColumns(columns: readonly Column[]): ShippedColumns {
  const runsOf = (figure: (typeof FIGURES)[number]): Runs => toRuns(columns.map((column) => shorten(column[figure])));
  return {
    starts: toRuns(columns.map(({ fromMs }, index) => fromMs - (columns[index - 1]?.fromMs ?? 0))),
    lengths: toRuns(columns.map(({ fromMs, toMs }) => toMs - fromMs)),
    demand: runsOf('demand'),
    need: runsOf('need'),
    ready: runsOf('ready'),
    starting: runsOf('starting'),
    floor: runsOf('floor'),
    max: runsOf('max'),
    readyWithout: runsOf('readyWithout'),
    short: runsOf('short'),
    shortMinutes: runsOf('shortMinutes'),
  };
}

function unshipColumns(shipped: ShippedColumns): readonly Column[] {
  const starts = fromRuns(shipped.starts);
  const lengths = fromRuns(shipped.lengths);
  const [demand, need, ready, starting, floor, max, readyWithout, short, shortMinutes] = FIGURES.map((figure) => fromRuns(shipped[figure]));
  let fromMs = 0;
  return starts.map((step, index) => {
    fromMs += step ?? 0;
    return {
      fromMs,
      toMs: fromMs + (lengths[index] ?? 0),
      demand: demand?.[index] ?? null,
      need: need?.[index] ?? null,
      ready: ready?.[index] ?? null,
      starting: starting?.[index] ?? null,
      floor: floor?.[index] ?? null,
      max: max?.[index] ?? null,
      readyWithout: readyWithout?.[index] ?? null,
      short: short?.[index] ?? 0,
      shortMinutes: shortMinutes?.[index] ?? 0,
    };
  });
}

/** Nothing in a page shows more than a hundredth. */
function shorten(value: number | null): number | null {
  return value === null ? null : Math.round(value * 100) / 100;
}

function toRuns(values: readonly (number | null)[]): Runs {
  const runs: { value: number | null; count: number }[] = [];
  for (const value of values) {
    const last = runs.at(-1);
    if (last !== undefined && last.value === value) last.count += 1;
    else runs.push({ value, count: 1 });
  }
  return runs.map(({ value, count }) => (count === 1 ? value : ([value, count] as const)));
}

function fromRuns(runs: Runs): readonly (number | null)[] {
  return runs.flatMap((run) => (run === null || typeof run === 'number' ? [run] : Array.from({ length: run[1] }, () => run[0])));
}
