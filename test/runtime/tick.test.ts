import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../lambda/core/compose/decision.ts';
import type { Evidence, TargetRef } from '../../lambda/core/compose/intent.ts';
import type { LogLevel } from '../../lambda/runtime/log.ts';
import { runTick, type TickResult, type TickShell } from '../../lambda/runtime/tick.ts';

const NOW_MS = Date.UTC(2026, 10, 30, 13, 45, 7);
const nothing: Evidence = { summary: '', facts: { baselineMin: 2 } };
const target = (name: string): TargetRef => ({ cluster: 'prod', kind: 'ScaledObject', namespace: 'inference', name });

const set: Outcome = {
  kind: 'set',
  target: target('llama'),
  from: { min: 2, max: 40 },
  to: { min: 24, max: 40 },
  reason: 'event-lead',
  evidence: { summary: 'cyber-monday', facts: { start: '2026-11-30T14:00:00Z', leadMinutes: 15 } },
  applied: 'done',
};
const failed: Outcome = { ...set, target: target('failing'), applied: 'failed', error: 'the API server gave no answer' };
const held: Outcome = {
  kind: 'hold',
  target: target('whisper'),
  at: { min: 1, max: 5 },
  reason: 'no-intent',
  evidence: nothing,
  applied: 'not-needed',
};
const yielded: Outcome = { ...held, target: target('stubborn'), reason: 'yielded' };
const refused: Outcome = { kind: 'refuse', target: target('gone'), reason: 'target-missing', evidence: nothing, applied: 'not-needed' };

const quiet: TickResult = { skipped: false, outcomes: [], pools: [], findings: [], failures: [] };

class TestFailure extends Error {
  readonly result: TickResult;
  constructor(result: TickResult) {
    super('2 steps failed');
    this.result = result;
  }
}

type Line = Record<string, unknown>;

async function tick(run: (nowMs: number) => Promise<TickResult>, logLevel: LogLevel = 'info', dryRun = false) {
  const lines: Line[] = [];
  let asked = 0;
  let elapsedMs = 500;
  const shell: TickShell = {
    clock: {
      now: () => {
        asked += 1;
        return NOW_MS;
      },
    },
    elapsedMs: () => {
      elapsedMs += 750;
      return elapsedMs;
    },
    writeLine: (line) => lines.push(JSON.parse(line) as Line),
    logLevel,
    metrics: { namespace: 'Foretide', dimensions: { cluster: 'Cluster', useCase: 'UseCase' } },
  };
  const ran = runTick(shell, {
    useCase: 'prescale',
    cluster: 'prod',
    timezone: 'America/New_York',
    requestId: 'r-1',
    scheduledTime: '2026-11-30T13:45:00Z',
    dryRun,
    run,
    resultOf: (error) => (error instanceof TestFailure ? error.result : undefined),
  });
  const [settled] = await Promise.allSettled([ran]);
  return { settled, lines, summary: lines.at(-1) ?? {}, asked };
}

