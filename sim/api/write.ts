import type { KubeObject } from '../objects.ts';
import type { Random } from '../random.ts';
import { apiVersionOf, NAMESPACES, RESOURCES, type Resource } from '../resources.ts';
import type { Store } from '../store.ts';
import { applyObject } from './apply-object.ts';
import { checkNewMetadata, findUnknownBuiltInFields } from './built-in.ts';
import { checkType, patchOptions } from './configuration.ts';
import { findDuplicateFields } from './json.ts';
import { recordOwner } from './managed-fields.ts';
import { isPlainObject, type PlainObject } from './patch.ts';
import { APPLY_TYPE, mediaType, patcherFor } from './patch-types.ts';
import type { Target } from './path.ts';
import { findUnknownFields, prune } from './schema.ts';
import { withDefaults } from './schema-rules.ts';
import { alreadyExists, badRequest, failure, invalid, notFound, type StatusBody } from './status.ts';
import { asPlain, renderScale, toNewObject, toStored } from './stored-object.ts';
import { asDryRun, check, checkPreconditions, type WriteOptions, type Written } from './write-rules.ts';

export type Writer = {
  readonly create: (target: Target, text: string, options: WriteOptions) => Written;
  readonly replace: (target: Target, name: string, text: string, options: WriteOptions) => Written;
  readonly patch: (target: Target, name: string, contentType: string, text: string, options: WriteOptions) => Written;
  readonly remove: (target: Target, name: string, text: string, options: WriteOptions) => Written;
};

