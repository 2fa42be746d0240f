import { apiVersionOf, NAMESPACES } from '../resources.ts';
import type { Store } from '../store.ts';
import { applyConfiguration } from './apply.ts';
import { checkNewMetadata, findUnknownBuiltInFields } from './built-in.ts';
import { patchOptions, readConfiguration, undeclared } from './configuration.ts';
import { isPlainObject } from './patch.ts';
import { acceptedTypes } from './patch-types.ts';
import type { Target } from './path.ts';
import { findUnknownFields } from './schema.ts';
import { withDefaults } from './schema-rules.ts';
import { conflict, notFound, unsupportedMediaType } from './status.ts';
import { asPlain, toNewObject, toStored } from './stored-object.ts';
import { asDryRun, check, checkPreconditions, type WriteOptions, type Written } from './write-rules.ts';

/** Server-side apply: of an object that is there, or is made by it. */
export function applyObject(store: Store, target: Target, name: string, text: string, options: WriteOptions): Written {
  const { resource, namespace, subresource } = target;
  if (subresource !== undefined) throw unsupportedMediaType(acceptedTypes(resource, subresource));
  if (!options.namedManager) throw patchOptions('fieldManager', 'FieldValueRequired', 'Required value: is required for apply patch');
  const configuration = readConfiguration(resource, name, namespace, text);
  const unknown = [...findUnknownFields(resource, configuration), ...findUnknownBuiltInFields(resource, configuration)];
  if (unknown.length > 0) throw undeclared(resource, name, namespace, unknown);
  const existing = store.get(resource, namespace, name);
  const metadata = isPlainObject(configuration.metadata) ? configuration.metadata : {};
  if (existing !== undefined) checkPreconditions(resource, existing, metadata);
  else {
    if (options.cannotCreate !== undefined) throw options.cannotCreate;
    if (namespace !== undefined && store.get(NAMESPACES, undefined, namespace) === undefined) throw notFound(NAMESPACES, namespace);
    if (metadata.uid !== undefined) throw conflict(resource, name);
    checkNewMetadata(resource, { ...metadata, name }, namespace);
  }
  const { status: _, ...wanted } = configuration;
  const { object, managedFields } = applyConfiguration(
    resource,
    existing === undefined ? undefined : asPlain(existing),
    wanted,
    existing?.metadata.managedFields ?? [],
    { manager: options.fieldManager, operation: 'Apply', apiVersion: apiVersionOf(resource), time: store.stamp() },
    options.force,
  );
  const next = withDefaults(resource, object);
  check(resource, name, next);
  const owned = { ...next, metadata: { ...(isPlainObject(next.metadata) ? next.metadata : {}), managedFields } };
  if (existing === undefined) {
    const fresh = toNewObject(resource, owned, name, namespace);
    return { status: 201, body: options.dryRun ? asDryRun(store, fresh) : store.create(resource, fresh), warnings: [] };
  }
  const stored = toStored(existing, { ...owned, status: existing.status });
  return { status: 200, body: stored === existing || options.dryRun ? stored : store.update(resource, stored), warnings: [] };
}
