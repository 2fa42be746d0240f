import { createHash } from 'node:crypto';
import type { NodePool } from '../objects.ts';

export const HASH_ANNOTATION = 'karpenter.sh/nodepool-hash';

const hashes = new WeakMap<NodePool['spec']['template'], string>();

/** What of a pool makes its nodes drift when it changes: the template without its requirements, which are checked by themselves. */
export function hashOfPool({ spec: { template } }: NodePool): string {
  const known = hashes.get(template);
  if (known !== undefined) return known;
  const { requirements: _, ...rest } = template.spec;
  const text = JSON.stringify([template.metadata ?? {}, rest], sortKeys);
  const hash = BigInt(`0x${createHash('sha256').update(text).digest('hex').slice(0, 16)}`).toString();
  hashes.set(template, hash);
  return hash;
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}
