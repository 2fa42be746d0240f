import { NodeClaim, NodePool } from '@kubernetes-models/karpenter/karpenter.sh/v1';
import { ScaledJob, ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import { NODE_CLAIMS, NODE_POOLS, type Resource, SCALED_JOBS, SCALED_OBJECTS } from '../resources.ts';
import { isPlainObject, type PlainObject } from './patch.ts';
import { rulesOf } from './schema-rules.ts';
import type { FieldError } from './status.ts';

type Model = { readonly prototype: { validate(): void } };

/** The compiled schemas of the published CRD types. */
const MODELS: ReadonlyMap<Resource, Model> = new Map<Resource, Model>([
  [SCALED_OBJECTS, ScaledObject],
  [SCALED_JOBS, ScaledJob],
  [NODE_POOLS, NodePool],
  [NODE_CLAIMS, NodeClaim],
]);

type AjvError = { readonly instancePath: string; readonly keyword: string; readonly params: PlainObject };

/** What the CRD's schema and rules find wrong; empty for kinds without a CRD. */
export function findSchemaErrors(resource: Resource, object: PlainObject): readonly FieldError[] {
  const model = MODELS.get(resource);
  if (model === undefined) return [];
  const all = validate(model, object);
  // A value of the wrong type is not also judged by its format.
  const mistyped = new Set(all.filter(({ keyword }) => keyword === 'type').map(({ instancePath }) => instancePath));
  const judged = all.filter(({ keyword, instancePath }) => keyword !== 'format' || !mistyped.has(instancePath));
  const found = judged.flatMap((error) => toFieldError(error, object));
  const errors = [...found, ...rulesOf(resource, object, found)];
  return errors.filter((error, index) => errors.findIndex((one) => one.field === error.field && one.message === error.message) === index);
}

/**
 * The paths of fields that the CRD's schema doesn't know. The schemas are only to be had as compiled validators, so
 * the validator is run over a recording view of the object: what it never asks for it doesn't know.
 */
export function findUnknownFields(resource: Resource, object: PlainObject): readonly string[] {
  const model = MODELS.get(resource);
  if (model === undefined) return [];
  const visits = new Map<object, { readonly asked: Set<string>; open: boolean }>();
  validate(model, recordingView(object, visits));
  const unknown: string[] = [];
  const walk = (value: unknown, path: string): void => {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) walk(item, `${path}[${index}]`);
      return;
    }
    if (!isPlainObject(value)) return;
    const visit = visits.get(value);
    // Never looked into: the schema leaves this part free.
    if (visit === undefined || (visit.asked.size === 0 && !visit.open)) return;
    for (const [key, child] of Object.entries(value)) {
      const childPath = path === '' ? key : `${path}.${key}`;
      if (visit.open || visit.asked.has(key)) walk(child, childPath);
      else unknown.push(childPath);
    }
  };
  walk(object, '');
  return unknown;
}

/** The object without these fields, as the server stores it. */
export function prune(object: PlainObject, paths: readonly string[]): PlainObject {
  if (paths.length === 0) return object;
  const copy = structuredClone(object);
  for (const path of paths) {
    const keys = path.split(/\.|\[(\d+)\]\.?/).filter((key) => key !== undefined && key !== '');
    const last = keys.pop();
    let parent: unknown = copy;
    for (const key of keys) parent = Array.isArray(parent) ? parent[Number(key)] : isPlainObject(parent) ? parent[key] : undefined;
    if (isPlainObject(parent) && last !== undefined) delete parent[last];
  }
  return copy;
}

function validate(model: Model, object: object): readonly AjvError[] {
  try {
    Reflect.apply(model.prototype.validate, object, []);
    return [];
  } catch (error) {
    if (error instanceof Error && 'errors' in error && Array.isArray(error.errors)) return error.errors as readonly AjvError[];
    throw error;
  }
}

