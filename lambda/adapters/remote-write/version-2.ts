import {
  findLabelProblem,
  LONGEST_LABEL_NAME_BYTES,
  LONGEST_LABEL_VALUE_BYTES,
  MOST_LABELS,
} from '../../core/remote-write/check-labels.ts';
import type { Wanted } from '../../core/remote-write/received.ts';
import { readMessageEnd } from './columns.ts';
import { MalformedWriteError, OversizedWriteError } from './malformed-error.ts';
import { type Gathered, type LabelsRead, readMessage, readSeries, UNWANTED } from './read-series.ts';
import { isNameLabel, makeStrings, type Strings } from './strings.ts';
import { type Cursor, LENGTH_DELIMITED, malformed, readEnd, readTag, readUint32, skipField, VARINT } from './wire.ts';

/** io.prometheus.write.v2.Request: symbols = 4, timeseries = 5. v2.TimeSeries: labels_refs = 1, samples = 2, histograms = 3, exemplars = 4. */
const SYMBOLS = 4;
const TIMESERIES = 5;
const LAYOUT = { samples: 2, histograms: 3, exemplars: 4 } as const;

/** What 2,000 samples, Prometheus' default for a request, can need by far; each takes a few bytes here. */
const MOST_SYMBOLS = 1_000_000;

export function makeSymbolizedReader(findWanted: (metric: string) => Wanted): (cursor: Cursor, gathered: Gathered) => void {
  const strings = makeStrings();
  return (cursor, gathered) => {
    const symbols = readSymbols(cursor);
    const readLabels = makeRefReader(symbols, strings, findWanted);
    readMessage(cursor, (tag, end) => {
      if (tag >>> 3 !== TIMESERIES) skipField(cursor, end, tag & 7);
      else readSeries(cursor, readMessageEnd(cursor, end, tag), LAYOUT, readLabels, gathered);
    });
  };
}

/** Where each symbol lies; nothing is decoded yet. */
type Symbols = { readonly cursor: Cursor; readonly bounds: Int32Array; readonly count: number };

/** They come first in what is really sent, but protobuf lets fields come in any order. */
function readSymbols(cursor: Cursor): Symbols {
  let bounds = new Int32Array(512);
  let count = 0;
  readMessage(cursor, (tag, end) => {
    if (tag >>> 3 !== SYMBOLS) {
      skipField(cursor, end, tag & 7);
      return;
    }
    const symbolEnd = readMessageEnd(cursor, end, tag);
    if (2 * count === bounds.length) {
      if (count >= MOST_SYMBOLS)
        throw new OversizedWriteError(`the request has more than ${MOST_SYMBOLS} symbols. Send fewer samples at once`);
      const grown = new Int32Array(Math.min(2 * MOST_SYMBOLS, bounds.length * 4));
      grown.set(bounds);
      bounds = grown;
    }
    bounds[2 * count] = cursor.position;
    bounds[2 * count + 1] = symbolEnd;
    count += 1;
    cursor.position = symbolEnd;
  });
  if (count > 0 && bounds[0] !== bounds[1]) throw new MalformedWriteError('the first symbol of the request is not the empty string');
  return { cursor, bounds, count };
}

const UNKNOWN = 0;
const IS_WANTED = 1;
const IS_UNWANTED = 2;
const IS_NO_TEXT = 3;

