import type { Bounds } from '../compose/bounds.ts';
import type { TargetKind } from '../compose/intent.ts';
import type { GitOpsTool } from '../gitops/owner.ts';
import type { InstantMs } from '../units/quantities.ts';
import { readAccelerators } from './accelerators.ts';
import { type ProposedEvent, readCronTrigger } from './cron-events.ts';
import { type ProposedDemand, readDemand } from './demand.ts';
import { groupOfPool, groupPools, type ProposedGroup } from './pool-groups.ts';
import { type PodNeeds, SCALED_KINDS, type Survey, type SurveyedScaled, type SurveyedScaler, scaledKey, type Unread } from './survey.ts';
import { type GuessedTier, guessTier } from './tier.ts';
import { makeNamer } from './unique-names.ts';

/** One entry of `workloads`, with what its reader should know of each part. Remarks are empty where there is nothing to say. */
export type ProposedWorkload = {
  readonly name: string;
  readonly target: { readonly kind: TargetKind; readonly namespace: string; readonly name: string };
  readonly tier: GuessedTier;
  /** Undefined: not known, so the file leaves the default and says so. */
  readonly gpus: number | undefined;
  readonly instanceType?: string;
  readonly bounds: Bounds;
  readonly demand?: ProposedDemand;
  readonly group?: string;
  readonly remarks: {
    readonly gpus: string;
    readonly instanceType: string;
    readonly demand: string;
    readonly group: string;
    readonly target: string;
  };
};

/** Objects that the proposal leaves out, together where the reason is the same. `why` completes: left out because … */
export type LeftOut = { readonly objects: readonly string[]; readonly why: string };

export type Proposal = {
  readonly workloads: readonly ProposedWorkload[];
  readonly groups: readonly ProposedGroup[];
  /** What cron triggers do, as events; the workloads keep their triggers until somebody removes them. */
  readonly events: readonly ProposedEvent[];
  readonly gitops?: GitOpsTool;
  readonly prometheusUrl?: string;
  readonly leftOut: readonly LeftOut[];
  readonly unread: readonly Unread[];
};

export type ProposeOptions = {
  /** Objects whose pods ask for no GPU too. */
  readonly all: boolean;
  /** Only where the first occurrence of a proposed event lies depends on it. */
  readonly nowMs: InstantMs;
};

const NO_GPU = 'its pods ask for no GPU (--all includes it)';

/**
 * What a foretide.yaml for the cluster should say. An object whose pods could not be read is proposed: unknown is not zero.
 * Sorted by namespace and name, so that the same cluster gives the same file.
 */
export function proposeConfig(survey: Survey, { all, nowMs }: ProposeOptions): Proposal {
  const { groups, leftOut: ungrouped } = groupPools(survey.pools);
  const nameOf = makeNamer();
  const workloads: ProposedWorkload[] = [];
  const events: ProposedEvent[] = [];
  const leftOut: { object: string; why: string }[] = ungrouped.map(({ pool, why }) => ({ object: `NodePool ${pool}`, why }));
  const urls: string[] = [];
  const gitops: GitOpsTool[] = [];
  const scalers = survey.scalers.filter(({ ownedByScaledObject }) => ownedByScaledObject === undefined).toSorted(byPlace);
  for (const scaler of scalers) {
    const object = `${scaler.kind} ${scaler.namespace}/${scaler.name}`;
    const scaled = findScaled(survey, scaler);
    if (scaled === 'missing') {
      leftOut.push({ object, why: `it scales a ${scaler.scales?.kind} that does not exist` });
      continue;
    }
    const needs = scaled?.pods ?? scaler.pods;
    const accelerators = readAccelerators(needs, scaler.namespace, survey.claimTemplates);
    if (accelerators.gpus === 0 && !all) {
      leftOut.push({ object, why: NO_GPU });
      continue;
    }
    const demand = readDemand(scaler.triggers);
    const place = findPlace(survey, accelerators.gpus === 0 ? [] : groups, scaled, needs);
    const name = nameOf(scaler);
    workloads.push({
      name,
      target: { kind: scaler.kind, namespace: scaler.namespace, name: scaler.name },
      tier: guessTier(scaler, needs),
      gpus: accelerators.gpus,
      ...(place.instanceType !== undefined && { instanceType: place.instanceType }),
      bounds: scaler.bounds,
      ...(demand.demand !== undefined && { demand: demand.demand }),
      ...(place.group !== undefined && { group: place.group }),
      remarks: {
        gpus: accelerators.remark,
        instanceType: place.instanceTypeRemark,
        demand: demand.remark,
        group: place.groupRemark,
        target: scaler.gradual === false ? 'KEDA ends its running Jobs when the object changes; set rollout.strategy: gradual first' : '',
      },
    });
    if (demand.prometheusUrl !== undefined) urls.push(demand.prometheusUrl);
    if (scaler.gitops !== undefined) gitops.push(scaler.gitops);
    for (const trigger of scaler.triggers.filter(({ type }) => type === 'cron')) {
      const read = readCronTrigger(trigger, nowMs);
      for (const event of read.events) events.push({ name: `${name.slice(0, 80)}-cron-${events.length + 1}`, workloads: [name], ...event });
      if (read.why !== undefined) leftOut.push({ object: `the cron trigger of ${object}`, why: `it ${read.why}` });
    }
  }
  const owner = mostCommon(gitops);
  const prometheusUrl = mostCommon(urls);
  return {
    workloads,
    groups,
    events,
    ...(owner !== undefined && { gitops: owner }),
    ...(prometheusUrl !== undefined && { prometheusUrl }),
    leftOut: collect(leftOut),
    unread: survey.unread,
  };
}

