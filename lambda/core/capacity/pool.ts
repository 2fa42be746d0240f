import type { ObservedNodePool } from '../inventory/observed-nodes.ts';

/** One NodePool; `cluster` is the configured cluster name. */
export type PoolRef = { readonly cluster: string; readonly name: string };

/** A text that identifies a NodePool within its cluster, for maps and messages. */
export function poolKey({ name }: PoolRef): string {
  return `NodePool/${name}`;
}

/**
 * What may be moved of a NodePool (karpenter.sh/v1); the template never is, since its drift rolls warm nodes. Weight: 1 to 100, undefined
 * where it isn't set, which counts least. Limits by resource, as written; what isn't named is unlimited.
 */
export type PoolSettings = { readonly weight: number | undefined; readonly limits: Readonly<Record<string, string>> };

/**
 * The same, field by field: `weight`, and `limits.RESOURCE` for each limit, with their values as written. In a record of some
 * fields `null` stands for one that is not set.
 */
export type PoolFields = Readonly<Record<string, string | null>>;

const WEIGHT = 'weight';
const LIMIT = 'limits.';

export function limitField(resource: string): string {
  return `${LIMIT}${resource}`;
}

/** The fields that are set. */
export function fieldsOf({ weight, limits }: PoolSettings | ObservedNodePool): Readonly<Record<string, string>> {
  return {
    ...(weight !== undefined && { [WEIGHT]: String(weight) }),
    ...Object.fromEntries(Object.entries(limits).map(([resource, limit]) => [limitField(resource), limit])),
  };
}

/** The settings that fields name; those that are null are not set. */
export function settingsOf(fields: PoolFields): PoolSettings {
  const { [WEIGHT]: weight, ...rest } = fields;
  const limits = Object.entries(rest).flatMap(([field, limit]) => (limit === null ? [] : [[field.slice(LIMIT.length), limit] as const]));
  return { weight: weight === undefined || weight === null ? undefined : Number(weight), limits: Object.fromEntries(limits) };
}

/** A change of one NodePool: some of its fields and annotations together; `null` removes one. */
export type PoolPatch = {
  readonly pool: PoolRef;
  readonly resourceVersion: string;
  /** Left out: stays as it is. */
  readonly weight?: number | null;
  /** By resource; null: no limit is left at all, and the field goes. Left out: they stay as they are. */
  readonly limits?: Readonly<Record<string, string | null>> | null;
  readonly annotations: Readonly<Record<string, string | null>>;
};
