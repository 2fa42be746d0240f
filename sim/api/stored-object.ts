import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, NewObject, ObjectMeta } from '../objects.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { isPlainObject, type PlainObject } from './patch.ts';

/** What a client may set in a new object's metadata. */
export function toNewObject(resource: Resource, object: PlainObject, name: string, namespace: string | undefined): NewObject {
  const { labels, annotations, finalizers, ownerReferences, managedFields } = (object.metadata ?? {}) as Partial<ObjectMeta>;
  const { status: _, metadata: __, ...rest } = object;
  return {
    ...rest,
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
      ...(managedFields === undefined ? {} : { managedFields }),
    },
  };
}

/** The stored object with what a client may change; the same value where nothing changes, so that nothing is counted up. */
export function toStored(existing: KubeObject, proposed: PlainObject): KubeObject {
  const { labels, annotations, finalizers, ownerReferences, managedFields } = (proposed.metadata ?? {}) as Partial<ObjectMeta>;
  const { labels: _, annotations: __, finalizers: ___, ownerReferences: ____, managedFields: _____, ...fixed } = existing.metadata;
  const pick = <K extends keyof ObjectMeta>(key: K, value: ObjectMeta[K] | undefined) =>
    value === undefined || Object.keys(value).length === 0
      ? {}
      : { [key]: isDeepStrictEqual(value, existing.metadata[key]) ? existing.metadata[key] : value };
  const metadata = {
    ...fixed,
    ...pick('labels', labels),
    ...pick('annotations', annotations),
    ...pick('finalizers', finalizers),
    ...pick('ownerReferences', ownerReferences),
    ...pick('managedFields', managedFields),
  } as ObjectMeta;
  const { metadata: ______, ...content } = proposed;
  const next = { ...content, metadata } as unknown as KubeObject;
  const same = <T>(value: T, old: T) => (isDeepStrictEqual(value, old) ? old : value);
  const spec = same(next.spec, existing.spec);
  const status = same(next.status, existing.status);
  const { spec: _spec, status: _status, ...rest } = next;
  const stored: KubeObject = { ...rest, ...(spec === undefined ? {} : { spec }), ...(status === undefined ? {} : { status }) };
  return isDeepStrictEqual(stored, existing) ? existing : stored;
}

export function asPlain(object: KubeObject): PlainObject {
  return { ...object };
}

/** The object as its scale subresource shows it. */
export function renderScale(object: KubeObject): PlainObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const spec = isPlainObject(object.spec) ? object.spec : {};
  const status = isPlainObject(object.status) ? object.status : {};
  const labels = isPlainObject(spec.selector) && isPlainObject(spec.selector.matchLabels) ? spec.selector.matchLabels : {};
  const selector = Object.entries(labels)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(',');
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: spec.replicas ?? 1 },
    status: { replicas: status.replicas ?? 0, selector },
  };
}
