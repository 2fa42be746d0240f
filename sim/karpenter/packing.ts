import type { NodePool, Requirement } from '../objects.ts';
import type { PodRecord } from '../pods.ts';
import { findUntolerated, readTaints, renderTaint } from '../taints.ts';
import { amountOf, inOrderOfWeight, ownLabels, remainingOf, staysWithin } from './node-pools.ts';
import { isOffered, type Offer } from './offers.ts';
import { renderRequirement, renderRequirements, satisfies } from './requirements.ts';

/** A machine that would be bought: its pool, what it may be bought as, and the pods for it. */
export type Draft = {
  readonly pool: NodePool;
  readonly pods: readonly PodRecord[];
  readonly gpus: number;
  /** All that hold the pods; the order is that of the pool's offers. */
  readonly offers: readonly Offer[];
  readonly labels: Readonly<Record<string, string>>;
};

export type Packing = {
  readonly drafts: readonly Draft[];
  /** Pods that no pool takes, each with why. */
  readonly refused: ReadonlyMap<PodRecord, string>;
  /** Pools whose requirements leave no offer that can be had. */
  readonly emptyPools: readonly NodePool[];
};

export type Supply = {
  readonly pools: readonly NodePool[];
  readonly offersOf: (pool: NodePool) => readonly Offer[];
  /** What the pool's machines have together. */
  readonly usedBy: (pool: NodePool) => ReadonlyMap<string, number>;
};

type OpenDraft = {
  pool: NodePool;
  pods: PodRecord[];
  gpus: number;
  most: number;
  offers: readonly Offer[];
  labels: Record<string, string>;
};

/**
 * Karpenter's packing: the larger pods first, each to the machine in the making with the fewest pods that takes it, else
 * to a new one of the heaviest pool that has an offer for it. All offers that hold a machine's pods stay open until it is
 * bought, so that the cheapest can be.
 */
export function packPods(pods: readonly PodRecord[], { pools, offersOf, usedBy }: Supply): Packing {
  const ordered = inOrderOfWeight(pools).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const usable = ordered.filter((pool) => offersOf(pool).length > 0);
  const remaining = new Map(usable.map((pool) => [pool.metadata.name, remainingOf(pool, usedBy(pool))]));
  let open: OpenDraft[] = [];
  const drafts: OpenDraft[] = [];
  const refused = new Map<PodRecord, string>();

  for (const pod of [...pods].sort((left, right) => right.gpus - left.gpus)) {
    const roomy = open.filter(({ gpus, most }) => gpus + pod.gpus <= most);
    const existing = roomy.sort((left, right) => left.pods.length - right.pods.length).find((draft) => addTo(draft, pod));
    if (existing === undefined) {
      const opened = startDraft(pod, usable, remaining, offersOf);
      if (typeof opened === 'string') refused.set(pod, opened);
      else {
        drafts.push(opened);
        open.push(opened);
      }
    }
    // A full machine takes no pod that needs a GPU, and those that need none come last.
    open = open.filter(({ gpus, most }) => gpus < most || most === 0);
  }
  return { drafts: drafts.map(({ most: _, ...draft }) => draft), refused, emptyPools: ordered.filter((pool) => !usable.includes(pool)) };
}

function startDraft(
  pod: PodRecord,
  pools: readonly NodePool[],
  remaining: Map<string, ReadonlyMap<string, number>>,
  offersOf: (pool: NodePool) => readonly Offer[],
): OpenDraft | string {
  const refusals: string[] = [];
  for (const pool of pools) {
    const { name } = pool.metadata;
    const left = remaining.get(name) ?? new Map<string, number>();
    const offers = offersOf(pool).filter(({ type }) => staysWithin(left, type));
    if (offers.length === 0) {
      const what = left.get('nodes') === 0 ? 'node limits have been exhausted' : 'all available instance types exceed limits';
      refusals.push(`${what} for nodepool (NodePool=${name})`);
      continue;
    }
    const draft: OpenDraft = { pool, pods: [], gpus: 0, most: 0, offers, labels: { ...defaultLabels(pool), ...ownLabels(pool) } };
    const refusal = refuse(draft, pod);
    if (refusal !== undefined) {
      refusals.push(refusal);
      continue;
    }
    addTo(draft, pod);
    remaining.set(name, subtractMost(left, draft.offers));
    return draft;
  }
  return refusals.length === 0 ? 'nodepool requirements filtered out all available instance types' : refusals.join('; ');
}

