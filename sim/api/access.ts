import { qualifiedName } from '../resources.ts';
import type { Target } from './path.ts';
import { type ApiError, failure } from './status.ts';

/** What a token may do; a rule grants what all four of its lists name. `*` stands for all. */
export type AccessRule = {
  readonly apiGroups: readonly string[];
  /** Plurals; a subresource as `deployments/scale`. */
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Left out: every namespace, and objects without one. */
  readonly namespaces?: readonly string[];
  readonly resourceNames?: readonly string[];
};

export type User = { readonly name: string; readonly rules: readonly AccessRule[] };

export const EVERYTHING: readonly AccessRule[] = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];

export function unauthorized(): ApiError {
  return failure(401, 'Unauthorized', 'Unauthorized');
}

export function isAllowed(user: User, verb: string, target: Target): boolean {
  const resource = target.subresource === undefined ? target.resource.plural : `${target.resource.plural}/${target.subresource}`;
  return user.rules.some(
    (rule) =>
      names(rule.apiGroups, target.resource.group) &&
      names(rule.resources, resource) &&
      names(rule.verbs, verb) &&
      (rule.namespaces === undefined || (target.namespace !== undefined && names(rule.namespaces, target.namespace))) &&
      (rule.resourceNames === undefined || (target.name !== undefined && rule.resourceNames.includes(target.name))),
  );
}

export function forbidden(user: User, verb: string, { resource, namespace, name, subresource }: Target): ApiError {
  const object = name === undefined ? qualifiedName(resource) : `${qualifiedName(resource)} "${name}"`;
  const what = subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const message = `${object} is forbidden: User "${user.name}" cannot ${verb} resource "${what}" in API group "${resource.group}" ${where}`;
  return failure(403, 'Forbidden', message, {
    ...(name === undefined ? {} : { name }),
    ...(resource.group === '' ? {} : { group: resource.group }),
    kind: resource.plural,
  });
}

function names(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}
