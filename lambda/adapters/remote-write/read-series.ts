import {
  addCounts,
  type Counts,
  type LabelProblem,
  NO_COUNTS,
  type ReceivedSeries,
  type Refused,
  type SeriesLabels,
  type Wanted,
} from '../../core/remote-write/received.ts';
import { type Columns, openColumns, readHistogram, readMessageEnd, readSample } from './columns.ts';
import { OversizedWriteError } from './malformed-error.ts';
import { type Cursor, malformed, openCursor, readTag, skipField } from './wire.ts';

/** The numbers of a TimeSeries' fields, which the two versions of the protocol give differently; labels are 1 in both. */
export type SeriesLayout = { readonly samples: number; readonly histograms: number; readonly exemplars: number };

/** What a series' labels say of it. */
export type LabelsRead =
  | { readonly kind: 'wanted'; readonly labels: SeriesLabels; readonly wanted: Wanted }
  | { readonly kind: 'unwanted' }
  | { readonly kind: 'refused'; readonly problem: LabelProblem };

export const UNWANTED: LabelsRead = { kind: 'unwanted' };

/** Reads the label fields, with their tags, between `start` and `end` of the cursor's bytes. */
export type ReadLabels = (cursor: Cursor, start: number, end: number) => LabelsRead;

/** What is gathered of a request's series. */
export type Gathered = {
  readonly columns: Columns;
  readonly series: ReceivedSeries[];
  readonly refused: Map<LabelProblem, Refused>;
  samples: number;
  histograms: number;
  exemplars: number;
};

/** Prometheus sends 2,000 samples at once by default. */
const MOST_SERIES = 200_000;
const LABELS = 1;

export function openGathered(): Gathered {
  return { columns: openColumns(), series: [], refused: new Map(), samples: 0, histograms: 0, exemplars: 0 };
}

/**
 * Reads one TimeSeries, whose bytes end at `end`. They are passed over once, which counts what is in them and finds the labels; only what
 * is wanted is then read.
 */
export function readSeries(cursor: Cursor, end: number, layout: SeriesLayout, readLabels: ReadLabels, gathered: Gathered): void {
  const start = cursor.position;
  let labelsStart = start;
  let labelsEnd = start;
  let isScattered = false;
  let samples = 0;
  let histograms = 0;
  let exemplars = 0;
  while (cursor.position < end) {
    const fieldStart = cursor.position;
    const tag = readTag(cursor, end);
    const field = tag >>> 3;
    if (field === LABELS) {
      if (labelsEnd === labelsStart) labelsStart = fieldStart;
      else if (labelsEnd !== fieldStart) isScattered = true;
      skipField(cursor, end, tag & 7);
      labelsEnd = cursor.position;
      continue;
    }
    if (field === layout.samples) samples += 1;
    else if (field === layout.histograms) histograms += 1;
    else if (field === layout.exemplars) exemplars += 1;
    else {
      skipField(cursor, end, tag & 7);
      continue;
    }
    cursor.position = readMessageEnd(cursor, end, tag);
  }
  gathered.samples += samples;
  gathered.histograms += histograms;
  gathered.exemplars += exemplars;
  const read = isScattered ? readScattered(cursor, start, end, readLabels) : readLabels(cursor, labelsStart, labelsEnd);
  if (read.kind === 'wanted') readWanted(cursor, start, end, layout, read, { samples, histograms, exemplars }, gathered);
  else if (read.kind === 'refused') refuse(gathered, read.problem, { samples, histograms, exemplars });
  cursor.position = end;
}

function readWanted(
  cursor: Cursor,
  start: number,
  end: number,
  layout: SeriesLayout,
  { labels, wanted }: Extract<LabelsRead, { kind: 'wanted' }>,
  counts: Counts,
  gathered: Gathered,
): void {
  if (gathered.series.length >= MOST_SERIES) {
    throw new OversizedWriteError(`the request has more than ${MOST_SERIES} series that are wanted. Send fewer at once`);
  }
  if (counts.samples > 0 && counts.histograms > 0) {
    refuse(gathered, 'both-kinds', counts);
    return;
  }
  const { columns, series } = gathered;
  if (counts.samples > 0 && wanted.samples) {
    const first = columns.length;
    eachMessage(cursor, start, end, layout.samples, (messageEnd) => readSample(cursor, messageEnd, columns));
    series.push({ labels, start: first, end: columns.length, countsAs: 'samples' });
  }
  if (counts.histograms === 0) return;
  let countsAs: ReceivedSeries['countsAs'] = 'histograms';
  for (const part of ['count', 'sum'] as const) {
    if (!wanted[part]) continue;
    const first = columns.length;
    eachMessage(cursor, start, end, layout.histograms, (messageEnd) => readHistogram(cursor, messageEnd, part, columns));
    series.push({ labels: { ...labels, metric: `${labels.metric}_${part}` }, start: first, end: columns.length, countsAs });
    countsAs = undefined;
  }
}

/** Summed up as they come: a request can name millions of empty series. One without samples has nothing that could be refused. */
function refuse({ refused }: Gathered, problem: LabelProblem, counts: Counts): void {
  if (counts.samples + counts.histograms + counts.exemplars === 0) return;
  const { series, counts: before } = refused.get(problem) ?? { series: 0, counts: NO_COUNTS };
  refused.set(problem, { series: series + 1, counts: addCounts(before, counts) });
}

function eachMessage(cursor: Cursor, start: number, end: number, field: number, read: (messageEnd: number) => void): void {
  cursor.position = start;
  while (cursor.position < end) {
    const tag = readTag(cursor, end);
    if (tag >>> 3 === field) read(readMessageEnd(cursor, end, tag));
    else skipField(cursor, end, tag & 7);
  }
}

/** Nobody sends labels with something between them, but protobuf allows it. */
function readScattered(cursor: Cursor, start: number, end: number, readLabels: ReadLabels): LabelsRead {
  const gathered = new Uint8Array(end - start);
  let length = 0;
  cursor.position = start;
  while (cursor.position < end) {
    const fieldStart = cursor.position;
    const tag = readTag(cursor, end);
    skipField(cursor, end, tag & 7);
    if (tag >>> 3 !== LABELS) continue;
    gathered.set(cursor.bytes.subarray(fieldStart, cursor.position), length);
    length += cursor.position - fieldStart;
  }
  return readLabels(openCursor(gathered), 0, length);
}

/** Reads the messages of a request one by one: `read` gets each field's tag and moves past its value. */
export function readMessage(cursor: Cursor, read: (tag: number, end: number) => void): void {
  const end = cursor.bytes.length;
  cursor.position = 0;
  while (cursor.position < end) {
    const tag = readTag(cursor, end);
    read(tag, end);
    if (cursor.position > end) throw malformed(cursor, 'it is cut off');
  }
}
