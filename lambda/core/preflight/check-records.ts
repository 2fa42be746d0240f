import { z } from 'zod';
import type { Finding } from '../prescale/findings.ts';
import { HOUR_MS, type InstantMs, MINUTE_MS } from '../units/quantities.ts';
import { formatUtc } from '../units/time.ts';
import { PREFLIGHT_CODES } from './codes.ts';
import type { UpcomingEvent } from './event-need.ts';

/** A check comes this long before an event's replicas are asked for, … */
export const FIRST_CHECK_MS = 24 * HOUR_MS;
/** … another this long before, … */
const SECOND_CHECK_MS = 2 * HOUR_MS;
/** … and further ones while something is found, so that what was mended is seen. */
const RECHECK_MS = 15 * MINUTE_MS;

/** The last check of one occurrence of one workload. */
export type CheckRecord = {
  readonly checkedMs: InstantMs;
  /** The floor that was checked; null: its size was unknown. Another one is checked again. */
  readonly floor: number | null;
  readonly findings: readonly Finding[];
};

/** By `recordKey`. */
export type CheckRecords = ReadonlyMap<string, CheckRecord>;

export function recordKey({ workload, occurrence: { event, startMs } }: UpcomingEvent): string {
  return `${workload.name}|${event.source}/${event.name}@${formatUtc(startMs)}`;
}

/** Whether an event's replicas are asked for within `aheadMs`, and it hasn't begun: from then on readiness is what counts. */
export function isUpcoming({ askMs, occurrence }: Pick<UpcomingEvent, 'askMs' | 'occurrence'>, aheadMs: number, nowMs: InstantMs): boolean {
  return askMs - aheadMs <= nowMs && nowMs < occurrence.startMs;
}

/** Whether an upcoming event is to be checked at this tick. */
export function isDue(event: UpcomingEvent, record: CheckRecord | undefined, nowMs: InstantMs): boolean {
  if (record === undefined || record.checkedMs > nowMs || record.floor !== (event.floor ?? null)) return true;
  const secondMs = event.askMs - SECOND_CHECK_MS;
  if (record.checkedMs < secondMs && secondMs <= nowMs) return true;
  return record.findings.length > 0 && nowMs - record.checkedMs >= RECHECK_MS;
}

/** The findings of all checks, each incident once: as the first event in `keys` has it. */
export function openFindings(records: CheckRecords, keys: readonly string[]): Finding[] {
  const open = new Map<string, Finding>();
  for (const key of keys) {
    for (const finding of records.get(key)?.findings ?? []) if (!open.has(finding.key)) open.set(finding.key, finding);
  }
  return [...open.values()];
}

/** More than these at once are one trouble, not so many. What is left out is checked again at each tick. */
const MOST_RECORDS = 500;
const MOST_FINDINGS = 20;
const LONGEST_TEXT = 500;

const Text = z.string().max(LONGEST_TEXT + 1);
const StoredFinding = z.object({
  key: z.string().max(4 * LONGEST_TEXT),
  severity: z.enum(['warning', 'critical']),
  code: z.enum(PREFLIGHT_CODES),
  stage: z.string().max(LONGEST_TEXT),
  subject: z.string().max(4 * LONGEST_TEXT),
  facts: z.record(z.string(), z.union([Text, z.number(), z.boolean(), z.null()])),
});
const StoredRecord = z.object({
  checkedMs: z.int().min(0).max(8.64e15),
  floor: z.int().min(0).nullable(),
  findings: z.array(StoredFinding).max(MOST_FINDINGS),
});
const StoredRecords = z.record(z.string(), z.unknown());

export function renderRecords(records: CheckRecords): string {
  return JSON.stringify(Object.fromEntries([...records].slice(0, MOST_RECORDS).map(([key, record]) => [key, shorten(record)])));
}

function shorten({ findings, ...record }: CheckRecord): CheckRecord {
  const cut = (value: Finding['facts'][string]) =>
    typeof value === 'string' && value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value;
  const kept = findings.slice(0, MOST_FINDINGS).map((finding) => ({
    ...finding,
    facts: Object.fromEntries(Object.entries(finding.facts).map(([name, value]) => [name, cut(value)])),
  }));
  return { ...record, findings: kept };
}

/** What `renderRecords` wrote; what somebody mangled is left out, and checked again. */
export function parseRecords(text: string | undefined): CheckRecords {
  const stored = StoredRecords.safeParse(readJson(text ?? '{}'));
  if (!stored.success) return new Map();
  return new Map(
    Object.entries(stored.data).flatMap(([key, value]): [string, CheckRecord][] => {
      const record = StoredRecord.safeParse(value);
      return record.success ? [[key, record.data]] : [];
    }),
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
