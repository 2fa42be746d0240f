import { z } from 'zod';
import type { ObservedScale, ScaleRef } from '../../core/inventory/observed-scale.ts';
import type { ResourceAmounts } from '../../core/inventory/resource-amounts.ts';
import { quoteText } from './messages.ts';
import { addAmounts, PodSpec, readRequests } from './pod-requests.ts';

const Selector = z.object({
  matchLabels: z.record(z.string(), z.string()).nullish(),
  matchExpressions: z.array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).nullish() })).nullish(),
});
const Template = z.object({ spec: PodSpec });
const Replicas = z.int().min(0);

/** What Deployments, StatefulSets, Argo Rollouts and LeaderWorkerSets have in common, and what the last has of its own. */
const Scale = z.object({
  spec: z.object({
    replicas: Replicas.nullish(),
    selector: Selector.nullish(),
    template: Template.nullish(),
    leaderWorkerTemplate: z
      .object({ size: z.int().min(1).nullish(), leaderTemplate: Template.nullish(), workerTemplate: Template })
      .nullish(),
  }),
  status: z
    .object({
      readyReplicas: Replicas.nullish(),
      hpaPodSelector: z.string().nullish(),
      conditions: z.array(z.object({ type: z.string(), status: z.string(), message: z.string().nullish() })).nullish(),
    })
    .nullish(),
});

/** @throws {z.ZodError} on an object that doesn't scale as those do */
export function parseScale(ref: ScaleRef, value: unknown): ObservedScale {
  const { spec, status } = Scale.parse(value);
  const failure = status?.conditions?.find((one) => one.type === 'ReplicaFailure' && one.status === 'True');
  return {
    ref,
    // The API server's default of `spec.replicas`.
    replicas: spec.replicas ?? 1,
    readyReplicas: status?.readyReplicas ?? 0,
    refusal: failure?.message ? quoteText(failure.message) : undefined,
    podSelector: status?.hpaPodSelector || (spec.selector ? renderSelector(spec.selector) : undefined),
    requests: requestsOf(spec),
  };
}

function requestsOf({ template, leaderWorkerTemplate }: z.output<typeof Scale>['spec']): ResourceAmounts {
  if (template) return readRequests(template.spec);
  if (!leaderWorkerTemplate) return {};
  const { size, leaderTemplate, workerTemplate } = leaderWorkerTemplate;
  const worker = readRequests(workerTemplate.spec);
  const workers = Array.from({ length: (size ?? 1) - 1 }, () => worker);
  return addAmounts([leaderTemplate ? readRequests(leaderTemplate.spec) : worker, ...workers]);
}

/** As a list request takes it; undefined for one that is empty, which would match everything. */
function renderSelector({ matchLabels, matchExpressions }: z.output<typeof Selector>): string | undefined {
  const parts = [
    ...Object.entries(matchLabels ?? {}).map(([key, value]) => `${key}=${value}`),
    ...(matchExpressions ?? []).map(({ key, operator, values }) => renderExpression(key, operator, values ?? [])),
  ];
  return parts.length === 0 ? undefined : parts.join(',');
}

function renderExpression(key: string, operator: string, values: readonly string[]): string {
  switch (operator) {
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    default:
      return `${key} ${operator.toLowerCase()} (${values.join(',')})`;
  }
}