function recordingView(value: object, visits: Map<object, { readonly asked: Set<string>; open: boolean }>): object {
  const visit = { asked: new Set<string>(), open: false };
  visits.set(value, visit);
  const views = new Map<string, object>();
  return new Proxy(value, {
    get: (target, key) => {
      const child: unknown = Reflect.get(target, key);
      if (typeof key !== 'string') return child;
      visit.asked.add(key);
      if (typeof child !== 'object' || child === null) return child;
      const known = views.get(key);
      if (known !== undefined) return known;
      const view = recordingView(child, visits);
      views.set(key, view);
      return view;
    },
    ownKeys: (target) => {
      visit.open = true;
      return Reflect.ownKeys(target);
    },
  });
}

const GO_TYPES: Readonly<Record<string, string>> = {
  object: 'object',
  array: 'array',
  string: 'string',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
};

/** In the words of apiextensions-apiserver. */
function toFieldError({ instancePath, keyword, params }: AjvError, object: PlainObject): readonly FieldError[] {
  const keys = instancePath
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const field = keys.reduce((path, key) => (/^\d+$/.test(key) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`), '');
  const value = keys.reduce<unknown>(
    (parent, key) => (Array.isArray(parent) ? parent[Number(key)] : isPlainObject(parent) ? parent[key] : undefined),
    object,
  );
  const shown = JSON.stringify(value);
  switch (keyword) {
    case 'required': {
      const missing = String(params.missingProperty);
      return [{ field: field === '' ? missing : `${field}.${missing}`, reason: 'FieldValueRequired', message: 'Required value' }];
    }
    case 'type': {
      const wanted = GO_TYPES[String(params.type)] ?? String(params.type);
      const actual = goTypeOf(value);
      return [
        {
          field,
          reason: 'FieldValueTypeInvalid',
          message: `Invalid value: "${actual}": ${field} in body must be of type ${wanted}: "${actual}"`,
        },
      ];
    }
    case 'enum': {
      const allowed = Array.isArray(params.allowedValues) ? params.allowedValues.map((one) => JSON.stringify(one)).join(', ') : '';
      return [{ field, reason: 'FieldValueNotSupported', message: `Unsupported value: ${shown}: supported values: ${allowed}` }];
    }
    case 'minimum':
      return [
        {
          field,
          reason: 'FieldValueInvalid',
          message: `Invalid value: ${shown}: ${field} in body should be greater than or equal to ${String(params.limit)}`,
        },
      ];
    case 'maximum':
      return [
        {
          field,
          reason: 'FieldValueInvalid',
          message: `Invalid value: ${shown}: ${field} in body should be less than or equal to ${String(params.limit)}`,
        },
      ];
    case 'pattern':
      return [
        {
          field,
          reason: 'FieldValueInvalid',
          message: `Invalid value: ${shown}: ${field} in body should match '${String(params.pattern)}'`,
        },
      ];
    case 'minLength':
      return [
        {
          field,
          reason: 'FieldValueInvalid',
          message: `Invalid value: ${shown}: ${field} in body should be at least ${String(params.limit)} chars long`,
        },
      ];
    case 'maxItems':
      return [
        {
          field,
          reason: 'FieldValueTooMany',
          message: `Too many: ${Array.isArray(value) ? value.length : 0}: must have at most ${String(params.limit)} items`,
        },
      ];
    case 'minItems':
      return [
        {
          field,
          reason: 'FieldValueInvalid',
          message: `Invalid value: ${Array.isArray(value) ? value.length : 0}: ${field} in body should have at least ${String(params.limit)} items`,
        },
      ];
    case 'format':
      return [
        {
          field,
          reason: 'FieldValueInvalid',
          message: `Invalid value: ${shown}: ${field} in body must be of type ${String(params.format)}: ${shown}`,
        },
      ];
    case 'anyOf':
    case 'oneOf':
      return [
        {
          field,
          reason: 'FieldValueInvalid',
          message: `Invalid value: ${shown}: ${field} in body must validate at least one schema (anyOf)`,
        },
      ];
    default:
      return [{ field, reason: 'FieldValueInvalid', message: `Invalid value: ${shown}: ${field} in body fails ${keyword}` }];
  }
}

function goTypeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}
