import { z } from 'zod';
import type { ResourceAmounts } from '../../core/inventory/resource-amounts.ts';
import { parseAmounts, Quantities } from './quantity.ts';

const Container = z.object({
  resources: z.object({ requests: Quantities.nullish(), limits: Quantities.nullish() }).nullish(),
  restartPolicy: z.string().nullish(),
});

/** The parts of a pod's spec that say what it asks for. */
export const PodSpec = z.object({ containers: z.array(Container), initContainers: z.array(Container).nullish() });

/**
 * What the scheduler reserves for a pod: the sum over its containers (sidecars included), or what an init container needs, if that
 * is more. A limit without a request counts as the request, as the API server fills it in.
 */
export function readRequests({ containers, initContainers }: z.output<typeof PodSpec>): ResourceAmounts {
  const early = initContainers ?? [];
  const running = addAmounts([...containers, ...early.filter(isSidecar)].map(requestsOf));
  return early.filter((container) => !isSidecar(container)).reduce((most, container) => maxAmounts(most, requestsOf(container)), running);
}

function isSidecar({ restartPolicy }: z.output<typeof Container>): boolean {
  return restartPolicy === 'Always';
}

function requestsOf({ resources }: z.output<typeof Container>): ResourceAmounts {
  return { ...parseAmounts(resources?.limits), ...parseAmounts(resources?.requests) };
}

export function addAmounts(all: readonly ResourceAmounts[]): ResourceAmounts {
  return combine(all, (a, b) => a + b);
}

function maxAmounts(...all: readonly ResourceAmounts[]): ResourceAmounts {
  return combine(all, Math.max);
}

function combine(all: readonly ResourceAmounts[], join: (a: number, b: number) => number): ResourceAmounts {
  const result: Record<string, number> = {};
  for (const amounts of all) {
    for (const [resource, amount] of Object.entries(amounts)) result[resource] = join(result[resource] ?? 0, amount);
  }
  return result;
}
