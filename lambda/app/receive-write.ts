import { addCounts, type Counts, type LabelProblem, NO_COUNTS, type Received } from '../core/remote-write/received.ts';
import { type Contribution, type ReplicaLabels, type RolledUp, replicaOf, rollUp } from '../core/remote-write/roll-up.ts';
import type { SelectorIndex } from '../core/remote-write/selector.ts';
import type { InstantMs } from '../core/units/quantities.ts';
import type { ReplicaElections } from '../ports/replica-elections.ts';
import type { LeftOut, RollupStore } from '../ports/rollup-store.ts';
import { mapConcurrently } from './map-concurrently.ts';

export type ReceiveDependencies = { readonly rollups: RollupStore; readonly elections: ReplicaElections };

export type ReceiveOptions = {
  readonly selectors: SelectorIndex;
  readonly outOfOrderMs: number;
  readonly replicaLabels: ReplicaLabels;
  readonly nowMs: InstantMs;
};

/** Why something that was sent is not taken. */
export type Refusal = { readonly why: LabelProblem | 'too-old' | 'too-new' | 'too-many-series'; readonly counts: Counts };

export type ReceivedWrite = {
  /** What was taken: stored, or left out as this receiver is told to. */
  readonly written: Counts;
  readonly refusals: readonly Refusal[];
  /** Selectors that more series fall under than are kept. */
  readonly cutSelectors: readonly string[];
  readonly deduplicated: number;
  readonly gpus: RolledUp['gpus'];
};

/** A request needs more of the store at once than it may: send less at once. */
export class TooMuchAtOnceError extends Error {
  override readonly name = 'TooMuchAtOnceError';
}

/** A sender is of one group, or of a few where an agent forwards for others. */
const MOST_REPLICAS = 50;
/** Minutes of selectors that one request may touch; each is a read and a write. */
const MOST_ROLLUPS = 2_000;
const ASKED_TOGETHER = 8;

/** Takes what a request holds. When this resolves, what it says is written is stored. @throws what the stores throw; then it may be sent again. */
export async function receiveWrite(
  { rollups, elections }: ReceiveDependencies,
  received: Received,
  { selectors, outOfOrderMs, replicaLabels, nowMs }: ReceiveOptions,
): Promise<ReceivedWrite> {
  const isElected = await electAll(elections, received, replicaLabels, nowMs);
  const rolled = rollUp(received, { selectors, nowMs, outOfOrderMs, replicaLabels, isElected });
  if (rolled.contributions.length > MOST_ROLLUPS) {
    throw new TooMuchAtOnceError(
      `the request spans ${rolled.contributions.length} minutes of selectors; at most ${MOST_ROLLUPS} are taken`,
    );
  }
  const leftOut = await rollups.merge(rolled.contributions.map(({ rollup }) => rollup));
  const refusals: Refusal[] = [
    ...[...received.refused].map(([why, { counts }]): Refusal => ({ why, counts })),
    { why: 'too-old', counts: rolled.tooOld },
    { why: 'too-new', counts: rolled.tooNew },
    { why: 'too-many-series', counts: countLeftOut(rolled.contributions, leftOut) },
  ];
  const refused = refusals.reduce((all, { counts }) => addCounts(all, counts), NO_COUNTS);
  return {
    written: {
      samples: received.sent.samples - refused.samples,
      histograms: received.sent.histograms - refused.histograms,
      exemplars: received.sent.exemplars - refused.exemplars,
    },
    refusals: refusals.filter(({ counts }) => counts.samples + counts.histograms + counts.exemplars > 0),
    cutSelectors: [...new Set(leftOut.map(({ selector }) => selector))],
    deduplicated: rolled.deduplicated,
    gpus: rolled.gpus,
  };
}

/** Asks once for each replica of the request. */
async function electAll(elections: ReplicaElections, { series }: Received, labels: ReplicaLabels, nowMs: InstantMs) {
  const senders = new Map<string, { readonly group: string; readonly replica: string }>();
  const keyOf = (group: string, replica: string) => JSON.stringify([group, replica]);
  for (const one of series) {
    const sender = replicaOf(one, labels);
    if (sender === undefined) continue;
    senders.set(keyOf(sender.group, sender.replica), sender);
    if (senders.size > MOST_REPLICAS) throw new TooMuchAtOnceError(`the request is of more than ${MOST_REPLICAS} replicas at once`);
  }
  const asked = await mapConcurrently([...senders], ASKED_TOGETHER, async ([key, { group, replica }]) => {
    return [key, await elections.elect(group, replica, nowMs)] as const;
  });
  const elected = new Map(asked);
  return (group: string, replica: string): boolean => elected.get(keyOf(group, replica)) ?? false;
}

/** A sample that two selectors read is counted once, as far as both left it out of the same minute. */
function countLeftOut(contributions: readonly Contribution[], leftOut: readonly LeftOut[]): Counts {
  const counted = new Map<string, Counts>();
  for (const { selector, minuteMs, keys } of leftOut) {
    const own = contributions.find(({ rollup }) => rollup.selector === selector && rollup.minuteMs === minuteMs);
    const metric = selector.slice(0, selector.indexOf(',['));
    for (const key of keys) {
      const counts = own?.counts.get(key);
      if (counts !== undefined) counted.set(`${metric} ${minuteMs} ${key}`, counts);
    }
  }
  return [...counted.values()].reduce(addCounts, NO_COUNTS);
}
