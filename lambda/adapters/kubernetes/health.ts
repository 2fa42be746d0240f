import { z } from 'zod';
import type { ObservedTarget } from '../../core/compose/observed.ts';
import { quoteText } from './messages.ts';

/** The status of a ScaledObject or ScaledJob. A condition that is not as KEDA writes them says nothing. */
export const Status = z.object({ conditions: z.array(z.unknown()).nullish() }).nullish();

const Ready = z.object({
  type: z.literal('Ready'),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string().optional(),
  message: z.string().optional(),
});

/** What KEDA says of its object in the condition Ready; nothing before it has said anything. */
export function readHealth(status: z.infer<typeof Status>): Pick<ObservedTarget, 'health'> {
  const found = (status?.conditions ?? []).map((condition) => Ready.safeParse(condition)).find(({ success }) => success);
  if (found?.data === undefined) return {};
  const { status: ready, reason = '', message = '' } = found.data;
  return { health: { ready, reason, message: quoteText(message) } };
}
