import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../objects.ts';
import type { Resource } from '../resources.ts';
import { isPlainObject, type PlainObject } from './patch.ts';

/** One step into an object, as FieldsV1 writes it: `f:name`, `k:{"name":"x"}`, `v:"x"`, `.` for an item itself. */
export type Path = readonly string[];

/** How a list is owned: as one value, by the items' keys, or value by value. */
export type ListType = { readonly kind: 'atomic' } | { readonly kind: 'map'; readonly keys: readonly string[] } | { readonly kind: 'set' };

const ATOMIC: ListType = { kind: 'atomic' };
const BY_NAME: ListType = { kind: 'map', keys: ['name'] };

/** The lists that Kubernetes merges, by the name of their field; a CRD's are atomic where it doesn't say otherwise. */
const BUILT_IN_LISTS: ReadonlyMap<string, ListType> = new Map<string, ListType>([
  ['containers', BY_NAME],
  ['initContainers', BY_NAME],
  ['env', BY_NAME],
  ['volumes', BY_NAME],
  ['imagePullSecrets', BY_NAME],
  ['volumeMounts', { kind: 'map', keys: ['mountPath'] }],
  ['ports', { kind: 'map', keys: ['containerPort', 'protocol'] }],
]);
const KEY_DEFAULTS: Readonly<Record<string, string>> = { protocol: 'TCP' };

export function listTypeOf(resource: Resource, path: Path): ListType {
  const field = path.at(-1)?.slice('f:'.length) ?? '';
  if (path[0] === 'f:metadata') {
    if (field === 'finalizers') return { kind: 'set' };
    return field === 'ownerReferences' ? { kind: 'map', keys: ['uid'] } : ATOMIC;
  }
  return resource.custom ? ATOMIC : (BUILT_IN_LISTS.get(field) ?? ATOMIC);
}

/** The step to an item of a list that is a map; undefined when the item lacks a key. */
export function itemStep(item: unknown, keys: readonly string[]): string | undefined {
  if (!isPlainObject(item)) return undefined;
  const found = keys.map((key) => [key, item[key] ?? KEY_DEFAULTS[key]] as const);
  return found.some(([, value]) => value === undefined) ? undefined : `k:${JSON.stringify(Object.fromEntries(found))}`;
}

/** What of an object has owners: all but its type, identity and status. Keys are paths as JSON. */
export function leavesOf(resource: Resource, object: PlainObject): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  const walk = (value: unknown, path: Path): void => {
    if (value === undefined || value === null) return;
    if (isPlainObject(value) && Object.keys(value).length > 0) {
      for (const [key, child] of Object.entries(value)) walk(child, [...path, `f:${key}`]);
      return;
    }
    const type = Array.isArray(value) && value.length > 0 ? listTypeOf(resource, path) : ATOMIC;
    const steps = type.kind === 'map' && Array.isArray(value) ? value.map((item) => itemStep(item, type.keys)) : [];
    if (type.kind === 'map' && Array.isArray(value) && steps.every((step) => step !== undefined)) {
      for (const [index, step] of steps.entries()) {
        leaves.set(JSON.stringify([...path, step, '.']), true);
        walk(value[index], [...path, step ?? '']);
      }
    } else if (type.kind === 'set' && Array.isArray(value)) {
      for (const item of value) leaves.set(JSON.stringify([...path, `v:${JSON.stringify(item)}`]), item);
    } else {
      leaves.set(JSON.stringify(path), value);
    }
  };
  for (const [key, value] of Object.entries(object)) {
    if (['apiVersion', 'kind', 'status', 'metadata'].includes(key)) continue;
    walk(value, [`f:${key}`]);
  }
  const metadata = isPlainObject(object.metadata) ? object.metadata : {};
  for (const key of ['labels', 'annotations', 'finalizers', 'ownerReferences']) {
    const value = metadata[key];
    if (isPlainObject(value) && Object.keys(value).length === 0) continue;
    walk(value, ['f:metadata', `f:${key}`]);
  }
  return leaves;
}

export function pathsOf(tree: JsonObject): readonly string[] {
  const paths: string[] = [];
  const walk = (node: unknown, path: Path): void => {
    if (!isPlainObject(node)) return;
    const keys = Object.keys(node);
    if (keys.length === 0) paths.push(JSON.stringify(path));
    for (const key of keys) walk(node[key], [...path, key]);
  };
  walk(tree, []);
  return paths;
}

export function treeOf(paths: readonly string[]): JsonObject {
  type Tree = { [key: string]: Tree };
  const root: Tree = {};
  for (const path of paths) {
    let node = root;
    for (const step of JSON.parse(path) as Path) {
      const child = node[step] ?? {};
      node[step] = child;
      node = child;
    }
  }
  return root;
}

/** As structured-merge-diff prints a path: `.spec.containers[name="a"].image`. */
export function renderPath(path: string): string {
  return (JSON.parse(path) as Path)
    .map((step) => {
      if (step.startsWith('f:')) return `.${step.slice(2)}`;
      if (step === '.') return '';
      if (step.startsWith('v:')) return `[=${step.slice(2)}]`;
      const keys = Object.entries(JSON.parse(step.slice(2)) as PlainObject).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
      return `[${keys.join(',')}]`;
    })
    .join('');
}

export function sameLeaf(left: Map<string, unknown>, right: Map<string, unknown>, path: string): boolean {
  return left.has(path) && right.has(path) && isDeepStrictEqual(left.get(path), right.get(path));
}