/** What a scaler scales; undefined where that can't be known, `missing` where it is known not to be there. */
function findScaled(survey: Survey, { scales, namespace }: SurveyedScaler): SurveyedScaled | 'missing' | undefined {
  const kind = SCALED_KINDS.find((known) => known === scales?.kind);
  if (scales === undefined || kind === undefined) return undefined;
  const found = survey.scaled.find((one) => one.kind === kind && one.namespace === namespace && one.name === scales.name);
  if (found === undefined) return survey.unreadKinds.includes(kind) ? undefined : 'missing';
  return found.templateOf === undefined ? found : resolveTemplate(survey, found, found.templateOf);
}

/** A Rollout may take its pods from a Deployment. */
function resolveTemplate(survey: Survey, rollout: SurveyedScaled, deployment: string): SurveyedScaled | undefined {
  const found = survey.scaled.find(
    ({ kind, namespace, name }) => kind === 'Deployment' && namespace === rollout.namespace && name === deployment,
  );
  return found && { ...rollout, pods: found.pods, podLabels: found.podLabels };
}

type Place = {
  readonly instanceType?: string;
  readonly instanceTypeRemark: string;
  readonly group?: string;
  readonly groupRemark: string;
};

/** An EC2 instance type, as the configuration takes it. */
const EC2_TYPE = /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/;

function findPlace(
  survey: Survey,
  groups: readonly ProposedGroup[],
  scaled: SurveyedScaled | undefined,
  needs: PodNeeds | undefined,
): Place {
  const nodes = scaled === undefined ? [] : (survey.nodes.get(scaledKey(scaled)) ?? []);
  const seen = distinct(nodes.map(({ instanceType }) => instanceType));
  const types = seen.length > 0 ? seen : (needs?.instanceTypes ?? []);
  const [type] = types;
  const isOne = types.length === 1 && type !== undefined && EC2_TYPE.test(type);
  const instanceTypeRemark = isOne || types.length === 0 ? '' : `runs on ${types.join(', ')}`;
  const pools = distinct([...nodes.map(({ nodePool }) => nodePool), needs?.nodePool]);
  const named = distinct(pools.map((pool) => groupOfPool(groups, pool)?.name));
  const [group] = named;
  const place = { ...(isOne && { instanceType: type }), instanceTypeRemark };
  if (named.length === 1 && group !== undefined) return { ...place, group, groupRemark: '' };
  if (named.length === 0 && groups.length === 1 && groups[0] !== undefined) {
    return { ...place, group: groups[0].name, groupRemark: 'the only one' };
  }
  return { ...place, groupRemark: groups.length === 0 ? '' : `one of ${groups.map(({ name }) => name).join(', ')}` };
}

function distinct(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}

function byPlace(one: SurveyedScaler, other: SurveyedScaler): number {
  return compare(one.namespace, other.namespace) || compare(one.name, other.name) || compare(one.kind, other.kind);
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function mostCommon<T>(values: readonly T[]): T | undefined {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}

function collect(leftOut: readonly { readonly object: string; readonly why: string }[]): LeftOut[] {
  const reasons = [...new Set(leftOut.map(({ why }) => why))];
  return reasons.map((why) => ({ why, objects: leftOut.filter((one) => one.why === why).map(({ object }) => object) }));
}
