import { renderTime, type SimClock } from './clock.ts';
import type { KubeObject, NewObject } from './objects.ts';
import type { Random } from './random.ts';
import { apiVersionOf, type Resource } from './resources.ts';

export type Change = {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: Resource;
  readonly object: KubeObject;
  readonly previous?: KubeObject;
  readonly revision: number;
};

/** Every object of the cluster. Objects are immutable values: a change puts another one in its place, so a list is a snapshot. */
export type Store = {
  readonly revision: () => number;
  /** The time that the API server writes into objects. */
  readonly stamp: () => string;
  readonly get: <T extends KubeObject>(resource: Resource<T>, namespace: string | undefined, name: string) => T | undefined;
  /** In the order of namespace and name, as etcd's keys have it. */
  readonly list: <T extends KubeObject>(resource: Resource<T>, namespace?: string) => readonly T[];
  readonly create: <T extends KubeObject>(resource: Resource<T>, object: NewObject<T>) => T;
  /** Replaces what is stored; the generation counts up when `spec` is another value than before. */
  readonly update: <T extends KubeObject>(resource: Resource<T>, object: T) => T;
  readonly remove: <T extends KubeObject>(resource: Resource<T>, object: T) => void;
  readonly subscribe: (listener: (change: Change) => void) => () => void;
};

type Table = {
  readonly objects: Map<string, KubeObject>;
  keys: readonly string[] | undefined;
  readonly lists: Map<string, readonly KubeObject[]>;
};

/** @param skewMs how far the server's clock is ahead of the simulated one */
export function createStore(clock: SimClock, random: Random, skewMs: () => number = () => 0): Store {
  const tables = new Map<Resource, Table>();
  const listeners = new Set<(change: Change) => void>();
  const uids = random.fork('uid');
  const untold: Change[] = [];
  let telling = false;
  let revision = 0;

  const stamp = () => renderTime(clock.now() + skewMs());

  function tableOf(resource: Resource): Table {
    const existing = tables.get(resource);
    if (existing !== undefined) return existing;
    const table: Table = { objects: new Map(), keys: undefined, lists: new Map() };
    tables.set(resource, table);
    return table;
  }

  function get<T extends KubeObject>(resource: Resource<T>, namespace: string | undefined, name: string): T | undefined {
    // The tables hold under a resource only what was created under it.
    return tableOf(resource).objects.get(keyOf(namespace, name)) as T | undefined;
  }

  function list<T extends KubeObject>(resource: Resource<T>, namespace?: string): readonly T[] {
    const table = tableOf(resource);
    const cached = table.lists.get(namespace ?? '');
    if (cached !== undefined) return cached as readonly T[];
    table.keys ??= [...table.objects.keys()].sort();
    const prefix = namespace === undefined ? '' : `${namespace}/`;
    const found: KubeObject[] = [];
    for (const key of table.keys) {
      const object = key.startsWith(prefix) ? table.objects.get(key) : undefined;
      if (object !== undefined) found.push(object);
    }
    table.lists.set(namespace ?? '', found);
    return found as unknown as readonly T[];
  }

  function put(type: Change['type'], resource: Resource, object: KubeObject, previous?: KubeObject): void {
    const table = tableOf(resource);
    const key = keyOf(object.metadata.namespace, object.metadata.name);
    if (type === 'DELETED') table.objects.delete(key);
    else table.objects.set(key, object);
    if (type !== 'MODIFIED') table.keys = undefined;
    table.lists.clear();
    const change: Change = previous === undefined ? { type, resource, object, revision } : { type, resource, object, previous, revision };
    notify(change);
  }

  /** Everybody hears of changes in the order of their revisions, also of those that a listener makes. */
  function notify(change: Change): void {
    untold.push(change);
    if (telling) return;
    telling = true;
    try {
      for (let next = untold.shift(); next !== undefined; next = untold.shift()) for (const listener of listeners) listener(next);
    } finally {
      telling = false;
      untold.length = 0;
    }
  }

  function create<T extends KubeObject>(resource: Resource<T>, object: NewObject<T>): T {
    const { name, namespace, ...rest } = object.metadata;
    if (tableOf(resource).objects.has(keyOf(namespace, name))) throw new Error(`${resource.plural} "${name}" exists already`);
    revision += 1;
    const created = {
      ...object,
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      metadata: {
        name,
        ...(namespace === undefined ? {} : { namespace }),
        ...rest,
        uid: uids.uuid(),
        resourceVersion: String(revision),
        ...(resource.generations ? { generation: 1 } : {}),
        creationTimestamp: stamp(),
      },
    } as unknown as T;
    put('ADDED', resource, created);
    return created;
  }

  function update<T extends KubeObject>(resource: Resource<T>, object: T): T {
    const { namespace, name } = object.metadata;
    const previous = get(resource, namespace, name);
    if (previous === undefined) throw new Error(`${resource.plural} "${name}" doesn't exist`);
    revision += 1;
    const generation = previous.metadata.generation;
    const updated: T = {
      ...object,
      metadata: {
        ...object.metadata,
        resourceVersion: String(revision),
        ...(generation === undefined ? {} : { generation: generation + (previous.spec === object.spec ? 0 : 1) }),
      },
    };
    put('MODIFIED', resource, updated, previous);
    return updated;
  }

  function remove<T extends KubeObject>(resource: Resource<T>, object: T): void {
    const previous = get(resource, object.metadata.namespace, object.metadata.name);
    if (previous === undefined) return;
    revision += 1;
    put('DELETED', resource, { ...previous, metadata: { ...previous.metadata, resourceVersion: String(revision) } }, previous);
  }

  return {
    revision: () => revision,
    stamp,
    get,
    list,
    create,
    update,
    remove,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function keyOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}
