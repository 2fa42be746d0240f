import { AUTOSCALERS, DEPLOYMENTS, LIMIT_RANGES, RESOURCE_QUOTAS, type Resource } from '../resources.ts';
import { isPlainObject, type PlainObject } from './patch.ts';
import { unchecked } from './schema-rules.ts';
import { badRequest, type FieldError, invalid } from './status.ts';

/** The built-in kinds' top-level spec fields; what lies below is taken as it comes. */
const SPEC_FIELDS: ReadonlyMap<Resource, readonly string[]> = new Map<Resource, readonly string[]>([
  [
    DEPLOYMENTS,
    ['minReadySeconds', 'paused', 'progressDeadlineSeconds', 'replicas', 'revisionHistoryLimit', 'selector', 'strategy', 'template'],
  ],
  [RESOURCE_QUOTAS, ['hard', 'scopes', 'scopeSelector']],
  [LIMIT_RANGES, ['limits']],
  [AUTOSCALERS, ['behavior', 'maxReplicas', 'metrics', 'minReplicas', 'scaleTargetRef']],
]);

export function findUnknownBuiltInFields(resource: Resource, { spec }: PlainObject): readonly string[] {
  const known = SPEC_FIELDS.get(resource);
  if (known === undefined || !isPlainObject(spec)) return [];
  return Object.keys(spec)
    .filter((key) => !known.includes(key))
    .map((key) => `spec.${key}`);
}

/** The rules that the twin's own controllers rely on. */
export function findBuiltInErrors(resource: Resource, { spec }: PlainObject): readonly FieldError[] {
  if (resource === DEPLOYMENTS) {
    if (!isPlainObject(spec)) return [required('spec')];
    const errors = [...wholeNumber(spec, 'replicas', 0)];
    if (!isPlainObject(spec.selector)) errors.push(required('spec.selector'));
    if (
      !isPlainObject(spec.template) ||
      !isPlainObject(spec.template.spec) ||
      !Array.isArray(spec.template.spec.containers) ||
      spec.template.spec.containers.length === 0
    ) {
      errors.push(required('spec.template.spec.containers'));
    }
    return errors;
  }
  if (resource === LIMIT_RANGES) return isPlainObject(spec) && Array.isArray(spec.limits) ? [] : [required('spec.limits')];
  if (resource === RESOURCE_QUOTAS) {
    const hard = isPlainObject(spec) && isPlainObject(spec.hard) ? spec.hard : {};
    return Object.keys(hard).flatMap(badQuotaKey);
  }
  if (resource === AUTOSCALERS) {
    if (!isPlainObject(spec)) return [required('spec')];
    return [...autoscalerBounds(spec), ...(isPlainObject(spec.scaleTargetRef) ? [] : [required('spec.scaleTargetRef')])];
  }
  return [];
}

/** Keys without a domain must be ones that Kubernetes knows; with one, anything goes. */
const QUOTA_KEY =
  /^((requests\.|limits\.)?(cpu|memory|ephemeral-storage)|pods|services|services\.(nodeports|loadbalancers)|replicationcontrollers|resourcequotas|secrets|configmaps|persistentvolumeclaims|requests\.storage)$|\//;

function badQuotaKey(key: string): FieldError[] {
  if (QUOTA_KEY.test(key)) return [];
  const invalid = (message: string): FieldError => ({
    field: `spec.hard[${key}]`,
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${JSON.stringify(key)}: ${message}`,
  });
  return [invalid('must be a standard resource type or fully qualified'), invalid('must be a standard resource for quota')];
}

/** An absent min is 1, an absent max 0 (autoscaling/v2 defaults and validation). */
function autoscalerBounds(spec: PlainObject): readonly FieldError[] {
  const errors = wholeNumber(spec, 'minReplicas', 1);
  const { minReplicas: min = 1, maxReplicas: max = 0 } = spec;
  if (min === 0 && !canScaleFromZero(spec.metrics)) {
    const message = 'Forbidden: must specify at least one Object or External metric to support scaling to zero replicas';
    errors.push({ field: 'spec.metrics', reason: 'FieldValueForbidden', message });
  }
  if (typeof max !== 'number' || !Number.isInteger(max)) return [...errors, ...wholeNumber(spec, 'maxReplicas', 1)];
  const tooLow = (why: string): FieldError => ({
    field: 'spec.maxReplicas',
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${max}: must be greater than ${why}`,
  });
  if (max < 1) errors.push(tooLow('0'));
  if (typeof min === 'number' && max < min) errors.push(tooLow('or equal to `minReplicas`'));
  return errors;
}

function canScaleFromZero(metrics: unknown): boolean {
  return (
    Array.isArray(metrics) && metrics.some((metric) => isPlainObject(metric) && (metric.type === 'Object' || metric.type === 'External'))
  );
}

/** RFC 1123 names, and a namespace that is the URL's. */
export function checkNewMetadata(resource: Resource, { name, namespace }: PlainObject, inNamespace: string | undefined): void {
  if (typeof name !== 'string' || name === '') {
    const missing: FieldError = {
      field: 'metadata.name',
      reason: 'FieldValueRequired',
      message: 'Required value: name or generateName is required',
    };
    throw invalid(resource, '', [missing, ...unchecked(resource, [missing])]);
  }
  if (name.length > 253 || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)) {
    const message = `Invalid value: ${JSON.stringify(name)}: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`;
    throw invalid(resource, name, [{ field: 'metadata.name', reason: 'FieldValueInvalid', message }]);
  }
  if (namespace !== undefined && namespace !== inNamespace) {
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  }
}

function required(field: string): FieldError {
  return { field, reason: 'FieldValueRequired', message: 'Required value' };
}

function wholeNumber(spec: PlainObject, key: string, least: number): FieldError[] {
  const value = spec[key];
  if (value === undefined) return [];
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    return [
      { field: `spec.${key}`, reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(value)}: must be a whole number` },
    ];
  }
  return value >= least
    ? []
    : [
        {
          field: `spec.${key}`,
          reason: 'FieldValueInvalid',
          message: `Invalid value: ${value}: must be greater than or equal to ${least}`,
        },
      ];
}
