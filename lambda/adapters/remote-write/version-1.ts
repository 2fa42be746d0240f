import {
  findLabelProblem,
  LONGEST_LABEL_NAME_BYTES,
  LONGEST_LABEL_VALUE_BYTES,
  MOST_LABELS,
} from '../../core/remote-write/check-labels.ts';
import type { Wanted } from '../../core/remote-write/received.ts';
import { makeByteCache } from './byte-cache.ts';
import { readMessageEnd } from './columns.ts';
import { type Gathered, type LabelsRead, type ReadLabels, readMessage, readSeries, UNWANTED } from './read-series.ts';
import { isNameLabel, makeStrings } from './strings.ts';
import { type Cursor, malformed, openCursor, readTag, skipField } from './wire.ts';

/** prometheus.WriteRequest: timeseries = 1. prometheus.TimeSeries: labels = 1, samples = 2, exemplars = 3, histograms = 4. */
const TIMESERIES = 1;
const LAYOUT = { samples: 2, exemplars: 3, histograms: 4 } as const;

/** The label sets of series that are wanted; each slot holds at most 2 KB. */
const LABEL_SETS = 32_768;
const LONGEST_LABEL_SET_BYTES = 2_048;

export function makeRequestReader(findWanted: (metric: string) => Wanted): (cursor: Cursor, gathered: Gathered) => void {
  const readLabels = makeLabelReader(findWanted);
  return (cursor, gathered) => {
    readMessage(cursor, (tag, end) => {
      if (tag >>> 3 !== TIMESERIES) skipField(cursor, end, tag & 7);
      else readSeries(cursor, readMessageEnd(cursor, end, tag), LAYOUT, readLabels, gathered);
    });
  };
}

function makeLabelReader(findWanted: (metric: string) => Wanted): ReadLabels {
  const strings = makeStrings();
  const metrics = makeByteCache(4_096, 256, (bytes, start, end) => {
    const metric = readString(bytes, start, end);
    return { metric, wanted: metric === undefined ? undefined : findWanted(metric) };
  });
  const labelSets = makeByteCache(LABEL_SETS, LONGEST_LABEL_SET_BYTES, (bytes, start, end) => {
    const cursor = openCursor(bytes);
    return decodeLabels(cursor, start, end);
  });

  function readString(bytes: Uint8Array, start: number, end: number): string | undefined {
    return strings.get(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), start, end);
  }

  function decodeLabels(cursor: Cursor, start: number, end: number): LabelsRead {
    const pairs: string[] = [];
    let metric: string | undefined;
    let count = 0;
    cursor.position = start;
    while (cursor.position < end) {
      readLabel(cursor, end);
      const { nameStart, nameEnd, valueStart, valueEnd } = label;
      count += 1;
      if (count > MOST_LABELS) return { kind: 'refused', problem: 'too-many-labels' };
      if (nameEnd - nameStart > LONGEST_LABEL_NAME_BYTES || valueEnd - valueStart > LONGEST_LABEL_VALUE_BYTES) {
        return { kind: 'refused', problem: 'label-too-long' };
      }
      const value = strings.get(cursor.bytes, cursor.view, valueStart, valueEnd);
      const name = strings.get(cursor.bytes, cursor.view, nameStart, nameEnd);
      if (name === undefined || value === undefined) return { kind: 'refused', problem: 'not-utf8' };
      if (name === '__name__') {
        if (metric !== undefined) return { kind: 'refused', problem: 'duplicate-label' };
        metric = value;
      } else if (value !== '' || name === '') pairs.push(name, value);
    }
    if (metric === undefined || metric === '') return { kind: 'refused', problem: 'no-metric-name' };
    const problem = findLabelProblem(pairs);
    if (problem !== undefined) return { kind: 'refused', problem };
    return { kind: 'wanted', labels: { metric, pairs }, wanted: findWanted(metric) };
  }

  return (cursor, start, end) => {
    cursor.position = start;
    while (cursor.position < end) {
      readLabel(cursor, end);
      if (!isNameLabel(cursor.view, label.nameStart, label.nameEnd)) continue;
      const { valueStart, valueEnd } = label;
      if (valueEnd === valueStart) break;
      if (valueEnd - valueStart > LONGEST_LABEL_VALUE_BYTES) return { kind: 'refused', problem: 'label-too-long' };
      const { metric, wanted } = metrics.get(cursor.bytes, cursor.view, valueStart, valueEnd);
      if (metric === undefined || wanted === undefined) return { kind: 'refused', problem: 'not-utf8' };
      if (!(wanted.samples || wanted.count || wanted.sum)) return UNWANTED;
      return labelSets.get(cursor.bytes, cursor.view, start, end);
    }
    return { kind: 'refused', problem: 'no-metric-name' };
  };
}

/** One for all: where name and value of the label that was read last lie. */
const label = { nameStart: 0, nameEnd: 0, valueStart: 0, valueEnd: 0 };

const LABEL_NAME = 10;
const LABEL_VALUE = 18;

/** Reads a Label with its tag: name = 1, value = 2; one that is missing is empty, and of two the last counts, as protobuf has it. */
function readLabel(cursor: Cursor, end: number): void {
  const labelEnd = readMessageEnd(cursor, end, readTag(cursor, end));
  label.nameStart = cursor.position;
  label.nameEnd = cursor.position;
  label.valueStart = cursor.position;
  label.valueEnd = cursor.position;
  while (cursor.position < labelEnd) {
    const tag = readTag(cursor, labelEnd);
    if (tag === LABEL_NAME) {
      label.nameEnd = readMessageEnd(cursor, labelEnd, tag);
      label.nameStart = cursor.position;
      cursor.position = label.nameEnd;
    } else if (tag === LABEL_VALUE) {
      label.valueEnd = readMessageEnd(cursor, labelEnd, tag);
      label.valueStart = cursor.position;
      cursor.position = label.valueEnd;
    } else if (tag >>> 3 <= 2) throw malformed(cursor, `field ${tag >>> 3} of a label has wire type ${tag & 7}`);
    else skipField(cursor, labelEnd, tag & 7);
  }
}
