import { z } from 'zod';
import type { ObservedLimitRange, ObservedQuota } from '../../core/inventory/namespace-limits.ts';
import { parseAmounts, Quantities } from './quantity.ts';

const Named = z.object({ name: z.string() });

const Quota = z.object({
  metadata: Named,
  spec: z.object({ hard: Quantities.nullish(), scopes: z.array(z.string()).nullish(), scopeSelector: z.unknown().optional() }),
  status: z.object({ used: Quantities.nullish() }).nullish(),
});

/** @throws {z.ZodError} on an object that is no ResourceQuota */
export function parseQuota(value: unknown): ObservedQuota {
  const { metadata, spec, status } = Quota.parse(value);
  return {
    name: metadata.name,
    hard: parseAmounts(spec.hard),
    used: parseAmounts(status?.used),
    isScoped: (spec.scopes ?? []).length > 0 || (spec.scopeSelector ?? undefined) !== undefined,
  };
}

const LimitRange = z.object({
  metadata: Named,
  spec: z.object({ limits: z.array(z.object({ type: z.string(), max: Quantities.nullish() })).nullish() }),
});

/** One entry for each of its upper bounds; those of volumes are nobody's here. @throws {z.ZodError} on an object that is no LimitRange */
export function parseLimitRange(value: unknown): ObservedLimitRange[] {
  const { metadata, spec } = LimitRange.parse(value);
  return (spec.limits ?? []).flatMap(({ type, max }) =>
    type === 'Container' || type === 'Pod' ? [{ name: metadata.name, type, max: parseAmounts(max) }] : [],
  );
}
