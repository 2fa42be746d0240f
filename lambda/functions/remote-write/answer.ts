import { type DecodeWrite, makeWriteDecoder, type WriteVersion } from '../../adapters/remote-write/decode-write.ts';
import { MalformedWriteError, OversizedWriteError } from '../../adapters/remote-write/malformed-error.ts';
import { uncompressSnappy } from '../../adapters/remote-write/snappy.ts';
import { type ReceiveDependencies, type ReceivedWrite, receiveWrite, TooMuchAtOnceError } from '../../app/receive-write.ts';
import type { Config } from '../../core/config/schema.ts';
import { type Counts, NO_COUNTS } from '../../core/remote-write/received.ts';
import type { ReplicaLabels } from '../../core/remote-write/roll-up.ts';
import { indexSelectors, makeWantedFinder, type SelectorIndex, selectorsOf } from '../../core/remote-write/selector.ts';
import type { InstantMs } from '../../core/units/quantities.ts';
import { isSameSecret, readBearer } from '../../runtime/same-secret.ts';
import { describeRefusals } from './describe-refusals.ts';
import { negotiate } from './negotiate.ts';

export type WriteRequest = {
  readonly method: string;
  /** By their names in lower case; the one for authorization is never logged. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Read only when the rest of the request is in order. @throws {OversizedWriteError} above `maxBytes`. */
  readonly readBody: (maxBytes: number) => Promise<Uint8Array>;
};

export type WriteAnswer = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string };

export type WriteDependencies = ReceiveDependencies & {
  /** Undefined: somebody else has seen to it that only those who may can ask. */
  readonly token: string | undefined;
  readonly nowMs: InstantMs;
  /** Hears of what was taken, once it is stored. */
  readonly onReceived: (received: ReceivedWrite) => void;
  /** Hears why a request was not taken, in words without secrets. */
  readonly onProblem: (problem: string, cause: 'sender' | 'store') => void;
};

/** What a configuration makes of the receiver; made once, since its decoder remembers labels. */
export type Receiver = {
  readonly decode: DecodeWrite;
  readonly selectors: SelectorIndex;
  readonly outOfOrderMs: number;
  readonly replicaLabels: ReplicaLabels;
};

/** As Lambda takes it; Prometheus' requests of 2,000 samples have some 50 KB. */
const MOST_BODY_BYTES = 6 * 1024 * 1024;
/** As Prometheus' own receiver has it. */
const MOST_DECODED_BYTES = 32 * 1024 * 1024;
const RETRY_AFTER_SECONDS = '5';

export function makeReceiver(config: Config): Receiver {
  const { allow, outOfOrder, haLabels = DEFAULT_LABELS } = config.signals.remoteWrite ?? { outOfOrder: { ms: 0 } };
  const [group = '', replica = ''] = haLabels;
  const selectors = selectorsOf(config);
  return {
    decode: makeWriteDecoder(makeWantedFinder(selectors, allow)),
    selectors: indexSelectors(selectors),
    outOfOrderMs: outOfOrder.ms,
    replicaLabels: { group, replica },
  };
}

const DEFAULT_LABELS = ['cluster', '__replica__'];

/** What a sender of remote write is told. A request is acknowledged only after what is wanted of it is stored. */
export async function answerWrite(receiver: Receiver, request: WriteRequest, dependencies: WriteDependencies): Promise<WriteAnswer> {
  const { method, headers } = request;
  const { token, onProblem } = dependencies;
  if (token !== undefined) {
    const given = readBearer(headers.authorization);
    if (given === undefined || !isSameSecret(given, token)) {
      return answer(401, 'This needs the bearer token of the receiver.', { 'www-authenticate': 'Bearer realm="foretide"' });
    }
  }
  if (method !== 'POST') return answer(405, 'Remote write is sent with POST.', { allow: 'POST' });
  const negotiated = negotiate(headers['content-type'], headers['content-encoding']);
  if (negotiated.kind === 'unsupported') {
    onProblem(negotiated.why, 'sender');
    return answer(415, negotiated.why);
  }
  const { version } = negotiated;
  try {
    const received = await receive(receiver, version, request, dependencies);
    dependencies.onReceived(received);
    const written = writtenHeaders(version, received.written);
    if (received.refusals.length === 0) return { status: 204, headers: written, body: '' };
    const why = describeRefusals(received);
    onProblem(why, 'sender');
    return answer(400, why, written);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const nothing = writtenHeaders(version, NO_COUNTS);
    if (error instanceof MalformedWriteError) {
      onProblem(error.message, 'sender');
      return answer(400, `${error.message}.`, nothing);
    }
    if (error instanceof OversizedWriteError || error instanceof TooMuchAtOnceError) {
      onProblem(error.message, 'sender');
      return answer(413, `${error.message}.`, nothing);
    }
    onProblem(error.message, 'store');
    return answer(503, 'The samples could not be stored; the log of the receiver says why. Send them again.', {
      ...nothing,
      'retry-after': RETRY_AFTER_SECONDS,
    });
  }
}

async function receive(
  { decode, ...options }: Receiver,
  version: WriteVersion,
  { readBody }: WriteRequest,
  { rollups, elections, nowMs }: WriteDependencies,
): Promise<ReceivedWrite> {
  const message = uncompressSnappy(await readBody(MOST_BODY_BYTES), MOST_DECODED_BYTES);
  return receiveWrite({ rollups, elections }, decode(message, version), { ...options, nowMs });
}

/** Version 2.0 must have them on every answer after negotiation; version 1.0 must not. */
function writtenHeaders(version: WriteVersion, { samples, histograms, exemplars }: Counts): Readonly<Record<string, string>> {
  if (version === '1.0') return {};
  return {
    'x-prometheus-remote-write-samples-written': String(samples),
    'x-prometheus-remote-write-histograms-written': String(histograms),
    'x-prometheus-remote-write-exemplars-written': String(exemplars),
  };
}

function answer(status: number, text: string, headers: Readonly<Record<string, string>> = {}): WriteAnswer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body: `${text}\n` };
}
