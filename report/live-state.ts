import { appendMinute, keptMinutes, type LiveFigures, type LiveMinutes, NO_MINUTES } from './live-minutes.ts';
import { type LiveEvent, type LiveOccurrence, proveEvent } from './live-proof.ts';

const MINUTE_MS = 60_000;
const MOST_DECISIONS = 200;
const MOST_EVENTS_PER_WORKLOAD = 100;

/** Where the figures come from: a period replayed on the twin, the loop of this process, or a cluster that is only read. */
export type LiveMode = 'replay' | 'loop' | 'reading';

/** What a live page is about, before anything was read. */
export type LiveSettings = {
  readonly title: string;
  readonly generatedBy: string;
  readonly mode: LiveMode;
  /** IANA zone of the local times. */
  readonly timezone: string;
  /** The whole of a replay; `null`: the page moves along with time. */
  readonly period: { readonly fromMs: number; readonly toMs: number } | null;
  readonly clusters: readonly string[];
  readonly workloads: readonly LiveWorkloadSettings[];
};

export type LiveWorkloadSettings = {
  readonly workload: string;
  readonly cluster: string;
  /** Of the demand, as people write it. */
  readonly unit: string;
  readonly capacityPerReplica: number | null;
  readonly events: readonly LiveOccurrence[];
};

/**
 * All that a live page shows, as JSON carries it: `/state.json`, the snapshot of `/events`, and what the page keeps by folding updates into
 * it. Instants are milliseconds since the epoch; `null` is not known, or not read, and never 0.
 */
export type LiveState = Omit<LiveSettings, 'clusters' | 'workloads'> & {
  /** Of the latest update; `null` before the first. */
  readonly nowMs: number | null;
  /** Nothing more will come: the replay is over. */
  readonly ended: boolean;
  readonly clusters: readonly LiveCluster[];
  readonly workloads: readonly LiveWorkload[];
  /** Newest first. */
  readonly decisions: readonly LiveDecision[];
};

export type LiveCluster = {
  readonly name: string;
  readonly readAtMs: number | null;
  /** Why the latest reading failed; `null` when it didn't. */
  readonly readingFailure: LiveFailure | null;
  /** `null`: no tick was seen here. */
  readonly tick: LiveTick | null;
  readonly findings: readonly LiveFinding[];
};

export type LiveFailure = { readonly atMs: number; readonly why: string };

/** `skipped`: another process holds the lease and does the work. */
export type LiveTick = {
  readonly atMs: number;
  readonly outcome: 'done' | 'skipped' | 'failed';
  readonly moved: number;
  /** What went wrong. */
  readonly failures: readonly string[];
};

export type LiveFinding = {
  readonly key: string;
  readonly severity: 'warning' | 'critical';
  readonly title: string;
  readonly advice: string;
};

export type LiveWorkload = Omit<LiveWorkloadSettings, 'events'> & {
  readonly minutes: LiveMinutes;
  /** As the autoscaler counts them, Ready or not. */
  readonly replicas: number | null;
  /** What keeps the workload from being moved, e.g. `paused by …`. */
  readonly condition: string | null;
  readonly events: readonly LiveEvent[];
};

export type LiveDecision = {
  readonly id: string;
  readonly atMs: number;
  readonly workload: string;
  /** As log lines and tables have it. */
  readonly words: string;
  readonly applied: 'done' | 'dry-run' | 'failed';
};

export type LiveReading = LiveFigures & {
  readonly workload: string;
  readonly replicas: number | null;
  readonly condition: string | null;
};

/** What happened; folding the same updates into the same state gives the same state. */
export type LiveUpdate =
  | {
      readonly kind: 'reading';
      readonly cluster: string;
      readonly atMs: number;
      readonly readings: readonly LiveReading[];
      /** The occurrences of each workload, where they may have changed. */
      readonly events?: Readonly<Record<string, readonly LiveOccurrence[]>>;
    }
  | { readonly kind: 'reading-failed'; readonly cluster: string; readonly atMs: number; readonly why: string }
  | ({ readonly kind: 'tick'; readonly cluster: string } & LiveTick & {
        readonly decisions: readonly LiveDecision[];
        readonly findings: readonly LiveFinding[];
      })
  | { readonly kind: 'ended'; readonly atMs: number };

export function beginLive({ clusters, workloads, ...settings }: LiveSettings): LiveState {
  return {
    ...settings,
    nowMs: null,
    ended: false,
    clusters: clusters.map((name) => ({ name, readAtMs: null, readingFailure: null, tick: null, findings: [] })),
    workloads: workloads.map(({ events, ...workload }) => ({
      ...workload,
      minutes: NO_MINUTES,
      replicas: null,
      condition: null,
      events: events.map((event) => proveEvent({ ...event, readyAtStart: null, proof: 'open', why: null }, undefined)),
    })),
    decisions: [],
  };
}

