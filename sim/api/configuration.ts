import { parse as parseYaml } from 'yaml';
import { apiVersionOf, type Resource } from '../resources.ts';
import { isPlainObject, type PlainObject } from './patch.ts';
import { badRequest, type FieldError, failure } from './status.ts';

/** An applied configuration, YAML or JSON, with its type and identity checked. */
export function readConfiguration(resource: Resource, name: string, namespace: string | undefined, text: string): PlainObject {
  const value = parseYamlBody(text);
  if (!isPlainObject(value)) throw badRequest('error decoding YAML: an object is wanted');
  if (typeof value.kind !== 'string') throw badRequest(`error decoding YAML: Object 'Kind' is missing in '${text.slice(0, 100)}'`);
  checkType(resource, value);
  const metadata = isPlainObject(value.metadata) ? value.metadata : {};
  if (metadata.managedFields !== undefined && metadata.managedFields !== null) throw badRequest('metadata.managedFields must be nil');
  if (metadata.name !== undefined && metadata.name !== name)
    throw badRequest(`the name of the object (${String(metadata.name)}) does not match the name on the URL (${name})`);
  if (metadata.namespace !== undefined && metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  return value;
}

function parseYamlBody(text: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    throw badRequest(`error decoding YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function patchOptions(field: string, reason: FieldError['reason'], message: string): Error {
  return failure(422, 'Invalid', `PatchOptions.meta.k8s.io "" is invalid: ${field}: ${message}`, {
    group: 'meta.k8s.io',
    kind: 'PatchOptions',
    causes: [{ reason, message, field }],
  });
}

/** Server-side apply knows no pruning: what the schema doesn't have can't be owned. */
export function undeclared(resource: Resource, name: string, namespace: string | undefined, unknown: readonly string[]): Error {
  const what = `${namespace === undefined ? '' : `${namespace}/`}${name}; ${apiVersionOf(resource)}, Kind=${resource.kind}`;
  const errors = unknown.map((field) => `.${field}: field not declared in schema`);
  return failure(
    500,
    'InternalError',
    `failed to create typed patch object (${what}): ${errors.length === 1 ? errors[0] : `errors:\n  ${errors.join('\n  ')}`}`,
  );
}

export function checkType(resource: Resource, { apiVersion, kind }: PlainObject): void {
  if (apiVersion === apiVersionOf(resource) && kind === resource.kind) return;
  if (apiVersion === undefined && kind === undefined && !resource.custom) return;
  throw badRequest(
    apiVersion === apiVersionOf(resource)
      ? `the kind in the data (${String(kind)}) does not match the expected kind (${resource.kind})`
      : `the API version in the data (${String(apiVersion)}) does not match the expected API version (${apiVersionOf(resource)})`,
  );
}
