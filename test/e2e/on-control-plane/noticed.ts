import { z } from 'zod';
import { type Api, type KubeObject, pathOf } from '../control-plane/api.ts';
import { until } from '../control-plane/until.ts';

const LIMIT_MS = 60_000;

const Seen = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).min(1) }),
});

/**
 * KEDA and the HPA controller write to an object when they first see it (a finalizer, conditions), and a patch of a version read before
 * that conflicts. Production reads and decides again then; tests of a single patch wait until the controllers have said what they think.
 */
export async function untilNoticed(admin: Api, object: KubeObject): Promise<void> {
  let before: string | undefined;
  const check = async () => {
    const read = Seen.safeParse((await admin.send('GET', pathOf(object))).body);
    // KEDA first writes that it doesn't know yet.
    const isJudged = read.success && read.data.status.conditions.every(({ type, status }) => type !== 'Ready' || status !== 'Unknown');
    const version = isJudged ? read.data.metadata.resourceVersion : undefined;
    const settled = version !== undefined && version === before;
    before = version;
    return settled ? true : undefined;
  };
  await until(`${object.kind} ${object.metadata.name} has been noticed`, check, {
    deadlineMs: LIMIT_MS,
    explain: async () => JSON.stringify((await admin.send('GET', pathOf(object))).body),
  });
}