/** The same page after its configuration changed: what was seen of clusters and workloads that stay is kept. */
export function reconfigureLive(state: LiveState, settings: LiveSettings): LiveState {
  const fresh = beginLive(settings);
  const clusters = new Map(state.clusters.map((cluster) => [cluster.name, cluster]));
  const workloads = new Map(state.workloads.map((workload) => [workload.workload, workload]));
  return {
    ...fresh,
    nowMs: state.nowMs,
    clusters: fresh.clusters.map((cluster) => clusters.get(cluster.name) ?? cluster),
    workloads: fresh.workloads.map((workload) => {
      const known = workloads.get(workload.workload);
      if (known === undefined || known.cluster !== workload.cluster || known.unit !== workload.unit) return workload;
      return { ...workload, minutes: known.minutes, replicas: known.replicas, condition: known.condition, events: known.events };
    }),
    decisions: state.decisions,
  };
}

export function applyLive(state: LiveState, update: LiveUpdate): LiveState {
  const nowMs = Math.max(state.nowMs ?? update.atMs, update.atMs);
  switch (update.kind) {
    case 'ended':
      return { ...state, nowMs, ended: true };
    case 'reading-failed': {
      const { atMs, why } = update;
      return { ...withCluster(state, update.cluster, () => ({ readingFailure: { atMs, why } })), nowMs };
    }
    case 'reading':
      return applyReading(
        { ...withCluster(state, update.cluster, () => ({ readAtMs: update.atMs, readingFailure: null })), nowMs },
        update,
      );
    case 'tick': {
      const { atMs, outcome, moved, failures, findings } = update;
      const known = withCluster(state, update.cluster, (cluster) => ({
        tick: { atMs, outcome, moved, failures },
        // A tick that left the work to another, or could not look, found nothing out.
        findings: outcome === 'done' || findings.length > 0 ? findings : cluster.findings,
      }));
      return { ...known, nowMs, decisions: addDecisions(state.decisions, update.decisions) };
    }
  }
}

function withCluster(state: LiveState, name: string, change: (cluster: LiveCluster) => Partial<LiveCluster>): LiveState {
  return { ...state, clusters: state.clusters.map((cluster) => (cluster.name === name ? { ...cluster, ...change(cluster) } : cluster)) };
}

function applyReading(state: LiveState, { atMs, readings, events }: Extract<LiveUpdate, { kind: 'reading' }>): LiveState {
  const found = new Map(readings.map((reading) => [reading.workload, reading]));
  const kept = keptMinutes(state.workloads.length, state.period);
  const minuteMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
  return {
    ...state,
    workloads: state.workloads.map((workload) => {
      const reading = found.get(workload.workload);
      if (reading === undefined) return workload;
      const planned = mergeEvents(workload.events, events?.[workload.workload], atMs);
      return {
        ...workload,
        minutes: appendMinute(workload.minutes, minuteMs, reading, kept),
        replicas: reading.replicas,
        condition: reading.condition,
        events: planned.map((event) => proveEvent(event, { ...reading, atMs })),
      };
    }),
  };
}

/** What the calendar says now, with what is known of it already; events that have begun stay, even where the calendar dropped them. */
function mergeEvents(known: readonly LiveEvent[], planned: readonly LiveOccurrence[] | undefined, atMs: number): readonly LiveEvent[] {
  if (planned === undefined) return known;
  const keyOf = ({ name, startMs }: LiveOccurrence): string => `${startMs} ${name}`;
  const before = new Map(known.map((event) => [keyOf(event), event]));
  const still = new Set(planned.map(keyOf));
  const begun = known.filter((event) => event.startMs <= atMs && !still.has(keyOf(event)));
  const merged = planned.map((event) => ({ readyAtStart: null, proof: 'open' as const, why: null, ...before.get(keyOf(event)), ...event }));
  return [...begun, ...merged].toSorted((a, b) => a.startMs - b.startMs).slice(-MOST_EVENTS_PER_WORKLOAD);
}

/** A loop that only says what it would do, or that fails, says the same every minute: once is enough. */
function addDecisions(known: readonly LiveDecision[], added: readonly LiveDecision[]): readonly LiveDecision[] {
  const news = added.filter(({ workload, words, applied }) => {
    const last = known.find((decision) => decision.workload === workload);
    return applied === 'done' || last === undefined || last.applied !== applied || last.words !== words;
  });
  return news.length === 0 ? known : [...news.toReversed(), ...known].slice(0, MOST_DECISIONS);
}