/** Pods of one template are taken or refused alike, as long as there is room. */
function addTo(draft: OpenDraft, pod: PodRecord): boolean {
  if (!draft.pods.some(({ templateKey }) => templateKey === pod.templateKey) && refuse(draft, pod) !== undefined) return false;
  const gpus = draft.gpus + pod.gpus;
  const offers = draft.offers.filter((offer) => offer.type.gpus >= gpus && agrees(offer, pod.nodeSelector));
  if (offers.length === 0) return false;
  for (const [key, value] of Object.entries(pod.nodeSelector)) if (!isOffered(key)) draft.labels[key] = value;
  draft.offers = offers;
  draft.gpus = gpus;
  draft.most = Math.max(...offers.map(({ type }) => type.gpus));
  draft.pods.push(pod);
  return true;
}

/** Why a machine of this pool can't take the pod, in Karpenter's words; undefined: it can. */
function refuse({ pool, offers, gpus, labels, pods }: OpenDraft, pod: PodRecord): string | undefined {
  const { requirements, taints } = pool.spec.template.spec;
  const taint = findUntolerated(readTaints(taints), pod.tolerations);
  if (taint !== undefined) return `did not tolerate taint (taint=${renderTaint(taint)})`;
  for (const [key, value] of Object.entries(pod.nodeSelector)) {
    if (isOffered(key)) continue;
    const chosen = pods.some(({ nodeSelector }) => key in nodeSelector) || key in ownLabels(pool);
    const asked = requirements.filter((one) => one.key === key);
    const wanted = renderRequirement({ key, operator: 'In', values: [value] });
    const known = asked[0] ?? (key in ownLabels(pool) ? { key, operator: 'In', values: [labels[key] ?? ''] } : undefined);
    if (known === undefined) return `incompatible requirements, label "${key}" does not have known values`;
    if (chosen ? labels[key] !== value : !asked.every((one) => satisfies(one, value)))
      return `incompatible requirements, key ${key}, ${wanted} not in ${renderRequirement(known)}`;
  }
  const resources = `resources={"nvidia.com/gpu":"${gpus + pod.gpus}","pods":"${pods.length + 1}"}`;
  const wanted: readonly Requirement[] = Object.entries(pod.nodeSelector).map(([key, value]) => ({ key, operator: 'In', values: [value] }));
  const context = `requirements=${renderRequirements([...requirements, ...wanted])}, ${resources}`;
  const agreeing = offers.filter((offer) => agrees(offer, pod.nodeSelector));
  if (agreeing.length === 0) return `no instance type met all requirements, ${context}`;
  return agreeing.some(({ type }) => type.gpus >= gpus + pod.gpus) ? undefined : `no instance type has enough resources, ${context}`;
}

function agrees({ labels }: Offer, nodeSelector: Readonly<Record<string, string>>): boolean {
  for (const key in nodeSelector) if (isOffered(key) && labels[key] !== nodeSelector[key]) return false;
  return true;
}

/** Labels of the pool's own that it leaves a choice about: the first value, until a pod asks for another. */
function defaultLabels({ spec }: NodePool): Readonly<Record<string, string>> {
  return Object.fromEntries(
    spec.template.spec.requirements.flatMap(({ key, operator, values }) =>
      operator === 'In' && !isOffered(key) && values?.[0] !== undefined ? [[key, values[0]]] : [],
    ),
  );
}

/** Karpenter sets aside the most that the machine may turn out to be. */
function subtractMost(remaining: ReadonlyMap<string, number>, offers: readonly Offer[]): ReadonlyMap<string, number> {
  return new Map(
    [...remaining].map(([resource, left]) => [resource, left - Math.max(...offers.map(({ type }) => amountOf(resource, type)))]),
  );
}
