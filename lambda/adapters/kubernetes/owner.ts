import { z } from 'zod';

const Controller = z.object({
  apiVersion: z.string().startsWith('keda.sh/'),
  kind: z.literal('ScaledObject'),
  name: z.string(),
  controller: z.literal(true),
});

/** The ScaledObject that controls an object, from its `ownerReferences`. */
export function readOwner(references: readonly unknown[]): string | undefined {
  return references.map((reference) => Controller.safeParse(reference)).find(({ success }) => success)?.data?.name;
}
