import { NODE_CLAIMS, NODE_POOLS, type Resource, SCALED_OBJECTS } from '../resources.ts';
import { isPlainObject, type PlainObject } from './patch.ts';
import type { FieldError } from './status.ts';

/** Bounds that KEDA's CRD has since 2.20 and the published types don't carry (facts-kubernetes 1.1). */
const MINIMUM: Readonly<Record<string, number>> = {
  pollingInterval: 1,
  cooldownPeriod: 0,
  initialCooldownPeriod: 0,
  idleReplicaCount: 0,
  minReplicaCount: 0,
  maxReplicaCount: 1,
};

/** Kinds whose CRD has CEL rules. */
const WITH_CEL: ReadonlySet<Resource> = new Set([SCALED_OBJECTS, NODE_POOLS, NODE_CLAIMS]);

/** What keeps the API server from running CEL rules on an object (hasBlockingErr of apiextensions-apiserver). */
const BLOCKING: ReadonlySet<FieldError['reason']> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

const NOT_CHECKED: FieldError = {
  field: '<nil>',
  reason: 'FieldValueInvalid',
  message:
    'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
};

/** What is said beside `errors` when they keep CEL rules of the kind from being run; otherwise nothing. */
export function unchecked(resource: Resource, errors: readonly FieldError[]): readonly FieldError[] {
  return WITH_CEL.has(resource) && errors.some(({ reason }) => BLOCKING.has(reason)) ? [NOT_CHECKED] : [];
}

/** Rules beside the schema, which found `errors`. */
export function rulesOf(resource: Resource, object: PlainObject, errors: readonly FieldError[]): readonly FieldError[] {
  const spec = isPlainObject(object.spec) ? object.spec : {};
  const bounds = resource === SCALED_OBJECTS ? minimumErrors(spec) : [];
  const blocked = unchecked(resource, [...errors, ...bounds]);
  if (blocked.length > 0) return [...bounds, ...blocked];
  if (resource === SCALED_OBJECTS) return [...bounds, ...scaledObjectRules(spec)];
  if (resource === NODE_POOLS) return nodePoolRules(spec);
  return bounds;
}

function minimumErrors(spec: PlainObject): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [name, least] of Object.entries(MINIMUM)) {
    const value = spec[name];
    if (typeof value === 'number' && value < least) {
      const field = `spec.${name}`;
      errors.push({
        field,
        reason: 'FieldValueInvalid',
        message: `Invalid value: ${value}: ${field} in body should be greater than or equal to ${least}`,
      });
    }
  }
  if (Array.isArray(spec.triggers) && spec.triggers.length === 0) {
    errors.push({
      field: 'spec.triggers',
      reason: 'FieldValueInvalid',
      message: 'Invalid value: 0: spec.triggers in body should have at least 1 items',
    });
  }
  return errors;
}

function scaledObjectRules({ minReplicaCount: min, maxReplicaCount: max }: PlainObject): readonly FieldError[] {
  if (typeof min !== 'number' || min <= (typeof max === 'number' ? max : 100)) return [];
  return [
    { field: 'spec', reason: 'FieldValueInvalid', message: 'Invalid value: minReplicaCount must be less than or equal to maxReplicaCount' },
  ];
}

function nodePoolRules(spec: PlainObject): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (spec.replicas !== undefined && spec.weight !== undefined) {
    errors.push({
      field: 'spec',
      reason: 'FieldValueInvalid',
      message: 'Invalid value: "object": Field "weight" is not allowed when "replicas" is set',
    });
  }
  const budgets = isPlainObject(spec.disruption) ? spec.disruption.budgets : undefined;
  if (
    Array.isArray(budgets) &&
    budgets.some((budget) => isPlainObject(budget) && (budget.schedule === undefined) !== (budget.duration === undefined))
  ) {
    errors.push({
      field: 'spec.disruption',
      reason: 'FieldValueInvalid',
      message: "Invalid value: \"object\": 'schedule' must be set with 'duration'",
    });
  }
  return errors;
}

/** Defaults that the CRDs write into stored objects. */
export function withDefaults(resource: Resource, object: PlainObject): PlainObject {
  if (!isPlainObject(object.spec)) return object;
  if (resource === NODE_POOLS) {
    const disruption = isPlainObject(object.spec.disruption) ? object.spec.disruption : {};
    const filled = { budgets: [{ nodes: '10%' }], consolidateAfter: '0s', consolidationPolicy: 'WhenEmptyOrUnderutilized', ...disruption };
    return { ...object, spec: { ...object.spec, disruption: filled } };
  }
  return object;
}
