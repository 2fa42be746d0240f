import { DAY_MS } from '../units/quantities.ts';
import { fitStartups, type Observation } from './fit-startups.ts';
import type { Startup } from './startup.ts';
import {
  neededNode,
  STARTUP_PHASES,
  type StartupClass,
  type StartupPhase,
  type StartupRecords,
  type StartupSample,
} from './startup-records.ts';

/** With fewer start-ups that became Ready the configured lead serves. */
export const ENOUGH_SAMPLES = 8;
/** A start-up counts half as much as one two weeks later: images and models change by the week, and what starts weekly still has several before it. */
const HALF_LIFE_MS = 14 * DAY_MS;
/** A class with a smaller share of the recent starts is no reason to ask earlier for all. */
const LEAST_SHARE = 0.1;

/** Start-ups of one kind, and what they tell. */
export type StartupGroup = {
  /** Undefined: all kinds together. */
  readonly kind: StartupClass | undefined;
  /** How many became Ready. */
  readonly ready: number;
  /** How many failed, were removed or took too long. */
  readonly censored: number;
  /** Of what counts of the recent ones that became Ready, 0 to 1. */
  readonly share: number;
  /** Undefined: too few became Ready. */
  readonly startup: Required<Startup> | undefined;
  /** Whether the lead time must do for it. */
  readonly counts: boolean;
};

export type StartupEstimate = {
  /** All kinds together first, then each, the most frequent first. */
  readonly groups: readonly StartupGroup[];
  /** Whether only starts that waited for a new node are looked at. */
  readonly newNodesOnly: boolean;
  /** What takes how long on average in those that became Ready, in milliseconds, recent ones weighted; a phase that none had is 0. */
  readonly phasesMs: Readonly<Record<StartupPhase, number>>;
  /** On their way at the last look. */
  readonly pending: number;
};

/**
 * What the start-ups of a workload tell of the next one. Replicas that an event adds mostly need nodes, so where enough were seen that
 * waited for a new node, only those are looked at. Of the instance and capacity types that made up a tenth of them the slowest counts: the
 * lead must do for each (`countedStartups`). One of those with fewer than 8 samples is part of all kinds together, which then count as well.
 *
 * Weights halve every two weeks before the latest start. A pod without a node is of every kind, and one that is on its way is censored at the last look.
 */
export function estimateStartups({ samples, pending, lookedAtMs }: StartupRecords): StartupEstimate {
  const newNodesOnly = samples.filter(neededNode).length >= ENOUGH_SAMPLES;
  const looked = samples.filter((sample) => sample.phases === undefined || !newNodesOnly || neededNode(sample));
  const latestMs = Math.max(0, ...looked.map(({ createdMs }) => createdMs));
  const weigh = (createdMs: number) => 0.5 ** (Math.max(0, latestMs - createdMs) / HALF_LIFE_MS);
  const onTheirWay = pending
    .map(({ createdMs }) => ({ tookMs: (lookedAtMs ?? createdMs) - createdMs, isCensored: true, weight: weigh(createdMs), createdMs }))
    .filter(({ tookMs }) => tookMs > 0);
  const weights = (of: readonly StartupSample[]) =>
    of.filter(({ phases }) => phases !== undefined).reduce((sum, { createdMs }) => sum + weigh(createdMs), 0);
  const total = weights(looked);

  const describe = (kind: StartupClass | undefined, own: readonly StartupSample[]): Omit<StartupGroup, 'counts'> => {
    const ready = own.filter(({ phases }) => phases !== undefined).length;
    const observations = own
      .filter(({ tookMs }) => tookMs > 0)
      .map(
        ({ tookMs, phases, createdMs }): Observation => ({
          tookMs,
          isCensored: phases === undefined,
          weight: weigh(createdMs),
          createdMs,
        }),
      );
    return {
      kind: kind && { instanceType: kind.instanceType, capacityType: kind.capacityType },
      ready,
      censored: own.length - ready,
      share: total === 0 ? 0 : weights(own) / total,
      startup: ready < ENOUGH_SAMPLES ? undefined : fitStartups([...observations, ...onTheirWay]),
    };
  };

  // A pod that never got a node has no kind yet: it may have been any.
  const anywhere = looked.filter(({ phases, instanceType }) => phases === undefined && instanceType === undefined);
  const groups = groupByKind(looked.filter((sample) => !anywhere.includes(sample)))
    .map((own) => describe(own[0], [...own, ...anywhere]))
    .toSorted((a, b) => b.share - a.share)
    .map((group) => ({ ...group, counts: group.share >= LEAST_SHARE && group.startup !== undefined }));
  const together = describe(undefined, looked);
  const isPartial = groups.some(({ share, startup }) => share >= LEAST_SHARE && startup === undefined);
  return {
    groups: [{ ...together, counts: together.startup !== undefined && isPartial }, ...groups],
    newNodesOnly,
    phasesMs: meanPhases(looked, weigh),
    pending: pending.length,
  };
}

function meanPhases(samples: readonly StartupSample[], weigh: (createdMs: number) => number): Record<StartupPhase, number> {
  const means: Record<StartupPhase, number> = { claim: 0, launch: 0, register: 0, initialize: 0, schedule: 0, image: 0, load: 0 };
  const ready = samples.filter(({ phases }) => phases !== undefined);
  const total = ready.reduce((sum, { createdMs }) => sum + weigh(createdMs), 0);
  for (const { phases = {}, createdMs } of ready) {
    for (const phase of STARTUP_PHASES) means[phase] += ((phases[phase] ?? 0) * weigh(createdMs)) / total;
  }
  return means;
}

/** The start-ups that a lead time must do for, each of them; none: too few were seen. */
export function countedStartups({ groups }: StartupEstimate): readonly Required<Startup>[] {
  return groups.flatMap(({ counts, startup }) => (counts && startup !== undefined ? [startup] : []));
}

function groupByKind(samples: readonly StartupSample[]): StartupSample[][] {
  const kinds = new Map<string, StartupSample[]>();
  for (const sample of samples) {
    const key = JSON.stringify([sample.instanceType ?? null, sample.capacityType ?? null]);
    const own = kinds.get(key);
    if (own === undefined) kinds.set(key, [sample]);
    else own.push(sample);
  }
  return [...kinds.values()];
}
