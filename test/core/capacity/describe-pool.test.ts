import { describe, expect, it } from 'vitest';
import { describePoolDecision } from '../../../lambda/core/capacity/describe-pool.ts';
import { findPoolOutcome } from '../../../lambda/core/capacity/find-pool-outcome.ts';
import { MINUTE_MS } from '../../../lambda/core/units/quantities.ts';
import { GPU, limit, NOW, poolObject, weight } from './fixtures.ts';

const END = NOW + 60 * MINUTE_MS;
const facts = { replicas: 4, cause: 'pool-limit', end: '2027-01-15T09:00:00Z' };
const because = { evidence: { summary: 'launch', facts } };
const wanted = [weight(81, 'escalation', because), limit(16, 'escalation', because)];

function course() {
  const od = poolObject({ limits: { [GPU]: '0' } });
  const say = (intents = wanted, nowMs = NOW) => describePoolDecision(od.tick(intents, nowMs).decision, 'Europe/Paris');
  return { od, say };
}

describe('describePoolDecision', () => {
  it('says what moves and why, from the first step to the end of the window', () => {
    const { od, say } = course();
    expect(say([])).toBe('stays as it is: nothing is wanted of it');
    expect(say()).toBe(
      `weight none → 81, limits.${GPU} 0 → 16: 4 replicas for launch are held back (pool-limit); until Fri 15 Jan 2027 10:00 CET (2027-01-15T09:00:00Z)`,
    );
    od.edit({ weight: 5 });
    expect(say()).toBe(
      'stays as it is: 4 replicas for launch are held back (pool-limit); until Fri 15 Jan 2027 10:00 CET (2027-01-15T09:00:00Z); ' +
        'weight was edited by somebody and stays theirs until Fri 15 Jan 2027 10:00 CET (2027-01-15T09:00:00Z)',
    );
    expect(say([], END)).toBe(`limits.${GPU} 16 → 0: nothing needs it any more; back to what its user wants`);
  });

  it('says that a pool is left alone, and why', () => {
    const od = poolObject({ annotations: { 'foretide/applied': '{' } });
    expect(describePoolDecision(od.tick(wanted).decision, 'UTC')).toBe(
      "left alone: it carries Foretide's marks, but its user's own settings are lost",
    );
  });
});

describe('findPoolOutcome', () => {
  const find = (applied: 'done' | 'failed', edit?: { weight: number }, annotations = {}) => {
    const od = poolObject({ weight: 10, annotations });
    if (edit !== undefined) {
      od.tick(wanted);
      od.edit(edit);
    }
    const { decision } = od.tick(wanted);
    return findPoolOutcome({ ...decision, applied, ...(applied === 'failed' && { error: 'HTTP 503' }) });
  };

  it.each([
    ['all as wanted', find('done'), []],
    ['an edit', find('done', { weight: 5 }), [['pool-yielded', 'warning', { weight: '2027-01-15T09:00:00Z' }]]],
    ['a failed write', find('failed'), [['write-failed', 'critical', { weight: '81', error: 'HTTP 503' }]]],
    ['a lost baseline', find('done', undefined, { 'foretide/event': 'x' }), [['pool-baseline-lost', 'critical', { weight: '10' }]]],
  ])('%s', (_, findings, expected) => {
    expect(findings.map(({ code, severity, facts: found }) => [code, severity, found])).toEqual(expected);
  });
});
