import type { Finding } from '../prescale/findings.ts';
import { formatUtc } from '../units/time.ts';
import type { PoolOutcome } from './decide-pool.ts';
import { poolKey } from './pool.ts';

/** What a NodePool's outcome asks people to know; nothing when all is as wanted. */
export function findPoolOutcome(outcome: PoolOutcome): Finding[] {
  const subject = poolKey(outcome.pool);
  const found = (code: Finding['code'], severity: Finding['severity'], facts: Finding['facts']): Finding => ({
    key: `${subject}/${code}`,
    severity,
    code,
    subject,
    facts,
  });
  if (outcome.applied === 'failed') return [found('write-failed', 'critical', { ...outcome.to, error: outcome.error ?? null })];
  if (outcome.reason === 'baseline-lost') return [found('pool-baseline-lost', 'critical', outcome.evidence.facts)];
  if (outcome.reason === 'pool-missing') return [found('pool-missing', 'warning', {})];
  const yielded = Object.entries(outcome.yielded).map(([field, untilMs]) => [field, formatUtc(untilMs)] as const);
  return yielded.length === 0 ? [] : [found('pool-yielded', 'warning', Object.fromEntries(yielded))];
}
