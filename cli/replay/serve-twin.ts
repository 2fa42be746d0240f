import { makeSystemClock } from '../../lambda/adapters/clock/system-clock.ts';
import { resolveWorkloads } from '../../lambda/core/config/resolve-workloads.ts';
import type { Config } from '../../lambda/core/config/schema.ts';
import { startTwin, type Twin } from '../../sim/twin.ts';
import { addToTwin } from './twin-workload.ts';

const TICK_MS = 250;

/** An embedded cluster with the configured workloads, whose clock is this machine's, on a port of 127.0.0.1 (0: any that is free). */
export async function serveTwin(config: Config, port: number): Promise<Twin> {
  const clock = makeSystemClock();
  const twin = await startTwin({ seed: 'served', startMs: clock.now(), listen: { port } });
  for (const workload of resolveWorkloads(config)) addToTwin(twin, workload, undefined);
  const timer = setInterval(() => twin.advanceTo(Math.max(twin.now(), clock.now())), TICK_MS);
  return {
    ...twin,
    stop: () => {
      clearInterval(timer);
      return twin.stop();
    },
  };
}
