import { z } from 'zod';
import { parseQuantity } from '../../core/inventory/parse-quantity.ts';
import type { ResourceAmounts } from '../../core/inventory/resource-amounts.ts';

export const Quantities = z.record(z.string(), z.union([z.string(), z.number()]));

/** Amounts by resource; what is no quantity is left out, as unknown. */
export function parseAmounts(quantities: z.output<typeof Quantities> | null | undefined): ResourceAmounts {
  const amounts: Record<string, number> = {};
  for (const [resource, quantity] of Object.entries(quantities ?? {})) {
    const amount = parseQuantity(quantity);
    if (amount !== undefined) amounts[resource] = amount;
  }
  return amounts;
}