export function createWriter(store: Store, random: Random): Writer {
  const names = random.fork('generate-name');

  function create({ resource, namespace }: Target, text: string, options: WriteOptions): Written {
    const { object, strictErrors } = decode(text);
    const metadata = isPlainObject(object.metadata) ? object.metadata : {};
    const name =
      typeof metadata.name === 'string'
        ? metadata.name
        : typeof metadata.generateName === 'string'
          ? `${metadata.generateName}${names.nameSuffix()}`
          : '';
    checkType(resource, object);
    checkNewMetadata(resource, { ...metadata, name }, namespace);
    if (namespace !== undefined && store.get(NAMESPACES, undefined, namespace) === undefined) throw notFound(NAMESPACES, namespace);
    const existing = store.get(resource, namespace, name);
    if (existing !== undefined) throw alreadyExists(resource, name, existing.metadata.deletionTimestamp !== undefined);
    const named: PlainObject = { ...object, metadata: { ...metadata, name, ...(namespace === undefined ? {} : { namespace }) } };
    const { accepted, warnings } = admit(resource, named, strictErrors, options, (errors) =>
      badRequest(
        `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: strict decoding error: ${errors.join(', ')}`,
      ),
    );
    const kept = withDefaults(resource, accepted);
    check(resource, name, kept);
    const owned = ownedBy(resource, undefined, kept, [], options);
    const fresh = toNewObject(resource, owned, name, namespace);
    if (options.dryRun) return { status: 201, body: asDryRun(store, fresh), warnings };
    return { status: 201, body: store.create(resource, fresh), warnings };
  }

  function replace(target: Target, name: string, text: string, options: WriteOptions): Written {
    const { resource, namespace, subresource } = target;
    const { object, strictErrors } = decode(text);
    const existing = store.get(resource, namespace, name);
    if (existing === undefined) throw notFound(resource, name);
    if (subresource === 'scale') return scale(resource, existing, object, options);
    checkType(resource, object);
    const metadata = isPlainObject(object.metadata) ? object.metadata : {};
    if (metadata.name !== name)
      throw badRequest(`the name of the object (${String(metadata.name ?? '')}) does not match the name on the URL (${name})`);
    if (resource.custom && metadata.resourceVersion === undefined) {
      throw invalid(resource, name, [
        { field: 'metadata.resourceVersion', reason: 'FieldValueInvalid', message: 'Invalid value: 0x0: must be specified for an update' },
      ]);
    }
    return commit(target, existing, object, strictErrors, options, (errors) =>
      badRequest(
        `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: strict decoding error: ${errors.join(', ')}`,
      ),
    );
  }

  function patch(target: Target, name: string, contentType: string, text: string, options: WriteOptions): Written {
    const { resource, namespace, subresource } = target;
    if (mediaType(contentType) === APPLY_TYPE) return applyObject(store, target, name, text, options);
    if (options.force) throw patchOptions('force', 'FieldValueForbidden', 'Forbidden: may not be specified for non-apply patch');
    const patcher = patcherFor(resource, contentType);
    const { value, duplicates } = parse(text);
    const existing = store.get(resource, namespace, name);
    if (existing === undefined) throw notFound(resource, name);
    if (subresource === 'scale') return scale(resource, existing, patcher(renderScale(existing), value), options);
    if (!Array.isArray(value) && !isPlainObject(value))
      throw badRequest('error decoding patch: a JSON object or a list of operations is wanted');
    const patched = patcher(existing, value);
    if (!isPlainObject(patched))
      throw invalid(undefined, '', [
        {
          field: 'patch',
          reason: 'FieldValueInvalid',
          message: `Invalid value: ${JSON.stringify(JSON.stringify(patched))}: an object is wanted`,
        },
      ]);
    const strictErrors = duplicates.map((field) => `duplicate field "${field}"`);
    return commit(target, existing, patched, strictErrors, options, (errors) =>
      invalid(undefined, '', [
        {
          field: 'patch',
          reason: 'FieldValueInvalid',
          message: `Invalid value: ${JSON.stringify(JSON.stringify(patched))}: strict decoding error: ${errors.join(', ')}`,
        },
      ]),
    );
  }

  /** The common end of PUT and PATCH: preconditions, schema, immutable metadata, ownership, storage. */
  function commit(
    { resource, subresource }: Target,
    existing: KubeObject,
    proposed: PlainObject,
    strictErrors: readonly string[],
    options: WriteOptions,
    strictFailure: (errors: readonly string[]) => Error,
  ): Written {
    const { name } = existing.metadata;
    const metadata = isPlainObject(proposed.metadata) ? proposed.metadata : {};
    checkPreconditions(resource, existing, metadata);
    const { accepted, warnings } = admit(resource, proposed, strictErrors, options, strictFailure);
    const next = subresource === 'status' ? { ...asPlain(existing), status: accepted.status } : { ...accepted, status: existing.status };
    if (subresource === undefined) check(resource, name, withDefaults(resource, next));
    const owned =
      subresource === 'status'
        ? next
        : ownedBy(resource, existing, withDefaults(resource, next), existing.metadata.managedFields ?? [], options);
    const stored = toStored(existing, owned);
    if (stored === existing || options.dryRun) return { status: 200, body: stored, warnings };
    const updated = store.update(resource, stored);
    if (updated.metadata.deletionTimestamp !== undefined && (updated.metadata.finalizers ?? []).length === 0)
      store.remove(resource, updated);
    return { status: 200, body: updated, warnings };
  }

  function scale(resource: Resource, existing: KubeObject, proposed: unknown, options: WriteOptions): Written {
    const { name } = existing.metadata;
    const body = isPlainObject(proposed) ? proposed : {};
    checkPreconditions(resource, existing, isPlainObject(body.metadata) ? body.metadata : {});
    const replicas = isPlainObject(body.spec) ? (body.spec.replicas ?? 0) : 0;
    if (typeof replicas !== 'number' || !Number.isInteger(replicas))
      throw badRequest(
        'Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal into Go struct field ScaleSpec.spec.replicas of type int32',
      );
    if (replicas < 0) {
      throw failure(
        422,
        'Invalid',
        `Scale.autoscaling "${name}" is invalid: spec.replicas: Invalid value: ${replicas}: must be greater than or equal to 0`,
      );
    }
    const stored = toStored(
      existing,
      ownedBy(
        resource,
        existing,
        { ...asPlain(existing), spec: { ...existing.spec, replicas } },
        existing.metadata.managedFields ?? [],
        options,
      ),
    );
    const updated = stored === existing || options.dryRun ? stored : store.update(resource, stored);
    return { status: 200, body: renderScale(updated), warnings: [] };
  }

  function remove({ resource, namespace }: Target, name: string, text: string, options: WriteOptions): Written {
    const existing = store.get(resource, namespace, name);
    if (existing === undefined) throw notFound(resource, name);
    const given = text.trim() === '' ? {} : parse(text).value;
    const preconditions = isPlainObject(given) && isPlainObject(given.preconditions) ? given.preconditions : {};
    const { uid, resourceVersion } = existing.metadata;
    for (const [field, wanted, actual] of [
      ['UID', preconditions.uid, uid],
      ['ResourceVersion', preconditions.resourceVersion, resourceVersion],
    ] as const) {
      if (wanted !== undefined && wanted !== actual) {
        throw failure(
          409,
          'Conflict',
          `Precondition failed: ${field} in precondition: ${String(wanted)}, ${field} in object meta: ${actual}`,
          { name, group: resource.group, kind: resource.plural },
        );
      }
    }
    const bodyDryRun = isPlainObject(given) && Array.isArray(given.dryRun) && given.dryRun.includes('All');
    if ((existing.metadata.finalizers ?? []).length > 0) {
      const marked: KubeObject = {
        ...existing,
        metadata: { ...existing.metadata, deletionTimestamp: existing.metadata.deletionTimestamp ?? store.stamp() },
      };
      return {
        status: 200,
        body: options.dryRun || bodyDryRun || existing.metadata.deletionTimestamp !== undefined ? marked : store.update(resource, marked),
        warnings: [],
      };
    }
    if (!options.dryRun && !bodyDryRun) {
      if (resource === NAMESPACES) emptyNamespace(name);
      store.remove(resource, existing);
    }
    const body: StatusBody = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name, ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.plural, uid },
      code: 200,
    };
    return { status: 200, body, warnings: [] };
  }

  function emptyNamespace(namespace: string): void {
    for (const resource of RESOURCES)
      if (resource.namespaced) for (const object of store.list(resource, namespace)) store.remove(resource, object);
  }

  function ownedBy(
    resource: Resource,
    previous: KubeObject | undefined,
    next: PlainObject,
    entries: KubeObject['metadata']['managedFields'] & object,
    { fieldManager }: WriteOptions,
  ): PlainObject {
    const managedFields = recordOwner(resource, previous === undefined ? undefined : asPlain(previous), next, entries, {
      manager: fieldManager,
      operation: 'Update',
      apiVersion: apiVersionOf(resource),
      time: store.stamp(),
    });
    return { ...next, metadata: { ...(isPlainObject(next.metadata) ? next.metadata : {}), managedFields } };
  }

  return { create, replace, patch, remove };
}

