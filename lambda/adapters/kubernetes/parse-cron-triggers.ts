import { z } from 'zod';
import type { CronTrigger } from '../../core/keda/cron-windows.ts';

/** Text, as KEDA's schema has it; anything else as if it were missing: a trigger is only shown, and must not cost a tick. */
const Text = z.string().catch('');
const Cron = z.object({
  type: z.literal('cron'),
  metadata: z.object({ timezone: Text, start: Text, end: Text, desiredReplicas: Text }),
});

/** The `cron` triggers among those of a ScaledObject. */
export function parseCronTriggers(triggers: readonly unknown[]): CronTrigger[] {
  return triggers.flatMap((trigger) => {
    const cron = Cron.safeParse(trigger);
    return cron.success ? [cron.data.metadata] : [];
  });
}
