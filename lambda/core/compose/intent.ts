import type { InstantMs } from '../units/quantities.ts';
import type { ReasonCode } from './reason.ts';

/** Kinds of objects whose replica bounds Foretide may move. */
export type TargetKind = 'ScaledObject' | 'ScaledJob' | 'HorizontalPodAutoscaler';

/** One Kubernetes object that carries bounds. `cluster` is the configured cluster name. */
export type TargetRef = {
  readonly cluster: string;
  readonly kind: TargetKind;
  readonly namespace: string;
  readonly name: string;
};

/** A text that identifies a target within its cluster, for maps and storage keys. */
export function targetKey(target: TargetRef): string {
  return `${target.kind}/${target.namespace}/${target.name}`;
}

/**
 * Who wants something. Authority falls from left to right: a person's override beats the spend ladder, which
 * beats events (with a person's higher edit inside a window, and escalation), which beat the capacity mix.
 */
export const AUTHORITIES = ['override', 'spend', 'event', 'mix'] as const;
export type Authority = (typeof AUTHORITIES)[number];

/** The use case that stores an intent; each owner replaces only its own. */
export type IntentOwner = 'prescale' | 'edit' | 'escalation' | 'overflow' | 'mix' | 'spend' | 'override';

export const AUTHORITY_OF_OWNER: Readonly<Record<IntentOwner, Authority>> = {
  override: 'override',
  spend: 'spend',
  prescale: 'event',
  edit: 'event',
  escalation: 'event',
  overflow: 'event',
  mix: 'mix',
};

/** Why an intent exists, for people and machines: `summary` names things (`black-friday`), `facts` carries the numbers behind it. */
export type Evidence = { readonly summary: string; readonly facts: Readonly<Record<string, string | number | boolean | null>> };

/**
 * What one owner wants of one target until when. Intents are the only way to move bounds: composing without
 * one withdraws it. An intent binds for `now < untilMs`.
 */
export type Intent = {
  readonly owner: IntentOwner;
  /** Unique among the owner's intents of the target, stable from tick to tick. */
  readonly id: string;
  readonly target: TargetRef;
  readonly want: Want;
  readonly untilMs: InstantMs;
  /**
   * When the window that it serves ends, if before `untilMs`: a floor binds a while longer, so that a release
   * is never skipped, but people's edits are judged by the window, and people are told of it.
   */
  readonly windowEndMs?: InstantMs;
  readonly reason: ReasonCode;
  readonly evidence: Evidence;
};

/** When the window of an intent ends. */
export function windowEnd({ untilMs, windowEndMs }: Intent): InstantMs {
  return windowEndMs ?? untilMs;
}

/** A wanted lower bound, a wanted upper bound, or a pause; whole replicas. */
export type Want = { readonly kind: 'floor'; readonly replicas: number } | { readonly kind: 'ceiling'; readonly replicas: number };
