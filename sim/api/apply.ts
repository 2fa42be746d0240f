import { isDeepStrictEqual } from 'node:util';
import type { ManagedFields } from '../objects.ts';
import type { Resource } from '../resources.ts';
import { itemStep, leavesOf, listTypeOf, type Path, pathsOf, renderPath, sameLeaf, treeOf } from './field-paths.ts';
import { isOf, keepPaths, type Manager } from './managed-fields.ts';
import { isPlainObject, type PlainObject } from './patch.ts';
import { type ApiError, applyConflict } from './status.ts';

export type Applied = { readonly object: PlainObject; readonly managedFields: readonly ManagedFields[] };

/**
 * Server-side apply: the configuration's fields are set and owned; those that this applier owned alone and leaves out now
 * are removed. A field that somebody else owns with another value is a conflict, unless `force` takes it.
 *
 * @param live the object as it is; undefined: it is made
 * @throws {ApiError} 409 that names every conflict
 */
export function applyConfiguration(
  resource: Resource,
  live: PlainObject | undefined,
  configuration: PlainObject,
  entries: readonly ManagedFields[],
  by: Manager,
  force: boolean,
): Applied {
  const wanted = leavesOf(resource, configuration);
  const before = live === undefined ? new Map<string, unknown>() : leavesOf(resource, live);
  const others = entries.filter((entry) => !isOf(entry, by));
  const own = entries.find((entry) => isOf(entry, by));
  const conflicts = others.flatMap((entry) =>
    pathsOf(entry.fieldsV1)
      .filter((path) => wanted.has(path) && before.has(path) && !sameLeaf(wanted, before, path))
      .map((path) => ({ entry, path })),
  );
  if (conflicts.length > 0 && !force) throw conflictOf(conflicts);

  const merged = live === undefined ? configuration : mergeInto(resource, live, configuration, []);
  const othersPaths = others.flatMap((entry) => pathsOf(entry.fieldsV1));
  const held = new Set(othersPaths);
  const dropped = (own === undefined ? [] : pathsOf(own.fieldsV1)).filter((path) => !wanted.has(path) && !held.has(path));
  const object = dropPaths(isPlainObject(merged) ? merged : {}, dropped, othersPaths);

  const after = leavesOf(resource, object);
  const taken = new Set(conflicts.map(({ path }) => path));
  const kept = keepPaths(others, (path) => after.has(path) && !taken.has(path));
  const paths = [...wanted.keys()].sort();
  const fieldsV1 = treeOf(paths);
  // An apply that changes nothing keeps its time, and with it the object's version.
  const unchanged = own !== undefined && isDeepStrictEqual(own.fieldsV1, fieldsV1) && sameLeaves(before, after);
  const mine: ManagedFields = unchanged ? own : { ...by, fieldsType: 'FieldsV1', fieldsV1 };
  return { object, managedFields: paths.length === 0 ? kept : [mine, ...kept] };
}

function sameLeaves(left: Map<string, unknown>, right: Map<string, unknown>): boolean {
  return left.size === right.size && [...left.keys()].every((path) => sameLeaf(left, right, path));
}

/** Lists that are maps merge by their keys, sets by their values, all others are replaced; a null counts as left out. */
function mergeInto(resource: Resource, live: unknown, wanted: unknown, path: Path): unknown {
  if (isPlainObject(wanted) && isPlainObject(live)) {
    const merged: PlainObject = { ...live };
    for (const [key, value] of Object.entries(wanted))
      if (value !== null && value !== undefined) merged[key] = mergeInto(resource, live[key], value, [...path, `f:${key}`]);
    return merged;
  }
  if (!Array.isArray(wanted) || !Array.isArray(live)) return wanted;
  const type = listTypeOf(resource, path);
  switch (type.kind) {
    case 'atomic':
      return wanted;
    case 'set':
      return [...live, ...wanted.filter((item) => !live.some((one) => isDeepStrictEqual(one, item)))];
    case 'map': {
      const items: unknown[] = [...live];
      for (const item of wanted) {
        const step = itemStep(item, type.keys);
        const index = items.findIndex((one) => step !== undefined && itemStep(one, type.keys) === step);
        if (index < 0) items.push(item);
        else items[index] = mergeInto(resource, items[index], item, [...path, step ?? '']);
      }
      return items;
    }
  }
}

/** Items go whole where nobody else owns anything in them. */
function dropPaths(object: PlainObject, dropped: readonly string[], othersPaths: readonly string[]): PlainObject {
  const paths = dropped.map((path) => JSON.parse(path) as Path);
  const items = paths.filter((path) => path.at(-1) === '.').map((path) => path.slice(0, -1));
  const wholly = items.filter((item) => {
    const prefix = JSON.stringify(item).slice(0, -1);
    return !othersPaths.some((path) => path.startsWith(`${prefix},`));
  });
  const inside = (path: Path) => wholly.some((item) => item.every((step, index) => step === path[index]));
  const single = paths.filter((path) => path.at(-1) !== '.' && !inside(path));
  return [...wholly, ...single].reduce<PlainObject>((current, path) => {
    const next = dropPath(current, path);
    return isPlainObject(next) ? next : {};
  }, object);
}

/** The value without what the path leads to; undefined when nothing of it is left. */
function dropPath(value: unknown, [step, ...rest]: Path): unknown {
  if (step === undefined) return undefined;
  if (step.startsWith('f:')) {
    const key = step.slice(2);
    if (!isPlainObject(value) || value[key] === undefined) return value;
    const { [key]: child, ...others } = value;
    const left = dropPath(child, rest);
    if (left !== undefined) return { ...value, [key]: left };
    return Object.keys(others).length === 0 ? undefined : others;
  }
  if (!Array.isArray(value)) return value;
  const keys = step.startsWith('k:') ? Object.keys(JSON.parse(step.slice(2)) as PlainObject) : undefined;
  const kept = value.flatMap((item: unknown): unknown[] => {
    const isIt = keys === undefined ? `v:${JSON.stringify(item)}` === step : itemStep(item, keys) === step;
    if (!isIt) return [item];
    const left = dropPath(item, rest);
    return left === undefined ? [] : [left];
  });
  return kept.length === 0 ? undefined : kept;
}

type Conflict = { readonly entry: ManagedFields; readonly path: string };

/** In apimachinery's words: one conflict on a line, several grouped by their manager. */
function conflictOf(conflicts: readonly Conflict[]): ApiError {
  const causes = conflicts.map(({ entry, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${renderManager(entry)}`,
    field: renderPath(path),
  }));
  const [first] = causes;
  if (first !== undefined && causes.length === 1)
    return applyConflict(`Apply failed with 1 conflict: ${first.message}: ${first.field}`, causes);
  const managers = [...new Set(causes.map(({ message }) => message))].sort();
  const groups = managers.map((manager) => {
    const fields = causes.filter(({ message }) => message === manager).map(({ field }) => `- ${field}`);
    return `${manager.replace('conflict with', 'conflicts with')}:\n${fields.join('\n')}`;
  });
  return applyConflict(`Apply failed with ${causes.length} conflicts: ${groups.join('\n')}`, causes);
}

function renderManager({ manager, operation, apiVersion }: ManagedFields): string {
  return operation === 'Update' ? `${JSON.stringify(manager)} using ${apiVersion}` : JSON.stringify(manager);
}
