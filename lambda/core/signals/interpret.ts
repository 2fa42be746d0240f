import { type InstantMs, MINUTE_MS } from '../units/quantities.ts';
import type { MetricAnswer, Sample } from './metric-query.ts';
import type { AbsenceReason, Reading } from './reading.ts';

/** Clocks of sources and ours differ by less; what lies further ahead was not observed. */
export const CLOCK_SKEW_MS = 2 * MINUTE_MS;
/**
 * A value older than this is stale. CloudWatch completes a minute up to three minutes after it, and a signal is read at least
 * every five: `SIGNAL_EVERY_MINUTES`.
 */
const STALE_AFTER_MS = 6 * MINUTE_MS;
/** A stale value older than this says nothing of now. */
const ABSENT_AFTER_MS = 15 * MINUTE_MS;

/**
 * From here on numbers are what DCGM says for fields that it can't read: its blank of doubles (dcgm_structs.h: DCGM_FP64_BLANK), with not found, not
 * supported and not permitted just above it, and far beyond it those of 64-bit integers.
 */
const DCGM_BLANK = 2 ** 47;

/**
 * Whether a value says something: a finite number, not below 0 (what signals measure never is), and no blank of an exporter. One that doesn't is a
 * gap, as if nothing had been observed.
 */
export function isUsable(value: number): boolean {
  return Number.isFinite(value) && value >= 0 && value < DCGM_BLANK;
}

/**
 * What an answer says of now: its newest usable sample, by age `ok` up to STALE_AFTER_MS, `stale` up to ABSENT_AFTER_MS; else absent.
 * Samples up to CLOCK_SKEW_MS ahead count as of now.
 *
 * @param source For people: where the answer comes from.
 */
export function interpret(answer: MetricAnswer, source: string, nowMs: InstantMs): Reading<number> {
  if (answer.kind === 'failed') {
    return { kind: 'absent', why: answer.code === 'ambiguous' ? 'ambiguous' : 'unreadable', detail: answer.message, source };
  }
  const recent = answer.samples.filter(({ atMs }) => atMs > nowMs - ABSENT_AFTER_MS);
  const sample = recent.findLast(({ atMs, value }) => isUsable(value) && atMs <= nowMs + CLOCK_SKEW_MS);
  if (sample === undefined) return { kind: 'absent', why: whyAbsent(recent, nowMs), source };
  const observedAtMs = Math.min(sample.atMs, nowMs);
  return { kind: nowMs - observedAtMs <= STALE_AFTER_MS ? 'ok' : 'stale', value: sample.value, observedAtMs, source };
}

/** In place of an answer that a source owes. */
export const UNANSWERED: MetricAnswer = { kind: 'failed', code: 'unavailable', message: 'the source gave no answer' };

function whyAbsent(recent: readonly Sample[], nowMs: InstantMs): AbsenceReason {
  if (recent.some(({ atMs }) => atMs <= nowMs + CLOCK_SKEW_MS)) return 'no-number';
  return recent.length > 0 ? 'future' : 'no-data';
}
