import type { PodNeeds, SurveyedScaler } from './survey.ts';

/** A guess of `workloads[].tier`, with what it rests on. */
export type GuessedTier = { readonly tier: 'critical' | 'standard' | 'batch'; readonly because: string };

const BATCH = /(^|[-_.])(batch|jobs?|offline|nightly|etl|train(ing)?|backfill|eval)([-_.]|$)/i;
const CRITICAL = /critical|realtime|real-time|high|production/i;
const LOW = /low|batch|preemptible|best-?effort/i;

/** From the PriorityClass of its pods first, then from what its namespace and name say. */
export function guessTier(
  { kind, namespace, name }: Pick<SurveyedScaler, 'kind' | 'namespace' | 'name'>,
  needs: PodNeeds | undefined,
): GuessedTier {
  const priorityClass = needs?.priorityClass;
  if (priorityClass !== undefined && LOW.test(priorityClass)) return { tier: 'batch', because: `PriorityClass ${priorityClass}` };
  if (priorityClass !== undefined && CRITICAL.test(priorityClass)) return { tier: 'critical', because: `PriorityClass ${priorityClass}` };
  if (kind === 'ScaledJob') return { tier: 'batch', because: 'it is a ScaledJob' };
  if (BATCH.test(namespace)) return { tier: 'batch', because: `namespace ${namespace}` };
  if (BATCH.test(name)) return { tier: 'batch', because: 'its name' };
  return { tier: 'standard', because: 'nothing speaks for another' };
}
