import protobuf from 'protobufjs';

/** What both messages know of histograms: the fields that are sent by Prometheus, under their numbers. */
const HISTOGRAM = `
message BucketSpan { sint32 offset = 1; uint32 length = 2; }
message Histogram {
  oneof count { uint64 count_int = 1; double count_float = 2; }
  double sum = 3;
  sint32 schema = 4;
  double zero_threshold = 5;
  oneof zero_count { uint64 zero_count_int = 6; double zero_count_float = 7; }
  repeated BucketSpan negative_spans = 8;
  repeated sint64 negative_deltas = 9;
  repeated double negative_counts = 10;
  repeated BucketSpan positive_spans = 11;
  repeated sint64 positive_deltas = 12;
  repeated double positive_counts = 13;
  int32 reset_hint = 14;
  int64 timestamp = 15;
  repeated double custom_values = 16;
}`;

const VERSION_1 = `syntax = "proto3"; package prometheus;
message WriteRequest { repeated TimeSeries timeseries = 1; repeated MetricMetadata metadata = 3; }
message MetricMetadata { int32 type = 1; string metric_family_name = 2; string help = 4; string unit = 5; }
message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; repeated Exemplar exemplars = 3; repeated Histogram histograms = 4; }
message Label { string name = 1; string value = 2; }
message Sample { double value = 1; int64 timestamp = 2; }
message Exemplar { repeated Label labels = 1; double value = 2; int64 timestamp = 3; }
${HISTOGRAM}`;

const VERSION_2 = `syntax = "proto3"; package io.prometheus.write.v2;
message Request { repeated string symbols = 4; repeated TimeSeries timeseries = 5; }
message TimeSeries { repeated uint32 labels_refs = 1; repeated Sample samples = 2; repeated Histogram histograms = 3; repeated Exemplar exemplars = 4; Metadata metadata = 5; }
message Sample { double value = 1; int64 timestamp = 2; int64 start_timestamp = 3; }
message Exemplar { repeated uint32 labels_refs = 1; double value = 2; int64 timestamp = 3; }
message Metadata { int32 type = 1; uint32 help_ref = 3; uint32 unit_ref = 4; }
${HISTOGRAM}`;

const options = { keepCase: true };
export const WriteRequest = protobuf.parse(VERSION_1, options).root.lookupType('prometheus.WriteRequest');
export const SymbolizedRequest = protobuf.parse(VERSION_2, options).root.lookupType('io.prometheus.write.v2.Request');

export type Sample = { readonly value: number; readonly timestamp: number };
export type Exemplar = { readonly value: number; readonly timestamp: number };
export type Histogram = Readonly<Record<string, unknown>>;
/** A series as both versions can say it; labels as pairs in the order in which they are sent. */
export type Series = {
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly samples?: readonly Sample[];
  readonly histograms?: readonly Histogram[];
  readonly exemplars?: readonly Exemplar[];
};

/** The message of version 1.0, as protobufjs encodes it. */
export function encodeVersion1(series: readonly Series[]): Uint8Array {
  const timeseries = series.map(({ labels, ...rest }) => ({ labels: labels.map(([name, value]) => ({ name, value })), ...rest }));
  return WriteRequest.encode(WriteRequest.fromObject({ timeseries })).finish();
}

/** The same series in version 2.0, with symbols in the order of their first use. */
export function encodeVersion2(series: readonly Series[]): Uint8Array {
  const symbols = new Map([['', 0]]);
  const refOf = (text: string): number => {
    const known = symbols.get(text) ?? symbols.size;
    symbols.set(text, known);
    return known;
  };
  const timeseries = series.map(({ labels, ...rest }) => ({
    labels_refs: labels.flatMap(([name, value]) => [refOf(name), refOf(value)]),
    ...rest,
  }));
  return SymbolizedRequest.encode(SymbolizedRequest.fromObject({ symbols: [...symbols.keys()], timeseries })).finish();
}
