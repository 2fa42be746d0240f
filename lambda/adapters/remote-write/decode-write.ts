import type { Received, Wanted } from '../../core/remote-write/received.ts';
import { type Gathered, openGathered } from './read-series.ts';
import { makeRequestReader } from './version-1.ts';
import { makeSymbolizedReader } from './version-2.ts';
import { openCursor } from './wire.ts';

/** `1.0`: prometheus.WriteRequest; `2.0`: io.prometheus.write.v2.Request. */
export type WriteVersion = '1.0' | '2.0';

/** @throws {MalformedWriteError | OversizedWriteError} and then nothing of the request is to be taken. */
export type DecodeWrite = (message: Uint8Array, version: WriteVersion) => Received;

/**
 * A decoder of just what is needed: labels of a series are decoded only when `findWanted` wants something of its metric name, and samples
 * only then. Bytes are read in place and each a bounded number of times, whatever they are. Strings and label sets that were met before are
 * kept for the next request, in a bounded cache; so is what `findWanted` said, which must not change.
 */
export function makeWriteDecoder(findWanted: (metric: string) => Wanted): DecodeWrite {
  const readers: Readonly<Record<WriteVersion, (cursor: ReturnType<typeof openCursor>, gathered: Gathered) => void>> = {
    '1.0': makeRequestReader(findWanted),
    '2.0': makeSymbolizedReader(findWanted),
  };
  return (message, version) => {
    const gathered = openGathered();
    readers[version](openCursor(message), gathered);
    const { columns, series, refused, samples, histograms, exemplars } = gathered;
    const { timesMs, values, length } = columns;
    return {
      series,
      refused,
      timesMs: timesMs.subarray(0, length),
      values: values.subarray(0, length),
      sent: { samples, histograms, exemplars },
    };
  };
}
