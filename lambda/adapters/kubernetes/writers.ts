import { z } from 'zod';
import type { TargetKind } from '../../core/compose/intent.ts';
import type { FieldWriter } from '../../core/compose/observed.ts';
import { TARGET_RESOURCES } from './resources.ts';

const Entry = z.object({
  manager: z.string(),
  operation: z.enum(['Apply', 'Update']),
  subresource: z.string().nullish(),
  fieldsV1: z.object({ 'f:spec': z.record(z.string(), z.unknown()).optional() }).nullish(),
});

/** Who wrote the object itself, from its `managedFields`; writers of its status or scale are others. Entries that are none are left out. */
export function readWriters(kind: TargetKind, managedFields: readonly unknown[]): FieldWriter[] {
  const { minField, maxField } = TARGET_RESOURCES[kind];
  return managedFields.flatMap((value) => {
    const entry = Entry.safeParse(value);
    if (!entry.success || (entry.data.subresource ?? '') !== '') return [];
    const { manager, operation, fieldsV1 } = entry.data;
    const fields = fieldsV1?.['f:spec'] ?? {};
    const owns = [
      ...(Object.hasOwn(fields, `f:${minField}`) ? (['min'] as const) : []),
      ...(Object.hasOwn(fields, `f:${maxField}`) ? (['max'] as const) : []),
    ];
    return [{ manager, operation, owns }];
  });
}
