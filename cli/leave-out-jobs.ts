import type { Config } from '../lambda/core/config/schema.ts';
import type { Output } from './output.ts';

/** Neither the twin nor a simulation knows Jobs: ScaledJobs are left out of what runs there, and that is said. */
export function leaveOutScaledJobs(config: Config, { err }: Pick<Output, 'err'>): Config {
  const workloads = config.workloads.filter(({ target }) => target.kind !== 'ScaledJob');
  if (workloads.length === config.workloads.length) return config;
  for (const { name, target } of config.workloads) {
    if (target.kind === 'ScaledJob') err(`workload ${name} is left out: Jobs of a ScaledJob are not simulated.`);
  }
  return { ...config, workloads };
}
