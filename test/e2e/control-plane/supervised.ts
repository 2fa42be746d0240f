import { z } from 'zod';

/** What a control plane asks of its supervisor: to start a program. */
export const StartOrder = z.object({
  name: z.string(),
  command: z.string(),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  /** Gets everything that the program says. */
  log: z.string(),
});
export type StartOrder = z.infer<typeof StartOrder>;

/** What the supervisor tells: a program has ended, or could not be started. */
export const Ended = z.object({ name: z.string(), how: z.string() });
export type Ended = z.infer<typeof Ended>;
