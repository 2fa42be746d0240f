import { NODE_POOLS, type Resource, SCALED_JOBS, SCALED_OBJECTS } from '../resources.ts';
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

/** Rules beside the schema. CEL rules run only on objects whose schema is right, as on the real server. */
export function rulesOf(resource: Resource, object: PlainObject, schemaIsRight: boolean): readonly FieldError[] {
  const spec = object.spec;
  if (!isPlainObject(spec)) return [];
  if (resource === SCALED_OBJECTS || resource === SCALED_JOBS) {
    const bounds = resource === SCALED_OBJECTS ? minimumErrors(spec) : [];
    return bounds.length === 0 && schemaIsRight && resource === SCALED_OBJECTS ? scaledObjectRules(spec) : bounds;
  }
  if (resource === NODE_POOLS && schemaIsRight) return nodePoolRules(spec);
  return [];
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
