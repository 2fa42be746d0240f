import type { Column } from '../timeline-data.ts';

const MINUTE_MS = 60_000;

/** More columns than a wide screen has pixels show nothing more. */
export const MOST_COLUMNS = 1_500;

/**
 * Columns gathered into coarser ones of about `columnMs`, counted from `fromMs`, each with the worst of what it covers; one without a
 * reading is left out. Never finer than what is given.
 */
export function gatherColumns(source: readonly Column[], fromMs: number, toMs: number, columnMs: number): readonly Column[] {
  const seen = source.filter((column) => column.fromMs < toMs && column.toMs > fromMs);
  const finestMs = seen.reduce((longest, column) => Math.max(longest, column.toMs - column.fromMs), MINUTE_MS);
  const [first] = seen;
  const anchorMs = first === undefined ? fromMs : fromMs - ((fromMs - first.fromMs) % finestMs);
  const stepMs = Math.ceil(columnMs / finestMs) * finestMs;
  const columns = new Map<number, Column>();
  for (const column of seen) {
    const index = Math.floor((column.fromMs - anchorMs) / stepMs);
    const start = anchorMs + index * stepMs;
    const next = { ...column, fromMs: Math.max(fromMs, start), toMs: Math.min(toMs, start + stepMs) };
    const known = columns.get(index);
    columns.set(index, known === undefined ? next : worseOf(known, next));
  }
  return [...columns.values()];
}

/** Columns for drawing: as they are, or as many of them together as keeps within `most`. */
export function gatherDrawnColumns(source: readonly Column[], fromMs: number, toMs: number, most = MOST_COLUMNS): readonly Column[] {
  const minutesPerColumn = Math.max(1, Math.ceil((toMs - fromMs) / MINUTE_MS / most));
  return gatherColumns(source, fromMs, toMs, minutesPerColumn * MINUTE_MS);
}

/** A point of a step line: [instant, value]; `null` breaks the line. */
export type StepPoint = readonly [atMs: number, value: number | null];

/**
 * Step lines over the columns, one for each reader, all with a point at the same instants (stacks need that): where one of the values
 * changes, where readings stop, and at the end.
 */
export function listSteps(columns: readonly Column[], readers: readonly ((column: Column) => number | null)[]): readonly StepPoint[][] {
  const rows: { atMs: number; values: readonly (number | null)[] }[] = [];
  let previous: Column | undefined;
  let last: readonly (number | null)[] = [];
  for (const column of columns) {
    const values = readers.map((read) => read(column));
    if (previous !== undefined && previous.toMs < column.fromMs) {
      rows.push({ atMs: previous.toMs, values: last }, { atMs: previous.toMs, values: readers.map(() => null) });
      last = [];
    }
    if (last.length === 0 || values.some((value, index) => value !== last[index])) {
      if (values.some((value, index) => value === null && (last[index] ?? null) !== null)) rows.push({ atMs: column.fromMs, values: last });
      rows.push({ atMs: column.fromMs, values });
    }
    previous = column;
    last = values;
  }
  if (previous !== undefined) rows.push({ atMs: previous.toMs, values: last });
  return readers.map((_, index) => rows.map(({ atMs, values }) => [atMs, values[index] ?? null] as const));
}

/** A stretch of columns that lack replicas, or that start some. */
export type Episode = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly most: number;
  readonly sum: number;
  readonly minutes: number;
};

/** Unbroken stretches in which `read` is above zero, with its highest value, its sum over minutes, and the minutes short. */
export function listEpisodes(columns: readonly Column[], read: (column: Column) => number | null): readonly Episode[] {
  const episodes: Episode[] = [];
  for (const column of columns) {
    const value = read(column);
    if (value === null || value <= 0) continue;
    const minutes = (column.toMs - column.fromMs) / MINUTE_MS;
    const open = episodes.at(-1);
    const one = { fromMs: column.fromMs, toMs: column.toMs, most: value, sum: value * minutes, minutes: column.shortMinutes };
    if (open === undefined || open.toMs < column.fromMs) episodes.push(one);
    else episodes[episodes.length - 1] = { ...joinEpisodes(open, one) };
  }
  return episodes;
}

type Span = Pick<Column, 'fromMs' | 'toMs'>;

/** Stretches of [fromMs, toMs) that no column covers. */
export function listGaps(columns: readonly Span[], fromMs: number, toMs: number): readonly Span[] {
  const starts = [fromMs, ...columns.map((column) => column.toMs)];
  const ends = [...columns.map((column) => column.fromMs), toMs];
  return starts.map((start, index) => ({ fromMs: start, toMs: ends[index] ?? toMs })).filter((gap) => gap.fromMs < gap.toMs);
}

function joinEpisodes(first: Episode, second: Episode): Episode {
  return {
    fromMs: first.fromMs,
    toMs: second.toMs,
    most: Math.max(first.most, second.most),
    sum: first.sum + second.sum,
    minutes: first.minutes + second.minutes,
  };
}

function worseOf(a: Column, b: Column): Column {
  return {
    fromMs: a.fromMs,
    toMs: a.toMs,
    demand: largest(a.demand, b.demand),
    need: largest(a.need, b.need),
    ready: smallest(a.ready, b.ready),
    starting: largest(a.starting, b.starting),
    floor: largest(a.floor, b.floor),
    max: largest(a.max, b.max),
    readyWithout: smallest(a.readyWithout, b.readyWithout),
    short: Math.max(a.short, b.short),
    shortMinutes: a.shortMinutes + b.shortMinutes,
  };
}

function largest(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}

function smallest(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b);
}
