import { freezeRecord, type RecordKind } from '../record-codec.ts';

/** Records by cluster and key, kept as copies that nobody can change: reading costs no decoding, and no caller shares an object with the store. */
export function makeShelf<T>(kind: RecordKind<T>) {
  const clusters = new Map<string, Map<string, T>>();
  const of = (cluster: string): Map<string, T> => {
    const known = clusters.get(cluster) ?? new Map<string, T>();
    clusters.set(cluster, known);
    return known;
  };
  const check = (key: string, record: T): T => freezeRecord(kind, record, key);
  return { of, check, put: (cluster: string, key: string, record: T) => void of(cluster).set(key, check(key, record)) };
}
