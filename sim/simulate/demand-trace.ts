import type { DemandSeries } from '../../lambda/core/demand/demand-series.ts';
import { type InstantMs, MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import { formatUtc } from '../../lambda/core/units/time.ts';
import { formatPlural } from '../../report/text.ts';

/** A demand file that can't be used as it is: what, where and what to do. */
export class DemandTraceError extends Error {
  override readonly name = 'DemandTraceError';
}

/** Demand by the minute, with the line of each reading for messages. */
export type DemandTrace = {
  readonly fileName: string;
  readonly series: DemandSeries;
  /** Minutes that no row speaks of, each run with the line after it; half-open. */
  readonly gaps: readonly { readonly fromMs: InstantMs; readonly toMs: InstantMs; readonly line: number }[];
};

/** Ten years: more is a mistake in a time. */
const MOST_MINUTES = 5_300_000;
const UTC_MINUTE = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::00(?:\.0+)?)?Z$/;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;
/** A million million: more is a mistake in the unit. */
const MOST_DEMAND = 1e12;
const QUOTED = 60;

/**
 * Demand from CSV text: `minute_utc,requests` with one row a minute, or `minute,requests` with the minute as an index
 * that counts from `startMs`. Rows go forward in time; minutes without a row are gaps, which are not zero. Blank lines
 * are passed over. @throws {DemandTraceError} for the first row that is wrong, with its line.
 */
export function parseDemandTrace(text: string, fileName: string, startMs: InstantMs | undefined): DemandTrace {
  const reader = makeRowReader(text, fileName, startMs);
  const minutes: number[] = [];
  const values: number[] = [];
  const gaps: { fromMs: number; toMs: number; line: number }[] = [];
  for (const { minuteMs, value, line, written } of reader) {
    const last = minutes.at(-1);
    if (last !== undefined && minuteMs <= last)
      throw wrong(fileName, line, `minutes must go forward; ${written} comes after ${formatUtc(last)}`);
    if (last !== undefined && minuteMs > last + MINUTE_MS) gaps.push({ fromMs: last + MINUTE_MS, toMs: minuteMs, line });
    minutes.push(minuteMs);
    values.push(value);
  }
  const [first] = minutes;
  const last = minutes.at(-1);
  if (first === undefined || last === undefined) throw new DemandTraceError(`${fileName}: it has no rows; write one for each minute`);
  const length = (last - first) / MINUTE_MS + 1;
  if (length > MOST_MINUTES)
    throw new DemandTraceError(`${fileName}: it spans ${length} minutes, more than ten years; check the first and the last time`);
  const series = new Float64Array(length).fill(Number.NaN);
  for (const [index, minuteMs] of minutes.entries()) series[(minuteMs - first) / MINUTE_MS] = values[index] ?? Number.NaN;
  return { fileName, series: { startMs: first, values: series }, gaps };
}

type Row = { readonly minuteMs: number; readonly value: number; readonly line: number; readonly written: string };

function* makeRowReader(text: string, fileName: string, startMs: InstantMs | undefined): Generator<Row> {
  const parseMinute = chooseMinute(text.slice(0, text.indexOf('\n') === -1 ? undefined : text.indexOf('\n')), fileName, startMs);
  let line = 1;
  for (let from = text.indexOf('\n') + 1; from > 0 && from < text.length; ) {
    const newline = text.indexOf('\n', from);
    const row = text.slice(from, newline === -1 ? undefined : newline).trim();
    from = newline === -1 ? text.length : newline + 1;
    line += 1;
    if (row === '') continue;
    const comma = row.indexOf(',');
    const written = comma === -1 ? row : row.slice(0, comma).trim();
    const count = comma === -1 ? '' : row.slice(comma + 1).trim();
    const minuteMs = parseMinute(written);
    if (minuteMs === undefined || comma === -1 || count.includes(','))
      throw wrong(fileName, line, `a row is a minute and a number; it says ${quote(row)}`);
    const value = DECIMAL.test(count) ? Number(count) : Number.NaN;
    if (!Number.isFinite(value))
      throw wrong(fileName, line, `the demand must be a number; it says ${quote(count)}. Leave out a minute that was not read`);
    if (value < 0) throw wrong(fileName, line, `the demand must be 0 or more; it is ${quote(count)}`);
    if (value > MOST_DEMAND) throw wrong(fileName, line, `the demand must be at most ${MOST_DEMAND}; it is ${quote(count)}`);
    yield { minuteMs, value, line, written };
  }
}

