import { isDeepStrictEqual } from 'node:util';
import type { JsonObject, ManagedFields } from '../objects.ts';
import { isPlainObject, type PlainObject } from './patch.ts';

/** Parts whose owners are kept: what people and controllers quarrel about. Lists count as one field. */
const TRACKED = [['spec'], ['metadata', 'labels'], ['metadata', 'annotations']] as const;

/** The owners after `manager` made `next` of `previous`: it owns what it changed, nobody else does any more, and what is gone has no owner. */
export function recordOwner(
  previous: PlainObject | undefined,
  next: PlainObject,
  entries: readonly ManagedFields[],
  by: { readonly manager: string; readonly operation: ManagedFields['operation']; readonly apiVersion: string; readonly time: string },
): readonly ManagedFields[] {
  const before = previous === undefined ? new Map<string, unknown>() : leavesOf(previous);
  const after = leavesOf(next);
  const changed = [...after]
    .filter(([path, value]) => !before.has(path) || !isDeepStrictEqual(before.get(path), value))
    .map(([path]) => path);
  const gone = [...before.keys()].filter((path) => !after.has(path));
  if (changed.length === 0 && gone.length === 0) return entries;
  const isBy = (entry: ManagedFields) => entry.manager === by.manager && entry.operation === by.operation;
  const kept = entries
    .filter((entry) => !isBy(entry))
    .map((entry) => ({ entry, paths: pathsOf(entry.fieldsV1).filter((path) => after.has(path) && !changed.includes(path)) }))
    .filter(({ paths }) => paths.length > 0)
    .map(({ entry, paths }) => ({ ...entry, fieldsV1: treeOf(paths) }));
  const own = entries.find(isBy);
  const paths = [...new Set([...(own === undefined ? [] : pathsOf(own.fieldsV1).filter((path) => after.has(path))), ...changed])].sort();
  return paths.length === 0 ? kept : [...kept, { ...by, fieldsType: 'FieldsV1', fieldsV1: treeOf(paths) }];
}

/** Paths as JSON arrays of field names. */
function leavesOf(object: PlainObject): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  const walk = (value: unknown, path: readonly string[]): void => {
    if (isPlainObject(value) && Object.keys(value).length > 0)
      for (const [key, child] of Object.entries(value)) walk(child, [...path, key]);
    else if (value !== undefined) leaves.set(JSON.stringify(path), value);
  };
  for (const path of TRACKED) {
    walk(
      path.reduce<unknown>((value, key) => (isPlainObject(value) ? value[key] : undefined), object),
      path,
    );
  }
  return leaves;
}

function pathsOf(tree: JsonObject): readonly string[] {
  const paths: string[] = [];
  const walk = (node: unknown, path: readonly string[]): void => {
    if (!isPlainObject(node)) return;
    const keys = Object.keys(node);
    if (keys.length === 0) paths.push(JSON.stringify(path));
    for (const key of keys) walk(node[key], [...path, key.slice('f:'.length)]);
  };
  walk(tree, []);
  return paths;
}

function treeOf(paths: readonly string[]): JsonObject {
  type Tree = { [key: string]: Tree };
  const root: Tree = {};
  for (const path of paths) {
    let node = root;
    for (const key of JSON.parse(path) as readonly string[]) {
      const child = node[`f:${key}`] ?? {};
      node[`f:${key}`] = child;
      node = child;
    }
  }
  return root;
}
