import type { ReplayMinute, WorkloadReplay } from '../replay.ts';

const MINUTE_MS = 60_000;

/** More columns than a wide screen has pixels show nothing more. */
export const MOST_COLUMNS = 1_500;

/** A stretch of time and the figures that hold in it; where it covers several minutes, the worst of them, so that no shortfall is lost. */
export type Column = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly demand: number | null;
  readonly need: number | null;
  /** The fewest. */
  readonly ready: number;
  readonly starting: number;
  readonly floor: number;
  readonly max: number;
  /** The fewest without pre-scaling; `null` when that was not replayed. */
  readonly readyWithout: number | null;
  /** The largest lack within one minute. */
  readonly short: number;
  readonly shortMinutes: number;
};

/** Minutes gathered into columns of `columnMs`, counted from `fromMs`; a column without a reading is left out. */
export function gatherColumns(replay: WorkloadReplay, fromMs: number, toMs: number, columnMs: number): readonly Column[] {
  const without = new Map(replay.baselineMinutes?.map(({ minuteMs, readyReplicas }) => [minuteMs, readyReplicas]));
  const columns = new Map<number, Column>();
  for (const minute of replay.minutes) {
    if (minute.minuteMs < fromMs || minute.minuteMs >= toMs) continue;
    const index = Math.floor((minute.minuteMs - fromMs) / columnMs);
    const start = fromMs + index * columnMs;
    const next = columnOf(minute, start, Math.min(toMs, start + columnMs), without.get(minute.minuteMs) ?? null);
    const known = columns.get(index);
    columns.set(index, known === undefined ? next : worseOf(known, next));
  }
  return [...columns.values()];
}

/** Columns for drawing: single minutes, or as many of them together as keeps within {@link MOST_COLUMNS}. */
export function gatherDrawnColumns(replay: WorkloadReplay, fromMs: number, toMs: number): readonly Column[] {
  const minutesPerColumn = Math.max(1, Math.ceil((toMs - fromMs) / MINUTE_MS / MOST_COLUMNS));
  return gatherColumns(replay, fromMs, toMs, minutesPerColumn * MINUTE_MS);
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
export function listEpisodes(columns: readonly Column[], read: (column: Column) => number): readonly Episode[] {
  const episodes: Episode[] = [];
  for (const column of columns) {
    const value = read(column);
    if (value <= 0) continue;
    const minutes = (column.toMs - column.fromMs) / MINUTE_MS;
    const open = episodes.at(-1);
    const one = { fromMs: column.fromMs, toMs: column.toMs, most: value, sum: value * minutes, minutes: column.shortMinutes };
    if (open === undefined || open.toMs < column.fromMs) episodes.push(one);
    else episodes[episodes.length - 1] = { ...joinEpisodes(open, one) };
  }
  return episodes;
}

/** Stretches of [fromMs, toMs) that no column covers. */
export function listGaps(columns: readonly Column[], fromMs: number, toMs: number): readonly { fromMs: number; toMs: number }[] {
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

function columnOf(minute: ReplayMinute, fromMs: number, toMs: number, readyWithout: number | null): Column {
  const short = minute.needReplicas === null ? 0 : Math.max(0, minute.needReplicas - minute.readyReplicas);
  return {
    fromMs,
    toMs,
    demand: minute.demand,
    need: minute.needReplicas,
    ready: minute.readyReplicas,
    starting: minute.startingReplicas,
    floor: minute.floorReplicas,
    max: minute.maxReplicas,
    readyWithout,
    short,
    shortMinutes: short > 0 ? 1 : 0,
  };
}

function worseOf(a: Column, b: Column): Column {
  return {
    fromMs: a.fromMs,
    toMs: a.toMs,
    demand: largest(a.demand, b.demand),
    need: largest(a.need, b.need),
    ready: Math.min(a.ready, b.ready),
    starting: Math.max(a.starting, b.starting),
    floor: Math.max(a.floor, b.floor),
    max: Math.max(a.max, b.max),
    readyWithout: a.readyWithout === null ? b.readyWithout : Math.min(a.readyWithout, b.readyWithout ?? a.readyWithout),
    short: Math.max(a.short, b.short),
    shortMinutes: a.shortMinutes + b.shortMinutes,
  };
}

function largest(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}
