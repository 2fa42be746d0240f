import { badRequest, failure } from './status.ts';

export type PlainObject = { [key: string]: unknown };

export function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 7396. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isPlainObject(patch)) return patch;
  const merged: PlainObject = isPlainObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else set(merged, key, applyMergePatch(merged[key], value));
  }
  return merged;
}

/**
 * Kubernetes' strategic merge for the built-in kinds, as far as their lists here go: lists of named things
 * (containers, volumes, env) merge by `name`, others are replaced; `$patch: delete` removes an item.
 */
export function applyStrategicPatch(target: unknown, patch: unknown): unknown {
  if (Array.isArray(patch)) return mergeLists(Array.isArray(target) ? target : [], patch);
  if (!isPlainObject(patch)) return patch;
  const merged: PlainObject = isPlainObject(target) && patch.$patch !== 'replace' ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) continue;
    if (value === null) delete merged[key];
    else set(merged, key, applyStrategicPatch(merged[key], value));
  }
  return merged;
}

function mergeLists(target: readonly unknown[], patch: readonly unknown[]): unknown {
  if (!patch.every((item) => isPlainObject(item) && typeof item.name === 'string')) return patch;
  const items = [...target];
  for (const item of patch) {
    if (!isPlainObject(item)) continue;
    const index = items.findIndex((one) => isPlainObject(one) && one.name === item.name);
    if (item.$patch === 'delete') {
      if (index >= 0) items.splice(index, 1);
    } else if (index >= 0) {
      items[index] = applyStrategicPatch(items[index], item);
    } else {
      items.push(applyStrategicPatch({}, item));
    }
  }
  return items;
}

const MAX_OPERATIONS = 10_000;

/** RFC 6902. A failing `test` or a path that leads nowhere is kube-apiserver's one 422 for all of these. */
export function applyJsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  if (patch.length > MAX_OPERATIONS)
    throw failure(413, 'RequestEntityTooLarge', `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`);
  let result: unknown = structuredClone(target);
  for (const operation of patch) {
    if (!isPlainObject(operation) || typeof operation.path !== 'string')
      throw badRequest('error decoding patch: an operation needs op and path');
    const { op, path, from, value } = operation;
    if (op === 'copy' || op === 'move') {
      const source = typeof from === 'string' ? from : '';
      const moved = readPointer(result, source);
      if (op === 'move') result = writePointer(result, source, { kind: 'remove' });
      result = writePointer(result, path, { kind: 'add', value: structuredClone(moved) });
    } else if (op === 'test') {
      if (JSON.stringify(readPointer(result, path)) !== JSON.stringify(value)) throw notApplicable();
    } else if (op === 'add' || op === 'replace') {
      if (op === 'replace') readPointer(result, path);
      result = writePointer(result, path, { kind: op, value });
    } else if (op === 'remove') {
      readPointer(result, path);
      result = writePointer(result, path, { kind: 'remove' });
    } else {
      throw badRequest(`Unexpected kind: ${String(op)}`);
    }
  }
  return result;
}

type Edit = { readonly kind: 'add' | 'replace'; readonly value: unknown } | { readonly kind: 'remove' };

function readPointer(root: unknown, pointer: string): unknown {
  let value: unknown = root;
  for (const key of keysOf(pointer)) {
    if (Array.isArray(value)) value = value[Number(key)];
    else if (isPlainObject(value) && Object.hasOwn(value, key)) value = value[key];
    else throw notApplicable();
  }
  if (value === undefined) throw notApplicable();
  return value;
}

function writePointer(root: unknown, pointer: string, edit: Edit): unknown {
  const keys = keysOf(pointer);
  const last = keys.pop();
  if (last === undefined) return edit.kind === 'remove' ? null : edit.value;
  const parent = readPointer(root, keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''));
  if (Array.isArray(parent)) {
    const index = last === '-' ? parent.length : Number(last);
    if (!Number.isInteger(index) || index < 0 || index > parent.length) throw notApplicable();
    if (edit.kind === 'remove') parent.splice(index, 1);
    else parent.splice(index, edit.kind === 'replace' ? 1 : 0, edit.value);
  } else if (isPlainObject(parent)) {
    if (edit.kind === 'remove') delete parent[last];
    else set(parent, last, edit.value);
  } else {
    throw notApplicable();
  }
  return root;
}

function keysOf(pointer: string): string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) throw notApplicable();
  return pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function notApplicable() {
  return failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}

/** `__proto__` from a request's body must become a field like any other. */
function set(object: PlainObject, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