function makeRefReader({ cursor: source, bounds, count }: Symbols, strings: Strings, findWanted: (metric: string) => Wanted) {
  const decoded = new Array<string | undefined>(count);
  /** What is known of each symbol as a metric name, and what is wanted of those that are. */
  const standing = new Uint8Array(count);
  const wantedOf = new Map<number, Wanted>();
  const refs = new Int32Array(2 * MOST_LABELS);
  let nameSymbol = -1;

  const lengthOf = (ref: number): number => (bounds[2 * ref + 1] ?? 0) - (bounds[2 * ref] ?? 0);

  /** Undefined when it is not UTF-8. */
  function stringOf(ref: number): string | undefined {
    const known = decoded[ref];
    if (known !== undefined) return known;
    const text = strings.get(source.bytes, source.view, bounds[2 * ref] ?? 0, bounds[2 * ref + 1] ?? 0);
    decoded[ref] = text;
    return text;
  }

  /** Symbols should be distinct; one that is there twice is found by its bytes. */
  function isName(ref: number): boolean {
    if (ref === nameSymbol) return true;
    if (!isNameLabel(source.view, bounds[2 * ref] ?? 0, bounds[2 * ref + 1] ?? 0)) return false;
    nameSymbol = ref;
    return true;
  }

  function judgeMetric(ref: number): number {
    const known = standing[ref] ?? UNKNOWN;
    if (known !== UNKNOWN) return known;
    const metric = stringOf(ref);
    const wanted = metric === undefined ? undefined : findWanted(metric);
    if (wanted !== undefined) wantedOf.set(ref, wanted);
    const found = wanted === undefined ? IS_NO_TEXT : wanted.samples || wanted.count || wanted.sum ? IS_WANTED : IS_UNWANTED;
    standing[ref] = found;
    return found;
  }

  function decodeLabels(found: number, nameRef: number, wanted: Wanted): LabelsRead {
    const pairs: string[] = [];
    let names = 0;
    for (let index = 0; index < found; index += 2) {
      const name = refs[index] ?? 0;
      const value = refs[index + 1] ?? 0;
      if (isName(name)) {
        names += 1;
        if (names > 1) return { kind: 'refused', problem: 'duplicate-label' };
        continue;
      }
      if (lengthOf(name) > LONGEST_LABEL_NAME_BYTES || lengthOf(value) > LONGEST_LABEL_VALUE_BYTES) {
        return { kind: 'refused', problem: 'label-too-long' };
      }
      const nameText = stringOf(name);
      const valueText = stringOf(value);
      if (nameText === undefined || valueText === undefined) return { kind: 'refused', problem: 'not-utf8' };
      if (valueText !== '' || nameText === '') pairs.push(nameText, valueText);
    }
    const metric = stringOf(nameRef);
    const problem = findLabelProblem(pairs);
    if (metric === undefined || problem !== undefined) return { kind: 'refused', problem: problem ?? 'not-utf8' };
    return { kind: 'wanted', labels: { metric, pairs }, wanted };
  }

  /** References are read up to the metric name first; of a series that nobody wants, the others are not looked at. */
  return (cursor: Cursor, start: number, end: number): LabelsRead => {
    let found = 0;
    let nameRef = -1;
    cursor.position = start;
    while (cursor.position < end) {
      const tag = readTag(cursor, end);
      const isPacked = (tag & 7) === LENGTH_DELIMITED;
      if (!isPacked && (tag & 7) !== VARINT) throw malformed(cursor, `labels_refs has wire type ${tag & 7}`);
      const lastEnd = isPacked ? readEnd(cursor, end) : cursor.position + 1;
      while (cursor.position < lastEnd) {
        const ref = readUint32(cursor, isPacked ? lastEnd : end);
        if (ref >= count) throw new MalformedWriteError(`a label refers to symbol ${ref}, and the request has ${count}`);
        if (found < refs.length) refs[found] = ref;
        found += 1;
        if (found % 2 === 1 || nameRef >= 0 || found > refs.length || !isName(refs[found - 2] ?? 0)) continue;
        if (lengthOf(ref) === 0) return { kind: 'refused', problem: 'no-metric-name' };
        if (lengthOf(ref) > LONGEST_LABEL_VALUE_BYTES) return { kind: 'refused', problem: 'label-too-long' };
        const standingOfMetric = judgeMetric(ref);
        if (standingOfMetric === IS_UNWANTED) return UNWANTED;
        if (standingOfMetric === IS_NO_TEXT) return { kind: 'refused', problem: 'not-utf8' };
        nameRef = ref;
      }
    }
    if (found % 2 === 1) throw new MalformedWriteError(`a series has ${found} label references; they come in pairs`);
    if (found > refs.length) return { kind: 'refused', problem: 'too-many-labels' };
    const wanted = wantedOf.get(nameRef);
    return wanted === undefined ? { kind: 'refused', problem: 'no-metric-name' } : decodeLabels(found, nameRef, wanted);
  };
}