function decode(text: string): { readonly object: PlainObject; readonly strictErrors: readonly string[] } {
  const { value, duplicates } = parse(text);
  if (!isPlainObject(value)) throw badRequest('the object provided is unrecognized (must be of type JSON object)');
  return { object: value, strictErrors: duplicates.map((field) => `duplicate field "${field}"`) };
}

function parse(text: string): { readonly value: unknown; readonly duplicates: readonly string[] } {
  try {
    return { value: JSON.parse(text), duplicates: findDuplicateFields(text) };
  } catch (error) {
    throw badRequest(`error decoding patch or object: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Unknown and repeated fields: refused when the client asks for `Strict`, else dropped with a warning. */
function admit(
  resource: Resource,
  object: PlainObject,
  strictErrors: readonly string[],
  { strict, ignoreUnknown }: WriteOptions,
  strictFailure: (errors: readonly string[]) => Error,
): { readonly accepted: PlainObject; readonly warnings: readonly string[] } {
  const { status, ...judged } = object;
  const unknown = [...findUnknownFields(resource, judged), ...findUnknownBuiltInFields(resource, judged)];
  const errors = [...strictErrors, ...unknown.map((field) => `unknown field "${field}"`)];
  if (strict && errors.length > 0) throw strictFailure(errors);
  const accepted = prune(judged, unknown);
  return { accepted: status === undefined ? accepted : { ...accepted, status }, warnings: ignoreUnknown ? [] : errors };
}
