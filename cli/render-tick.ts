import type { TickReport } from '../lambda/app/prescale.ts';
import { targetKey } from '../lambda/core/compose/intent.ts';
import { describeDecision, describeFinding } from '../lambda/core/prescale/describe.ts';
import { formatInZone, formatUtc } from '../lambda/core/units/time.ts';
import { colors } from './colors.ts';

/** One tick for people: a line for what happened, then one for each target that moved or could not, and for each finding. */
export function renderTick(report: TickReport, timezone: string): string {
  const { clusterName, nowMs, outcomes, findings } = report;
  const at = `${formatInZone(nowMs, timezone)} (${formatUtc(nowMs)})`;
  if (report.skipped) return `${at}  ${clusterName}: another tick is at work; nothing to do here`;
  const telling = outcomes.filter(
    ({ kind, applied }) => applied === 'failed' || (kind !== 'hold' && !(kind === 'publish' && applied === 'not-needed')),
  );
  const lines = telling.map((outcome) => {
    const done =
      outcome.applied === 'dry-run'
        ? colors.yellow(' (dry run: not written)')
        : outcome.applied === 'failed'
          ? colors.red(` (failed: ${outcome.error})`)
          : '';
    return `  ${targetKey(outcome.target)}: ${describeDecision(outcome, timezone)}${done}`;
  });
  const notes = findings.map((finding) => {
    const { title, lines: advice } = describeFinding(finding, clusterName, timezone);
    return `  ${colors.yellow('!')} ${title}. ${advice[0] ?? ''}`;
  });
  const set = telling.filter(({ kind, applied }) => kind === 'set' && applied !== 'failed').length;
  const dryRun = outcomes.some(({ applied }) => applied === 'dry-run');
  return [`${at}  ${clusterName}: ${outcomes.length} targets, ${set} ${dryRun ? 'would move' : 'moved'}`, ...lines, ...notes].join('\n');
}

/** One tick for machines. */
export function renderTickJson({ clusterName, nowMs, skipped, outcomes, findings, failures }: TickReport): unknown {
  return { cluster: clusterName, now: formatUtc(nowMs), skipped, outcomes, findings, failures };
}
