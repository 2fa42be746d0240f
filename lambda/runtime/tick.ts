import type { PoolOutcome } from '../core/capacity/decide-pool.ts';
import { describePoolDecision } from '../core/capacity/describe-pool.ts';
import { poolKey } from '../core/capacity/pool.ts';
import type { Outcome } from '../core/compose/decision.ts';
import { targetKey } from '../core/compose/intent.ts';
import type { ReasonCode } from '../core/compose/reason.ts';
import { describeDecision } from '../core/prescale/describe.ts';
import type { Finding } from '../core/prescale/findings.ts';
import type { InstantMs } from '../core/units/quantities.ts';
import { formatUtc } from '../core/units/time.ts';
import type { Clock } from '../ports/clock.ts';
import { type Log, type LogFields, type LogLevel, makeLog } from './log.ts';
import { type Metric, renderMetrics } from './metrics.ts';

/** What every use case's tick says of itself. */
export type TickResult = {
  /** Another tick held the lease and did the work. */
  readonly skipped: boolean;
  readonly outcomes: readonly Outcome[];
  readonly pools: readonly PoolOutcome[];
  readonly findings: readonly Finding[];
  readonly failures: readonly string[];
};

export type TickShell = {
  readonly clock: Clock;
  /** Milliseconds since any fixed moment, for durations. */
  readonly elapsedMs: () => number;
  readonly writeLine: (line: string) => void;
  readonly logLevel: LogLevel;
  /** Metric namespace, and the names of its two dimensions. */
  readonly metrics: { readonly namespace: string; readonly dimensions: { readonly cluster: string; readonly useCase: string } };
};

export type Tick<R extends TickResult> = {
  readonly useCase: string;
  readonly cluster: string;
  /** Zone of the times in log texts. */
  readonly timezone: string;
  readonly requestId: string;
  /** When the tick was meant to be, for the log. */
  readonly scheduledTime?: string | undefined;
  /** It writes nothing, so it doesn't count as a tick either. */
  readonly dryRun?: boolean | undefined;
  readonly run: (nowMs: InstantMs) => Promise<R>;
  /** What a failed tick got done, when its error says so. */
  readonly resultOf: (error: unknown) => TickResult | undefined;
};

/**
 * Runs one tick at one instant, and tells of it: a line for each decision and finding, and one summary line that carries the
 * metrics. A failed tick is told of in the same way, then its error is thrown on, so that the function's Errors count it.
 */
export async function runTick<R extends TickResult>(shell: TickShell, tick: Tick<R>): Promise<R> {
  const nowMs = shell.clock.now();
  const startedMs = shell.elapsedMs();
  const { cluster, useCase, requestId } = tick;
  const log = makeLog(shell.writeLine, shell.logLevel, { useCase, cluster, now: formatUtc(nowMs), requestId });
  const tell = (result: TickResult, failure: LogFields | undefined) => {
    logResult(log, result, tick.timezone);
    logSummary(log, shell, tick, { result, failure, nowMs, durationMs: shell.elapsedMs() - startedMs });
  };
  let result: R;
  try {
    result = await tick.run(nowMs);
  } catch (error) {
    tell(tick.resultOf(error) ?? NOTHING, { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
    throw error;
  }
  tell(result, undefined);
  return result;
}

const NOTHING: TickResult = { skipped: false, outcomes: [], pools: [], findings: [], failures: [] };

function logResult(log: Log, { outcomes, pools, findings }: TickResult, timezone: string): void {
  for (const outcome of outcomes) {
    log(levelOf(outcome), describeDecision(outcome, timezone), {
      kind: 'decision',
      target: targetKey(outcome.target),
      decision: outcome.kind,
      applied: outcome.applied,
      reason: outcome.reason,
      ...(outcome.kind === 'set' && { from: boundsOf(outcome.from), to: boundsOf(outcome.to) }),
      ...(outcome.kind === 'hold' && { at: boundsOf(outcome.at) }),
      ...(outcome.kind === 'publish' && { at: boundsOf(outcome.at), floor: outcome.floor }),
      ...(outcome.kind === 'refuse' && outcome.wanted && { wanted: boundsOf(outcome.wanted) }),
      ...(outcome.error !== undefined && { error: outcome.error }),
      facts: outcome.evidence.facts,
    });
  }
  for (const { pool, kind, applied, reason, from, to, error, evidence, ...outcome } of pools) {
    const level = applied === 'failed' ? 'error' : kind === 'refuse' ? 'warning' : kind === 'set' ? 'info' : 'debug';
    log(level, describePoolDecision({ pool, kind, reason, from, to, evidence, ...outcome }, timezone), {
      kind: 'decision',
      target: poolKey(pool),
      decision: kind,
      applied,
      reason,
      ...(kind === 'set' && { from, to }),
      ...(error !== undefined && { error }),
      facts: evidence.facts,
    });
  }
  for (const { severity, code, subject, facts } of findings) {
    log(severity === 'critical' ? 'error' : 'warning', `${subject}: ${code}`, { kind: 'finding', code, subject, facts });
  }
}

const MOST_FAILURES = 20;

/** Every minute, for nearly every target: nothing to do. */
const QUIET: readonly ReasonCode[] = ['no-intent', 'as-wanted'];

function levelOf(outcome: Outcome): LogLevel {
  if (outcome.applied === 'failed') return 'error';
  if (outcome.kind === 'refuse') return 'warning';
  return outcome.kind === 'hold' && QUIET.includes(outcome.reason) ? 'debug' : 'info';
}

function boundsOf({ min, max }: { readonly min: number; readonly max: number }) {
  return { min, max };
}

type Told = {
  readonly result: TickResult;
  readonly failure: LogFields | undefined;
  readonly nowMs: InstantMs;
  readonly durationMs: number;
};

/** The summary is written at every level: alarms live on the metrics in it. */
function logSummary(log: Log, shell: TickShell, tick: Tick<TickResult>, { result, failure, nowMs, durationMs }: Told): void {
  const { outcomes, findings, failures, skipped } = result;
  const count = (kind: Outcome['kind'], applied?: Outcome['applied']) =>
    counted(outcomes.filter((outcome) => outcome.kind === kind && (applied === undefined || outcome.applied === applied)).length);
  const metrics: Readonly<Record<string, Metric>> = {
    // A skipped tick is none: if every tick finds the lease taken, somebody must hear of it.
    Ticks: counted(skipped || tick.dryRun ? 0 : 1),
    TickFailures: counted(failure === undefined || tick.dryRun ? 0 : 1),
    TickDuration: { value: Math.round(durationMs), unit: 'Milliseconds' },
    TargetsSet: count('set', 'done'),
    TargetsHeld: count('hold'),
    TargetsRefused: count('refuse'),
  };
  const { namespace, dimensions } = shell.metrics;
  log(failure === undefined ? 'info' : 'error', failure === undefined ? (skipped ? 'tick skipped' : 'tick done') : 'tick failed', {
    kind: 'tick',
    scheduledTime: tick.scheduledTime,
    skipped,
    ...(tick.dryRun && { dryRun: true }),
    findings: findings.length,
    // Each has its decision's line; a metric document ends at 1 MB.
    failures: failures.slice(0, MOST_FAILURES),
    ...failure,
    ...renderMetrics(namespace, { [dimensions.cluster]: tick.cluster, [dimensions.useCase]: tick.useCase }, metrics, nowMs),
  });
}

function counted(value: number): Metric {
  return { value, unit: 'Count' };
}
