/** What a request holds or what became of it, in the three kinds that remote write 2.0 counts. */
export type Counts = { readonly samples: number; readonly histograms: number; readonly exemplars: number };

export const NO_COUNTS: Counts = { samples: 0, histograms: 0, exemplars: 0 };

export function addCounts(one: Counts, other: Counts): Counts {
  return {
    samples: one.samples + other.samples,
    histograms: one.histograms + other.histograms,
    exemplars: one.exemplars + other.exemplars,
  };
}

/** The metric name of a series, and its other labels as pairs: name, value, name, value, as they were sent. */
export type SeriesLabels = { readonly metric: string; readonly pairs: readonly string[] };

/** One series of a request. Its samples are those from `start` to before `end` of the request's columns, in the order of the request. */
export type ReceivedSeries = {
  readonly labels: SeriesLabels;
  readonly start: number;
  readonly end: number;
  /** What a sample of it was in the request; undefined: it is a second reading of a histogram that is counted already. */
  readonly countsAs: 'samples' | 'histograms' | undefined;
};

/** Why the samples of a series can't be taken, whatever they are. */
export type LabelProblem =
  | 'no-metric-name'
  | 'empty-label-name'
  | 'duplicate-label'
  | 'too-many-labels'
  | 'label-too-long'
  | 'not-utf8'
  | 'both-kinds';

/** How many series were refused for one reason, and what was in them. */
export type Refused = { readonly series: number; readonly counts: Counts };

/**
 * What was decoded of one write request: the series that somebody wants, and counts of everything. Stale markers are counted, and are no
 * samples. Instants can be any whole number, values any but a stale marker: NaN and infinities among them.
 */
export type Received = {
  readonly series: readonly ReceivedSeries[];
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  readonly sent: Counts;
  /** What `sent` counts and `series` lacks, because it is not valid. What nobody wants is not judged. */
  readonly refused: ReadonlyMap<LabelProblem, Refused>;
};

/** What is wanted of a metric name; a native histogram `x` is read as the series `x_count` and `x_sum`. */
export type Wanted = { readonly samples: boolean; readonly count: boolean; readonly sum: boolean };
