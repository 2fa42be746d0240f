import { RESOURCES, type Resource } from '../resources.ts';

/** What a request's path names. */
export type Target = {
  readonly resource: Resource;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: 'status' | 'scale';
};

/** `/api/v1/…` and `/apis/GROUP/VERSION/…`; undefined for anything that the twin doesn't serve. */
export function parsePath(path: string): Target | undefined {
  const parts = path.split('/').slice(1).map(decode);
  const [root, ...rest] = parts;
  if (parts.some((part) => part === undefined || part === '')) return undefined;
  const [group, version, ...tail] = root === 'api' ? ['', ...rest] : root === 'apis' ? rest : [];
  if (group === undefined || version === undefined) return undefined;
  const inNamespace = tail[0] === 'namespaces' && tail.length > 2 && tail[2] !== 'status';
  const [plural, name, subresource, ...more] = inNamespace ? tail.slice(2) : tail;
  const resource = RESOURCES.find((one) => one.group === group && one.version === version && one.plural === plural);
  if (resource === undefined || more.length > 0) return undefined;
  if (inNamespace !== resource.namespaced && (inNamespace || name !== undefined)) return undefined;
  if (subresource !== undefined && !isSubresource(resource, subresource)) return undefined;
  return {
    resource,
    ...(inNamespace && tail[1] !== undefined ? { namespace: tail[1] } : {}),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

function isSubresource(resource: Resource, text: string): text is 'status' | 'scale' {
  return resource.subresources.some((one) => one === text);
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
