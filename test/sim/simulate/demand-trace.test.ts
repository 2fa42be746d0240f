import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkTrace, DemandTraceError, parseDemandTrace } from '../../../sim/simulate/demand-trace.ts';

const MINUTE = 60_000;
const START_MS = Date.UTC(2026, 5, 10, 12);
const at = (minute: number) => START_MS + minute * MINUTE;
const utc = (minute: number) => new Date(at(minute)).toISOString().replace('.000', '');
const rows = (...entries: readonly (readonly [number, number | string])[]) =>
  ['minute_utc,requests', ...entries.map(([minute, value]) => `${utc(minute)},${value}`)].join('\n');

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof DemandTraceError) return error.message;
    throw error;
  }
  return 'nothing was thrown';
}

describe('parseDemandTrace', () => {
  it('reads one row a minute, and says which are missing', () => {
    const { series, gaps } = parseDemandTrace(`${rows([0, 5], [1, 0], [4, 7.5])}\r\n\n`, 'd.csv', undefined);
    expect(series).toEqual({ startMs: at(0), values: Float64Array.from([5, 0, Number.NaN, Number.NaN, 7.5]) });
    expect(gaps).toEqual([{ fromMs: at(2), toMs: at(4), line: 4 }]);
  });

  it('has no use for a start where minutes are instants', () => {
    expect(messageOf(() => parseDemandTrace(rows([0, 1]), 'd.csv', START_MS))).toBe(
      'd.csv:1: its minutes are instants already; leave out --start',
    );
  });

  it('counts an index from its start', () => {
    const { series } = parseDemandTrace('minute,requests\n2,5\n3,6\n', 'd.csv', START_MS);
    expect(series).toEqual({ startMs: at(2), values: Float64Array.from([5, 6]) });
  });

  it.each<[string, string, string]>([
    [
      'another header',
      'time,count\n',
      'd.csv:1: the header must be minute_utc,requests, or minute,requests for minutes counted from --start; it says "time,count"',
    ],
    ['an index without a start', 'minute,requests\n0,1\n', 'd.csv:1: its minutes are an index: say with --start which instant minute 0 is'],
    ['no rows', 'minute_utc,requests\n', 'd.csv: it has no rows; write one for each minute'],
    [
      'an empty file',
      '',
      'd.csv:1: the header must be minute_utc,requests, or minute,requests for minutes counted from --start; it says ""',
    ],
    [
      'a time that is no whole minute',
      'minute_utc,requests\n2026-06-10T12:00:30Z,1',
      'd.csv:2: a row is a minute and a number; it says "2026-06-10T12:00:30Z,1"',
    ],
    [
      'a time without a zone',
      'minute_utc,requests\n2026-06-10T12:00,1',
      'd.csv:2: a row is a minute and a number; it says "2026-06-10T12:00,1"',
    ],
    ['three columns', rows([0, '1,2']), 'd.csv:2: a row is a minute and a number; it says "2026-06-10T12:00:00Z,1,2"'],
    ['one column', 'minute_utc,requests\n2026-06-10T12:00:00Z', 'd.csv:2: a row is a minute and a number; it says "2026-06-10T12:00:00Z"'],
    ['an empty demand', rows([0, 1], [1, '']), 'd.csv:3: the demand must be a number; it says "". Leave out a minute that was not read'],
    ['NaN', rows([0, 'NaN']), 'd.csv:2: the demand must be a number; it says "NaN". Leave out a minute that was not read'],
    ['Infinity', rows([0, 'Infinity']), 'd.csv:2: the demand must be a number; it says "Infinity". Leave out a minute that was not read'],
    ['a negative demand', rows([0, 1], [1, -3]), 'd.csv:3: the demand must be 0 or more; it is "-3"'],
    [
      'a number that is not decimal',
      rows([0, '0x10']),
      'd.csv:2: the demand must be a number; it says "0x10". Leave out a minute that was not read',
    ],
    ['a demand beyond belief', rows([0, '1e300']), 'd.csv:2: the demand must be at most 1000000000000; it is "1e300"'],
    [
      'a day that does not exist',
      'minute_utc,requests\n2026-02-31T00:00:00Z,1',
      'd.csv:2: a row is a minute and a number; it says "2026-02-31T00:00:00Z,1"',
    ],
    ['a minute twice', rows([0, 1], [0, 2]), 'd.csv:3: minutes must go forward; 2026-06-10T12:00:00Z comes after 2026-06-10T12:00:00Z'],
    ['a minute back', rows([3, 1], [1, 2]), 'd.csv:3: minutes must go forward; 2026-06-10T12:01:00Z comes after 2026-06-10T12:03:00Z'],
  ])('refuses %s, with its line', (_, text, message) => {
    expect(messageOf(() => parseDemandTrace(text, 'd.csv', undefined))).toBe(message);
  });

  it.each(['5', '5.', '.5', '+5', '0', '1e3', '1.5E-2'])('takes %s for a number', (text) => {
    expect([...parseDemandTrace(rows([0, text]), 'd.csv', undefined).series.values]).toEqual([Number(text)]);
  });

  it('refuses a span that is a slip of the pen', () => {
    expect(
      messageOf(() => parseDemandTrace('minute_utc,requests\n2016-01-10T12:00:00Z,1\n2026-06-10T12:00:00Z,1', 'd.csv', undefined)),
    ).toBe('d.csv: it spans 5477761 minutes, more than ten years; check the first and the last time');
  });

  it('only ever returns or throws a DemandTraceError', () => {
    const lines = fc.array(
      fc.oneof(
        fc.string(),
        fc.tuple(fc.string(), fc.string()).map(([a, b]) => `${a},${b}`),
        fc.nat(9).map((minute) => `${utc(minute)},1`),
      ),
    );
    fc.assert(
      fc.property(lines, fc.boolean(), (body, index) => {
        const text = [index ? 'minute,requests' : 'minute_utc,requests', ...body].join('\n');
        messageOf(() => parseDemandTrace(text, 'd.csv', index ? START_MS : undefined));
      }),
    );
  });
});

