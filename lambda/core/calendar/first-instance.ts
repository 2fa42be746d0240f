import { DAY_MS } from '../units/quantities.ts';
import { type LocalMs, resolveLocal } from '../units/time.ts';
import type { Rule } from './rule.ts';
import { generateInstances } from './rule-instances.ts';

/** Where the first instance of a rule is looked for, near first: most rules have it at their start. */
const WITHIN_DAYS = [1 / 86_400, 40, 400, 15_000] as const;

/** The first local time that a rule generates from `dtstartMs`, UNTIL observed; undefined when there is none within 41 years. */
export function firstInstance(rule: Rule, dtstartMs: LocalMs, zone: string): LocalMs | undefined {
  for (const days of WITHIN_DAYS) {
    const { value } = generateInstances(rule, dtstartMs, dtstartMs, dtstartMs + days * DAY_MS).next();
    if (typeof value === 'number') return isPast(rule, value, zone) ? undefined : value;
  }
  return undefined;
}

function isPast({ until }: Rule, localMs: LocalMs, zone: string): boolean {
  if (until === undefined) return false;
  return until.kind === 'local' ? localMs > until.localMs : resolveLocal(localMs, zone).ms > until.ms;
}
