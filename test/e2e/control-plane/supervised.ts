import { z } from 'zod';

/** What a control plane asks of its supervisor: to start a program, or to kill one, which is then not told of as ended. */
export const StartOrder = z.object({
  name: z.string(),
  command: z.string(),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  /** Gets everything that the program says. */
  log: z.string(),
});
export type StartOrder = z.infer<typeof StartOrder>;
export const KillOrder = z.object({ kill: z.string() });
export type KillOrder = z.infer<typeof KillOrder>;

/** What the supervisor tells: a program has ended, or could not be started; `asked`: as it was told to. */
export const Ended = z.object({ name: z.string(), how: z.string(), asked: z.boolean() });
export type Ended = z.infer<typeof Ended>;