describe('checkTrace', () => {
  const trace = parseDemandTrace(rows([0, 5], [1, 6], [4, 7], [5, 8], [7, 9]), 'd.csv', undefined);
  const gap = Number.NaN;

  it('leaves a gap in history as it is, with a warning', () => {
    expect(checkTrace(trace, at(4), at(6), false)).toEqual({
      series: trace.series,
      warnings: ['2 minutes of history without a reading; nothing is learned from them, nor from what spans them.'],
    });
  });

  it('refuses a gap in the scored period, with the line after it', () => {
    expect(messageOf(() => checkTrace(trace, at(4), at(8), false))).toBe(
      'd.csv:6: 1 minute missing before this row, from 2026-06-10T12:06:00Z; add them, or let --gaps hold give them the reading before',
    );
  });

  it('holds the reading before where it is told to, in the period only', () => {
    const { series, warnings } = checkTrace(trace, at(4), at(8), true);
    expect([...series.values]).toEqual([5, 6, gap, gap, 7, 8, 8, 9]);
    expect(warnings).toEqual([
      '2 minutes of history without a reading; nothing is learned from them, nor from what spans them.',
      '1 minute of the period without a reading; the one before was held.',
    ]);
  });

  it('counts a gap on both sides of the beginning once on each', () => {
    expect(checkTrace(trace, at(3), at(6), true).warnings).toEqual([
      '1 minute of history without a reading; nothing is learned from them, nor from what spans them.',
      '1 minute of the period without a reading; the one before was held.',
    ]);
    expect(messageOf(() => checkTrace(trace, at(3), at(6), false))).toContain(
      'd.csv:4: 1 minute missing before this row, from 2026-06-10T12:03:00Z;',
    );
  });

  it('holds from before the period where it begins in a gap', () => {
    expect([...checkTrace(trace, at(3), at(6), true).series.values]).toEqual([5, 6, gap, 6, 7, 8, gap, 9]);
  });

  it.each([
    [-1, 4],
    [0, 9],
  ])('refuses a period from minute %i to %i, beyond the trace', (from, to) => {
    expect(messageOf(() => checkTrace(trace, at(from), at(to), true))).toContain(
      'd.csv: it has minutes from 2026-06-10T12:00:00Z to before 2026-06-10T12:08:00Z; the period is',
    );
  });
});
