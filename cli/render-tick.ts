import type { TickReport } from '../lambda/app/prescale.ts';
import { describePoolDecision } from '../lambda/core/capacity/describe-pool.ts';
import { poolKey } from '../lambda/core/capacity/pool.ts';
import type { Outcome } from '../lambda/core/compose/decision.ts';
import { targetKey } from '../lambda/core/compose/intent.ts';
import { describeDecision, describeFinding } from '../lambda/core/prescale/describe.ts';
import { formatInZone, formatUtc } from '../lambda/core/units/time.ts';
import { colors } from './colors.ts';

/** One tick for people: a line for what happened, then one for each target that moved or could not, and for each finding. */
export function renderTick(report: TickReport, timezone: string): string {
  const { clusterName, nowMs, outcomes, pools, findings } = report;
  const at = `${formatInZone(nowMs, timezone)} (${formatUtc(nowMs)})`;
  if (report.skipped) return `${at}  ${clusterName}: another tick is at work; nothing to do here`;
  const telling = outcomes.filter(
    ({ kind, applied }) => applied === 'failed' || (kind !== 'hold' && !(kind === 'publish' && applied === 'not-needed')),
  );
  const lines = [
    ...telling.map((outcome) => `  ${targetKey(outcome.target)}: ${describeDecision(outcome, timezone)}${renderApplied(outcome)}`),
    ...pools
      .filter(({ kind, applied }) => kind !== 'hold' || applied === 'failed')
      .map((outcome) => `  ${poolKey(outcome.pool)}: ${describePoolDecision(outcome, timezone)}${renderApplied(outcome)}`),
  ];
  const notes = findings.map((finding) => {
    const { title, lines: advice } = describeFinding(finding, clusterName, timezone);
    return `  ${colors.yellow('!')} ${title}. ${advice[0] ?? ''}`;
  });
  const set = telling.filter(({ kind, applied }) => kind === 'set' && applied !== 'failed').length;
  const dryRun = outcomes.some(({ applied }) => applied === 'dry-run');
  return [`${at}  ${clusterName}: ${outcomes.length} targets, ${set} ${dryRun ? 'would move' : 'moved'}`, ...lines, ...notes].join('\n');
}

function renderApplied({ applied, error }: Pick<Outcome, 'applied' | 'error'>): string {
  if (applied === 'failed') return colors.red(` (failed: ${error})`);
  return applied === 'dry-run' ? colors.yellow(' (dry run: not written)') : '';
}

/** One tick for machines. */
export function renderTickJson({ clusterName, nowMs, skipped, outcomes, pools, findings, failures }: TickReport): unknown {
  return { cluster: clusterName, now: formatUtc(nowMs), skipped, outcomes, pools, findings, failures };
}