function chooseMinute(header: string, fileName: string, startMs: InstantMs | undefined): (text: string) => number | undefined {
  const name = header.replace(/^\uFEFF/, '').trim();
  if (name === 'minute_utc,requests') {
    if (startMs !== undefined) throw wrong(fileName, 1, 'its minutes are instants already; leave out --start');
    return parseUtcMinute;
  }
  if (name !== 'minute,requests')
    throw wrong(
      fileName,
      1,
      `the header must be minute_utc,requests, or minute,requests for minutes counted from --start; it says ${quote(name)}`,
    );
  if (startMs === undefined) throw wrong(fileName, 1, 'its minutes are an index: say with --start which instant minute 0 is');
  return (text) => (/^\d{1,9}$/.test(text) ? startMs + Number(text) * MINUTE_MS : undefined);
}

/** Undefined also for a day that does not exist, which `Date.parse` would move to the next month. */
function parseUtcMinute(text: string): number | undefined {
  const ms = UTC_MINUTE.test(text) ? Date.parse(text) : Number.NaN;
  return new Date(ms).getUTCDate() === Number(text.slice(8, 10)) ? ms : undefined;
}

function wrong(fileName: string, line: number, problem: string): DemandTraceError {
  return new DemandTraceError(`${fileName}:${line}: ${problem}`);
}

function quote(text: string): string {
  return JSON.stringify(text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text);
}

/** What a simulated period finds of its demand. */
export type CheckedTrace = { readonly series: DemandSeries; readonly warnings: readonly string[] };

/**
 * The trace for a period `[fromMs, toMs)`: every minute of the period must have a reading, unless gaps are held, which
 * gives them the reading before. Gaps before the period stay what they are, minutes without a reading, and are warned of.
 * @throws {DemandTraceError} for a gap in the period, with its line, or a period beyond the trace.
 */
export function checkTrace({ fileName, series, gaps }: DemandTrace, fromMs: InstantMs, toMs: InstantMs, holdGaps: boolean): CheckedTrace {
  const endMs = series.startMs + series.values.length * MINUTE_MS;
  if (fromMs < series.startMs || toMs > endMs) {
    throw new DemandTraceError(
      `${fileName}: it has minutes from ${formatUtc(series.startMs)} to before ${formatUtc(endMs)}; the period is ${formatUtc(fromMs)} to ${formatUtc(toMs)}. Choose --from and --to within it`,
    );
  }
  const inPeriod = clipGaps(gaps, fromMs, toMs);
  const before = clipGaps(gaps, series.startMs, fromMs);
  const [first] = inPeriod;
  if (first !== undefined && !holdGaps) {
    throw wrong(
      fileName,
      first.line,
      `${countMinutes([first])} missing before this row, from ${formatUtc(first.fromMs)}; add them, or let --gaps hold give them the reading before`,
    );
  }
  const warnings = [
    ...(before.length === 0
      ? []
      : [`${countMinutes(before)} of history without a reading; nothing is learned from them, nor from what spans them.`]),
    ...(inPeriod.length === 0 ? [] : [`${countMinutes(inPeriod)} of the period without a reading; the one before was held.`]),
  ];
  return { series: inPeriod.length === 0 ? series : { ...series, values: held(series, fromMs, toMs) }, warnings };
}

function clipGaps(gaps: DemandTrace['gaps'], fromMs: InstantMs, toMs: InstantMs): DemandTrace['gaps'] {
  return gaps
    .map((gap) => ({ ...gap, fromMs: Math.max(gap.fromMs, fromMs), toMs: Math.min(gap.toMs, toMs) }))
    .filter((gap) => gap.fromMs < gap.toMs);
}

function held({ startMs, values }: DemandSeries, fromMs: InstantMs, toMs: InstantMs): Float64Array {
  const filled = values.slice();
  const first = (fromMs - startMs) / MINUTE_MS;
  let last = values.subarray(0, first).findLast((value) => !Number.isNaN(value)) ?? Number.NaN;
  for (let index = first; index < (toMs - startMs) / MINUTE_MS; index += 1) {
    if (Number.isNaN(filled[index])) filled[index] = last;
    else last = filled[index] ?? last;
  }
  return filled;
}

function countMinutes(gaps: DemandTrace['gaps']): string {
  const minutes = gaps.reduce((sum, gap) => sum + (gap.toMs - gap.fromMs) / MINUTE_MS, 0);
  return formatPlural(minutes, 'minute');
}
