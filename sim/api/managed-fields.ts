import type { ManagedFields } from '../objects.ts';
import type { Resource } from '../resources.ts';
import { leavesOf, pathsOf, sameLeaf, treeOf } from './field-paths.ts';
import type { PlainObject } from './patch.ts';

export type Manager = {
  readonly manager: string;
  readonly operation: ManagedFields['operation'];
  readonly apiVersion: string;
  readonly time: string;
};

/** The owners after `manager` made `next` of `previous`: it owns what it changed, nobody else does any more, and what is gone has no owner. */
export function recordOwner(
  resource: Resource,
  previous: PlainObject | undefined,
  next: PlainObject,
  entries: readonly ManagedFields[],
  by: Manager,
): readonly ManagedFields[] {
  const before = previous === undefined ? new Map<string, unknown>() : leavesOf(resource, previous);
  const after = leavesOf(resource, next);
  const changed = [...after.keys()].filter((path) => !sameLeaf(before, after, path));
  const gone = [...before.keys()].filter((path) => !after.has(path));
  if (changed.length === 0 && gone.length === 0) return entries;
  const taken = new Set(changed);
  const kept = keepPaths(
    entries.filter((entry) => !isOf(entry, by)),
    (path) => after.has(path) && !taken.has(path),
  );
  const own = entries.find((entry) => isOf(entry, by));
  const paths = [...new Set([...(own === undefined ? [] : pathsOf(own.fieldsV1).filter((path) => after.has(path))), ...changed])].sort();
  return paths.length === 0 ? kept : [...kept, { ...by, fieldsType: 'FieldsV1', fieldsV1: treeOf(paths) }];
}

/** The entries with the paths that still count; one that keeps none is gone. */
export function keepPaths(entries: readonly ManagedFields[], counts: (path: string) => boolean): readonly ManagedFields[] {
  return entries.flatMap((entry) => {
    const all = pathsOf(entry.fieldsV1);
    const paths = all.filter(counts);
    if (paths.length === 0) return [];
    return [paths.length === all.length ? entry : { ...entry, fieldsV1: treeOf(paths) }];
  });
}

export function isOf(entry: ManagedFields, { manager, operation }: Pick<Manager, 'manager' | 'operation'>): boolean {
  return entry.manager === manager && entry.operation === operation;
}
