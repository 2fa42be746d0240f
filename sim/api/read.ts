import type { SimClock } from '../clock.ts';
import type { KubeObject } from '../objects.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import type { Store } from '../store.ts';
import { isPlainObject } from './patch.ts';
import type { Target } from './path.ts';
import { type Predicate, parseFieldSelector, parseLabelSelector } from './selectors.ts';
import { badRequest, expired, notFound } from './status.ts';
import { renderTable } from './table.ts';

export type Reader = {
  readonly get: (target: Target, name: string, asTable: boolean) => string;
  readonly list: (target: Target, query: URLSearchParams, asTable: boolean) => string;
};

/** etcd keeps old revisions for five minutes before kube-apiserver compacts them. */
const SNAPSHOT_MS = 300_000;
const MAX_SNAPSHOTS = 64;

type Snapshot = { readonly revision: number; readonly objects: readonly KubeObject[]; readonly atMs: number };

export function createReader(clock: SimClock, store: Store): Reader {
  const snapshots = new Map<string, Snapshot>();
  const texts = new WeakMap<KubeObject, string>();

  function textOf(object: KubeObject): string {
    const cached = texts.get(object);
    if (cached !== undefined) return cached;
    const text = JSON.stringify(object);
    texts.set(object, text);
    return text;
  }

  function get({ resource, namespace }: Target, name: string, asTable: boolean): string {
    const object = store.get(resource, namespace, name);
    if (object === undefined) throw notFound(resource, name);
    return asTable
      ? JSON.stringify(renderTable(resource, [object], { resourceVersion: object.metadata.resourceVersion }, clock.now()))
      : textOf(object);
  }

  function list({ resource, namespace }: Target, query: URLSearchParams, asTable: boolean): string {
    const limit = readLimit(query.get('limit'));
    const token = query.get('continue') ?? '';
    const scope = JSON.stringify([resource.group, resource.plural, namespace, query.get('labelSelector'), query.get('fieldSelector')]);
    const { revision, objects, start } = token === '' ? readNow(resource, namespace, query) : readSnapshot(scope, token);
    const end = limit === undefined ? objects.length : Math.min(objects.length, start + limit);
    const page = objects.slice(start, end);
    const remaining = objects.length - end;
    const selected = (query.get('labelSelector') ?? '') !== '' || (query.get('fieldSelector') ?? '') !== '';
    const last = page.at(-1);
    const metadata = {
      resourceVersion: String(revision),
      ...(remaining === 0 || last === undefined
        ? {}
        : { continue: renderToken(revision, last), ...(selected ? {} : { remainingItemCount: remaining }) }),
    };
    if (remaining > 0) keepSnapshot(`${scope}@${revision}`, { revision, objects, atMs: clock.now() });
    if (asTable) return JSON.stringify(renderTable(resource, page, metadata, clock.now()));
    const head = JSON.stringify({ kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata });
    return `${head.slice(0, -1)},"items":[${page.map(textOf).join(',')}]}`;
  }

  function readNow(resource: Resource, namespace: string | undefined, query: URLSearchParams) {
    const predicates: Predicate[] = [];
    const labels = query.get('labelSelector') ?? '';
    const fields = query.get('fieldSelector') ?? '';
    if (labels !== '') predicates.push(parseLabelSelector(labels));
    if (fields !== '') predicates.push(parseFieldSelector(fields));
    const all = store.list(resource, namespace);
    const objects = predicates.length === 0 ? all : all.filter((object) => predicates.every((matches) => matches(object)));
    return { revision: store.revision(), objects, start: 0 };
  }

  function readSnapshot(scope: string, token: string): Snapshot & { readonly start: number } {
    const { revision, start } = parseToken(token);
    const snapshot = snapshots.get(`${scope}@${revision}`);
    if (snapshot === undefined || snapshot.atMs + SNAPSHOT_MS < clock.now()) throw expired();
    const index = snapshot.objects.findIndex((object) => keyOf(object) === start);
    if (index < 0) throw expired();
    return { ...snapshot, start: index + 1 };
  }

  function keepSnapshot(key: string, snapshot: Snapshot): void {
    const known = snapshots.get(key);
    snapshots.delete(key);
    snapshots.set(key, known ?? snapshot);
    for (const oldest of snapshots.keys()) {
      if (snapshots.size <= MAX_SNAPSHOTS) break;
      snapshots.delete(oldest);
    }
  }

  return { get, list };
}

function readLimit(text: string | null): number | undefined {
  if (text === null || text === '' || text === '0') return undefined;
  if (!/^[0-9]{1,18}$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

function renderToken(revision: number, last: KubeObject): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: keyOf(last) })).toString('base64url');
}

function parseToken(token: string): { readonly revision: number; readonly start: string } {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (isPlainObject(parsed) && typeof parsed.rv === 'number' && typeof parsed.start === 'string')
      return { revision: parsed.rv, start: parsed.start };
  } catch {
    // Not JSON: the same answer as for JSON of another shape.
  }
  throw badRequest(`invalid continue token: continue key is not valid: ${token.slice(0, 100)}`);
}

function keyOf({ metadata: { namespace, name } }: KubeObject): string {
  return `${namespace ?? ''}/${name}`;
}
