import type { Occurrence } from '../calendar/occurrence.ts';
import type { Config } from '../config/schema.ts';
import type { Finding } from '../prescale/findings.ts';
import type { WorkloadSituation } from '../prescale/situation.ts';
import { formatUtc } from '../units/time.ts';
import { BOUND_FIELDS, declaredBounds, describeOwner, detectOwner, type GitOpsOwner } from './owner.ts';

/** The cluster's `gitops` key. */
export type ConfiguredGitOps = Config['clusters'][number]['gitops'];

/** Who puts bounds of a workload's object back, and which. */
export type Declaration = { readonly owner: GitOpsOwner; readonly bounds: readonly ('min' | 'max')[] };

/** The GitOps controller that declares bounds of the object, so that it reverts ours; undefined: nobody does, or Foretide writes none. */
export function findDeclaration(
  { workload, observed, state, recalled }: WorkloadSituation,
  configured: ConfiguredGitOps,
): Declaration | undefined {
  const owner = observed && workload.delivery !== 'metricsApi' ? detectOwner(observed, configured) : undefined;
  if (observed === undefined || owner === undefined) return undefined;
  const remembered = recalled?.held !== undefined && state?.uid === observed.uid ? (state.declared ?? []) : [];
  const declared = [...remembered, ...declaredBounds(observed, owner)];
  const bounds = (['min', 'max'] as const).filter((bound) => declared.includes(bound));
  return bounds.length === 0 ? undefined : { owner, bounds };
}

/** An event is near whose floor a GitOps controller will take away: said before it hurts. `occurrences`: of the next day, soonest first. */
export function findDeclared(
  { key, workload }: WorkloadSituation,
  { owner, bounds }: Declaration,
  occurrences: readonly Occurrence[],
): Finding[] {
  const next = occurrences.find(({ event }) => event.workloads.includes(workload.name));
  const isInTheWay = bounds.includes('min') || next?.event.max !== undefined;
  if (next === undefined || !isInTheWay) return [];
  return [
    {
      key: `${key}/gitops-declares`,
      severity: 'warning',
      code: 'gitops-declares',
      subject: key,
      facts: {
        owner: describeOwner(owner),
        declares: bounds.map((bound) => BOUND_FIELDS[workload.target.kind][bound]).join(', '),
        event: next.event.name,
        start: formatUtc(next.startMs),
        snippet: `foretide render gitops --workload ${workload.name}`,
      },
    },
  ];
}
