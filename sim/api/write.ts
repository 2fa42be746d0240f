import type { KubeObject, NewObject } from '../objects.ts';
import type { Random } from '../random.ts';
import { apiVersionOf, NAMESPACES, RESOURCES, type Resource } from '../resources.ts';
import type { Store } from '../store.ts';
import { applyConfiguration } from './apply.ts';
import { checkNewMetadata, findBuiltInErrors, findUnknownBuiltInFields } from './built-in.ts';
import { checkType, patchOptions, readConfiguration, undeclared } from './configuration.ts';
import { findDuplicateFields } from './json.ts';
import { recordOwner } from './managed-fields.ts';
import { applyJsonPatch, applyMergePatch, applyStrategicPatch, isPlainObject, type PlainObject } from './patch.ts';
import type { Target } from './path.ts';
import { findSchemaErrors, findUnknownFields, prune } from './schema.ts';
import { withDefaults } from './schema-rules.ts';
import { alreadyExists, badRequest, conflict, failure, invalid, notFound, type StatusBody, unsupportedMediaType } from './status.ts';
import { asPlain, renderScale, toNewObject, toStored } from './stored-object.ts';

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
    if (options.dryRun) return { status: 201, body: asDryRun(fresh), warnings };
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
    if (mediaType(contentType) === APPLY_TYPE) return apply(target, name, text, options);
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

  /** Server-side apply: of an object that is there, or is made by it. */
  function apply(target: Target, name: string, text: string, options: WriteOptions): Written {
    const { resource, namespace, subresource } = target;
    if (subresource !== undefined) throw unsupportedMediaType(acceptedTypes(resource, subresource));
    if (!options.namedManager) throw patchOptions('fieldManager', 'FieldValueRequired', 'Required value: is required for apply patch');
    const configuration = readConfiguration(resource, name, namespace, text);
    const unknown = [...findUnknownFields(resource, configuration), ...findUnknownBuiltInFields(resource, configuration)];
    if (unknown.length > 0) throw undeclared(resource, name, namespace, unknown);
    const existing = store.get(resource, namespace, name);
    if (existing === undefined && options.cannotCreate !== undefined) throw options.cannotCreate;
    if (existing === undefined && namespace !== undefined && store.get(NAMESPACES, undefined, namespace) === undefined)
      throw notFound(NAMESPACES, namespace);
    const metadata = isPlainObject(configuration.metadata) ? configuration.metadata : {};
    if (existing === undefined) {
      if (metadata.uid !== undefined) throw conflict(resource, name);
      checkNewMetadata(resource, { ...metadata, name }, namespace);
    } else checkPreconditions(resource, existing, metadata);
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
      return { status: 201, body: options.dryRun ? asDryRun(fresh) : store.create(resource, fresh), warnings: [] };
    }
    const stored = toStored(existing, { ...owned, status: existing.status });
    return { status: 200, body: stored === existing || options.dryRun ? stored : store.update(resource, stored), warnings: [] };
  }

  function asDryRun(fresh: NewObject): object {
    return { ...fresh, metadata: { ...fresh.metadata, uid: '00000000-0000-4000-8000-000000000000', creationTimestamp: store.stamp() } };
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

function check(resource: Resource, name: string, object: PlainObject): void {
  const { status: _, ...judged } = object;
  const errors = [...findSchemaErrors(resource, judged), ...findBuiltInErrors(resource, judged)];
  if (errors.length > 0) throw invalid(resource, name, errors);
}

function checkPreconditions(resource: Resource, { metadata: { name, uid, resourceVersion } }: KubeObject, given: PlainObject): void {
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

type Patcher = (target: unknown, patch: unknown) => unknown;

function patcherFor(resource: Resource, contentType: string): Patcher {
  const patcher = PATCHERS[mediaType(contentType)];
  const accepted = acceptedTypes(resource, undefined);
  if (patcher === undefined || !accepted.includes(mediaType(contentType))) throw unsupportedMediaType(accepted);
  return patcher;
}

const APPLY_TYPE = 'application/apply-patch+yaml';
const STRATEGIC_TYPE = 'application/strategic-merge-patch+json';
const PATCHERS: Readonly<Record<string, Patcher>> = {
  'application/json-patch+json': applyJsonPatch,
  'application/merge-patch+json': applyMergePatch,
  [STRATEGIC_TYPE]: applyStrategicPatch,
};

function acceptedTypes({ custom }: Resource, subresource: string | undefined): readonly string[] {
  const patches = Object.keys(PATCHERS).filter((type) => type !== STRATEGIC_TYPE || !custom);
  return subresource === undefined ? [...patches, APPLY_TYPE] : patches;
}

function mediaType(contentType: string): string {
  return contentType.split(';')[0]?.trim().toLowerCase() ?? '';
}
