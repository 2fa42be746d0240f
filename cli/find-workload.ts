import { resolveWorkloads } from '../lambda/core/config/resolve-workloads.ts';
import type { Config } from '../lambda/core/config/schema.ts';
import type { Workload } from '../lambda/core/prescale/workload.ts';
import { UsageError } from './usage-error.ts';

/** A configured workload by its name. @throws {UsageError} that names those there are. */
export function findWorkload(config: Config, name: string): Workload {
  const workloads = resolveWorkloads(config);
  const found = workloads.find((workload) => workload.name === name);
  if (found === undefined) {
    throw new UsageError(`no workload is named ${name}; the configuration has ${workloads.map((workload) => workload.name).join(', ')}`);
  }
  return found;
}
