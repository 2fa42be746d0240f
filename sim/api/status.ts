import { qualifiedName, type Resource } from '../resources.ts';

export type Cause = { readonly reason: string; readonly message: string; readonly field: string };

/** The `Status` object that Kubernetes answers failures with. */
export type StatusBody = {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: { readonly continue?: string };
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: {
    readonly name?: string;
    readonly group?: string;
    readonly kind?: string;
    readonly uid?: string;
    readonly causes?: readonly Cause[];
    readonly retryAfterSeconds?: number;
  };
  readonly code: number;
};

/** Thrown inside the API server, answered as its `Status`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly body: StatusBody;

  constructor(body: StatusBody) {
    super(body.message ?? body.reason ?? 'failure');
    this.body = body;
  }
}

export function failure(code: number, reason: string, message: string, details?: StatusBody['details']): ApiError {
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details === undefined ? {} : { details }),
    code,
  });
}

function about(resource: Resource, name: string): { name: string; group?: string; kind: string } {
  return { name, ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.plural };
}

export function notFound(resource: Resource, name: string): ApiError {
  return failure(404, 'NotFound', `${qualifiedName(resource)} "${name}" not found`, about(resource, name));
}

export function alreadyExists(resource: Resource, name: string, beingDeleted: boolean): ApiError {
  const prefix = beingDeleted ? 'object is being deleted: ' : '';
  return failure(409, 'AlreadyExists', `${prefix}${qualifiedName(resource)} "${name}" already exists`, about(resource, name));
}

export function conflict(resource: Resource, name: string): ApiError {
  const why = 'the object has been modified; please apply your changes to the latest version and try again';
  return failure(409, 'Conflict', `Operation cannot be fulfilled on ${qualifiedName(resource)} "${name}": ${why}`, about(resource, name));
}

/** Server-side apply met fields of others. */
export function applyConflict(message: string, causes: readonly Cause[]): ApiError {
  return failure(409, 'Conflict', message, { causes });
}

export type FieldError = {
  readonly field: string;
  readonly reason:
    | 'FieldValueInvalid'
    | 'FieldValueRequired'
    | 'FieldValueNotSupported'
    | 'FieldValueTypeInvalid'
    | 'FieldValueTooMany'
    | 'FieldValueForbidden';
  /** Without the field's name: `Invalid value: -1: …`. */
  readonly message: string;
};

/** `kind` and `name` are empty where kube-apiserver doesn't know them, as for a patch that can't be applied. */
export function invalid(resource: Resource | undefined, name: string, errors: readonly FieldError[]): ApiError {
  const kind = resource === undefined ? '' : resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`;
  const texts = errors.map(({ field, message }) => `${field}: ${message}`);
  const text = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return failure(422, 'Invalid', `${kind} "${name}" is invalid: ${text}`, {
    ...(name === '' ? {} : { name }),
    ...(resource === undefined || resource.group === '' ? {} : { group: resource.group }),
    ...(resource === undefined ? {} : { kind: resource.kind }),
    causes: errors.map(({ field, reason, message }) => ({ reason, message, field })),
  });
}

export function badRequest(message: string): ApiError {
  return failure(400, 'BadRequest', message);
}

export function expired(): ApiError {
  return failure(
    410,
    'Expired',
    'The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.',
  );
}

export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  return failure(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
}
