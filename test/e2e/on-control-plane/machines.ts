import { z } from 'zod';
import type { Api } from '../control-plane/api.ts';
import { until } from '../control-plane/until.ts';

const LIMIT_MS = 120_000;
const Machines = z.object({ items: z.array(z.unknown()) });

/** Machines that other tests left would take the pods of one that waits for new ones. */
export async function untilNoMachines(admin: Api): Promise<void> {
  const check = async () => ((await admin.read('/api/v1/nodes', Machines)).items.length === 0 ? true : undefined);
  await until('no machines are left', check, { deadlineMs: LIMIT_MS });
}
