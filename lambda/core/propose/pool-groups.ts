import type { SurveyedPool, SurveyedRequirement } from './survey.ts';

/**
 * Accelerators of EC2 instance families, as Karpenter labels them (`karpenter.k8s.aws/instance-gpu-name` and
 * `instance-accelerator-name`). Source: the instance types reference of karpenter-provider-aws, July 2026.
 */
const ACCELERATOR_OF_FAMILY: Readonly<Record<string, string>> = {
  g4dn: 't4',
  g4ad: 'radeon-pro-v520',
  g5: 'a10g',
  g5g: 't4g',
  g6: 'l4',
  g6f: 'l4',
  gr6: 'l4',
  gr6f: 'l4',
  g6e: 'l40s',
  p3: 'v100',
  p3dn: 'v100',
  p4d: 'a100',
  p4de: 'a100',
  p5: 'h100',
  p5e: 'h200',
  p5en: 'h200',
  'p6-b200': 'b200',
  inf1: 'inferentia',
  inf2: 'inferentia2',
  trn1: 'trainium',
  trn1n: 'trainium',
  trn2: 'trainium2',
};
/** EC2 instance categories all of whose types have accelerators. */
const ACCELERATED_CATEGORIES = ['g', 'p', 'inf', 'trn', 'dl'];
const RESOURCES = /^(nvidia\.com\/gpu|amd\.com\/gpu|aws\.amazon\.com\/neuron)/;
const CAPACITY_TYPE = 'karpenter.sh/capacity-type';
const POOL_KIND: Readonly<Record<string, PoolKind>> = { reserved: 'reserved', 'on-demand': 'onDemand', spot: 'spot' };
/** A name made of more accelerators says less than one that says nothing. */
const MOST_IN_NAME = 3;

type PoolKind = 'reserved' | 'onDemand' | 'spot';

/** A group of NodePools for one kind of GPU, as `capacity.groups` takes it. */
export type ProposedGroup = {
  readonly name: string;
  readonly pools: { readonly [kind in PoolKind]?: readonly string[] };
};

export type ProposedGroups = {
  readonly groups: readonly ProposedGroup[];
  /** NodePools with GPUs that fit no group, each with the reason. */
  readonly leftOut: readonly { readonly pool: string; readonly why: string }[];
};

/** Groups of the NodePools that give GPUs: those for the same accelerators together, by capacity type. Pools without GPUs are none of its business. */
export function groupPools(pools: readonly SurveyedPool[]): ProposedGroups {
  const grouped = new Map<string, Map<PoolKind, string[]>>();
  const leftOut: { pool: string; why: string }[] = [];
  for (const pool of pools.toSorted(byName)) {
    const accelerators = acceleratorsOf(pool);
    if (accelerators === undefined) continue;
    const kinds = kindsOf(pool);
    const [kind] = kinds;
    const why = whyUngrouped(pool, kinds);
    if (kind === undefined || why !== undefined) {
      leftOut.push({ pool: pool.name, why: why ?? 'it has no capacity type' });
      continue;
    }
    const name = accelerators.length === 0 || accelerators.length > MOST_IN_NAME ? 'gpu' : accelerators.join('-');
    const group = grouped.get(name) ?? new Map<PoolKind, string[]>();
    grouped.set(name, group.set(kind, [...(group.get(kind) ?? []), pool.name]));
  }
  const groups = [...grouped].map(([name, byKind]) => ({ name, pools: Object.fromEntries(byKind) }));
  return { groups: groups.toSorted(byName), leftOut };
}

/** The group that a NodePool is in. */
export function groupOfPool(groups: readonly ProposedGroup[], pool: string): ProposedGroup | undefined {
  return groups.find(({ pools }) => Object.values(pools).some((names) => names.includes(pool)));
}

function whyUngrouped({ isStatic }: SurveyedPool, kinds: readonly PoolKind[]): string | undefined {
  if (isStatic) return 'it keeps a fixed number of nodes (spec.replicas), which a mix can not move';
  if (kinds.length === 0)
    return `it does not say its capacity type (${CAPACITY_TYPE}); add it, then name the pool under reserved, onDemand or spot`;
  if (kinds.length > 1)
    return `it mixes ${kinds.join(' and ')}, between which Karpenter alone chooses; split it into a pool for each to let Foretide mix them`;
  return undefined;
}

function kindsOf({ requirements }: SurveyedPool): PoolKind[] {
  const said = valuesOf(requirements, (key) => key === CAPACITY_TYPE);
  return said.flatMap((value) => POOL_KIND[value] ?? []);
}

/** Its accelerators, sorted; empty where it has some of a kind that it doesn't tell; undefined where nothing speaks of any. */
function acceleratorsOf({ requirements, taints, limits }: SurveyedPool): string[] | undefined {
  const families = [
    ...valuesOf(requirements, (key) => key.endsWith('/instance-family')),
    ...valuesOf(requirements, (key) => key === 'node.kubernetes.io/instance-type').map((type) => type.split('.')[0] ?? ''),
  ];
  const named = [
    ...valuesOf(requirements, (key) => /\/(instance-gpu-name|instance-accelerator-name|sku-gpu-name|gke-accelerator)$/.test(key)),
    ...families.flatMap((family) => ACCELERATOR_OF_FAMILY[family] ?? []),
  ];
  if (named.length > 0) return [...new Set(named.map(slug))].toSorted();
  const categories = valuesOf(requirements, (key) => key.endsWith('/instance-category'));
  const isAccelerated =
    (categories.length > 0 && categories.every((category) => ACCELERATED_CATEGORIES.includes(category))) ||
    requirements.some(({ key, operator }) => operator !== 'DoesNotExist' && /\/instance-(gpu|accelerator)-/.test(key)) ||
    [...taints, ...limits].some((name) => RESOURCES.test(name));
  return isAccelerated ? [] : undefined;
}

function valuesOf(requirements: readonly SurveyedRequirement[], isKey: (key: string) => boolean): string[] {
  return requirements.flatMap(({ key, operator, values }) => (operator === 'In' && isKey(key) ? values : []));
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : 1;
}

function slug(value: string): string {
  return (
    value
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'gpu'
  );
}