describe('runTick', () => {
  it('asks the clock once and hands that instant on', async () => {
    const instants: number[] = [];
    const { asked, settled } = await tick(async (nowMs) => {
      instants.push(nowMs);
      return quiet;
    });
    expect(instants).toEqual([NOW_MS]);
    expect(asked).toBe(1);
    expect(settled).toEqual({ status: 'fulfilled', value: quiet });
  });

  it('tells each decision in words and as data', async () => {
    const { lines } = await tick(async () => ({ ...quiet, outcomes: [set] }));
    expect(lines[0]).toEqual({
      level: 'info',
      message: 'min 2 → 24: cyber-monday starts Mon 30 Nov 2026 09:00 EST (2026-11-30T14:00:00Z); 15 min of lead',
      useCase: 'prescale',
      cluster: 'prod',
      now: '2026-11-30T13:45:07Z',
      requestId: 'r-1',
      kind: 'decision',
      target: 'ScaledObject/inference/llama',
      decision: 'set',
      applied: 'done',
      reason: 'event-lead',
      from: { min: 2, max: 40 },
      to: { min: 24, max: 40 },
      facts: { start: '2026-11-30T14:00:00Z', leadMinutes: 15 },
    });
  });

  it.each<[string, Outcome, LogLevel]>([
    ['a write', set, 'info'],
    ['a failed write', failed, 'error'],
    ['a refusal', refused, 'warning'],
    ['a hold that means something', yielded, 'info'],
    ['a hold for want of anything to do', held, 'debug'],
  ])('gives %s its level', async (_, outcome, level) => {
    const { lines } = await tick(async () => ({ ...quiet, outcomes: [outcome] }), 'debug');
    expect(lines[0]?.level).toBe(level);
    const atInfo = await tick(async () => ({ ...quiet, outcomes: [outcome] }));
    expect(atInfo.lines).toHaveLength(level === 'debug' ? 1 : 2);
  });

  it('tells findings by their severity', async () => {
    const { lines, summary } = await tick(async () => ({
      ...quiet,
      findings: [
        { key: 'a', severity: 'critical', code: 'write-failed', subject: 'ScaledObject/inference/llama', facts: { error: 'no' } },
        { key: 'b', severity: 'warning', code: 'calendar-stale', subject: 'events.yaml', facts: {} },
      ],
    }));
    expect(lines.slice(0, 2)).toMatchObject([
      { level: 'error', kind: 'finding', code: 'write-failed', facts: { error: 'no' } },
      { level: 'warning', kind: 'finding', code: 'calendar-stale', subject: 'events.yaml' },
    ]);
    expect(summary.findings).toBe(2);
  });

  it('ends with a summary that carries the metrics', async () => {
    const { summary } = await tick(async () => ({ ...quiet, outcomes: [set, held, yielded, refused] }));
    expect(summary).toMatchObject({
      kind: 'tick',
      level: 'info',
      message: 'tick done',
      scheduledTime: '2026-11-30T13:45:00Z',
      Cluster: 'prod',
      UseCase: 'prescale',
      Ticks: 1,
      TickFailures: 0,
      TickDuration: 750,
      TargetsSet: 1,
      TargetsHeld: 2,
      TargetsRefused: 1,
      _aws: { Timestamp: NOW_MS },
    });
  });

  it('does not count a tick that found the lease taken', async () => {
    const { summary } = await tick(async () => ({ ...quiet, skipped: true }));
    expect(summary).toMatchObject({ message: 'tick skipped', skipped: true, Ticks: 0, TickFailures: 0 });
  });

  it('does not count a dry run, which changes nothing', async () => {
    const planned: Outcome = { ...set, applied: 'dry-run' };
    const { lines, summary } = await tick(async () => ({ ...quiet, outcomes: [planned] }), 'info', true);
    expect(lines[0]).toMatchObject({ decision: 'set', applied: 'dry-run' });
    expect(summary).toMatchObject({ dryRun: true, Ticks: 0, TickFailures: 0, TargetsSet: 0 });
  });

  it('tells what a failed tick got done, then throws its error on', async () => {
    const error = new TestFailure({
      ...quiet,
      outcomes: [set, failed],
      failures: ['ScaledObject/inference/failing: the API server gave no answer'],
    });
    const { lines, summary, settled } = await tick(async () => Promise.reject(error));
    expect(settled).toEqual({ status: 'rejected', reason: error });
    expect(lines.map(({ kind }) => kind)).toEqual(['decision', 'decision', 'tick']);
    expect(summary).toMatchObject({
      level: 'error',
      message: 'tick failed',
      error: 'Error: 2 steps failed',
      failures: ['ScaledObject/inference/failing: the API server gave no answer'],
      Ticks: 1,
      TickFailures: 1,
      TargetsSet: 1,
    });
  });

  it('tells of a tick that failed before it decided anything', async () => {
    const error = new TypeError('no answer');
    const { lines, summary, settled } = await tick(async () => Promise.reject(error));
    expect(settled).toEqual({ status: 'rejected', reason: error });
    expect(lines).toHaveLength(1);
    expect(summary).toMatchObject({ message: 'tick failed', error: 'TypeError: no answer', Ticks: 1, TickFailures: 1, TargetsSet: 0 });
  });

  it('keeps the summary within what CloudWatch takes, however much went wrong', async () => {
    const failures = Array.from({ length: 10_000 }, (_, index) => `${index}: ${'x'.repeat(5_000)}`);
    const { summary } = await tick(async () => Promise.reject(new TestFailure({ ...quiet, failures })));
    expect(JSON.stringify(summary).length).toBeLessThan(200_000);
    expect(summary.failures).toHaveLength(20);
  });
});
