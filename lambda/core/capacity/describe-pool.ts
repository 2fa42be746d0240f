import { formatInZone, formatUtc, parseInstant } from '../units/time.ts';
import type { PoolDecision } from './decide-pool.ts';

/** A decision on a NodePool in plain words, for log lines, tables and messages alike. */
export function describePoolDecision({ kind, from, to, reason, evidence, yielded }: PoolDecision, timezone: string): string {
  const moves = Object.keys(to).map((field) => `${field} ${from[field] ?? 'none'} → ${to[field] ?? 'none'}`);
  const left = Object.entries(yielded).map(
    ([field, untilMs]) => `${field} was edited by somebody and stays theirs until ${at(formatUtc(untilMs), timezone)}`,
  );
  const because = [describeReason(reason, evidence, timezone), ...left].join('; ');
  switch (kind) {
    case 'set':
      return `${moves.join(', ')}: ${because}`;
    case 'hold':
      return `stays as it is: ${because}`;
    case 'refuse':
      return `left alone: ${because}`;
  }
}

function describeReason(reason: PoolDecision['reason'], { summary, facts }: PoolDecision['evidence'], timezone: string): string {
  switch (reason) {
    case 'escalation':
      return `${facts.replicas} replicas for ${summary} are held back (${facts.cause}); until ${at(facts.end, timezone)}`;
    case 'restore-baseline':
      return 'nothing needs it any more; back to what its user wants';
    case 'as-wanted':
      return 'it has what is wanted of it';
    case 'no-intent':
      return 'nothing is wanted of it';
    case 'yielded':
      return 'left to who edited it';
    case 'baseline-lost':
      return "it carries Foretide's marks, but its user's own settings are lost";
    case 'pool-missing':
      return 'it does not exist in the cluster';
  }
}

function at(value: string | number | boolean | null | undefined, timezone: string): string {
  return typeof value === 'string' ? `${formatInZone(parseInstant(value, 'UTC'), timezone)} (${value})` : 'an unknown time';
}
