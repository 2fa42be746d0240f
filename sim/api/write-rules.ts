import type { KubeObject, NewObject } from '../objects.ts';
import type { Resource } from '../resources.ts';
import type { Store } from '../store.ts';
import { findBuiltInErrors } from './built-in.ts';
import type { PlainObject } from './patch.ts';
import { findSchemaErrors } from './schema.ts';
import { badRequest, conflict, invalid } from './status.ts';

export type WriteOptions = {
  readonly dryRun: boolean;
  readonly strict: boolean;
  readonly ignoreUnknown: boolean;
  readonly fieldManager: string;
  /** Server-side apply only. */
  readonly force: boolean;
  /** The client named its field manager itself. */
  readonly namedManager: boolean;
  /** Why the user may not create the object that an apply finds missing. */
  readonly cannotCreate: Error | undefined;
};

export type Written = { readonly status: number; readonly body: object; readonly warnings: readonly string[] };

export function check(resource: Resource, name: string, object: PlainObject): void {
  const { status: _, ...judged } = object;
  const errors = [...findSchemaErrors(resource, judged), ...findBuiltInErrors(resource, judged)];
  if (errors.length > 0) throw invalid(resource, name, errors);
}

export function checkPreconditions(resource: Resource, { metadata: { name, uid, resourceVersion } }: KubeObject, given: PlainObject): void {
  if (given.name !== undefined && given.name !== name) {
    throw badRequest(`the name of the object (${String(given.name)}) does not match the name on the URL (${name})`);
  }
  if (given.uid !== undefined && given.uid !== uid) {
    throw invalid(resource, name, [
      { field: 'metadata.uid', reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(given.uid)}: field is immutable` },
    ]);
  }
  if (given.resourceVersion !== undefined && given.resourceVersion !== '' && given.resourceVersion !== resourceVersion)
    throw conflict(resource, name);
}

/** As a dry run shows what it would have created. */
export function asDryRun(store: Store, fresh: NewObject): object {
  return { ...fresh, metadata: { ...fresh.metadata, uid: '00000000-0000-4000-8000-000000000000', creationTimestamp: store.stamp() } };
}
