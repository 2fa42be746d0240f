import { describeFinding } from '../core/prescale/describe.ts';
import type { Finding } from '../core/prescale/findings.ts';
import type { InstantMs } from '../core/units/quantities.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { StateStore } from '../ports/state-store.ts';

const SNAPSHOT = 'incidents';
/** Incidents kept from tick to tick; more than this at once is one outage, not a thousand. */
const MAX_INCIDENTS = 200;

export type ReportInput = {
  readonly clusterName: string;
  readonly findings: readonly Finding[];
  /** Keys of incidents that this tick did not look at: they are neither come nor over. */
  readonly unlooked?: ReadonlySet<string>;
  readonly timezone: string;
  readonly nowMs: InstantMs;
};

/**
 * Tells people of incidents that came, and of those that went, since the last tick. What could not be handed
 * over is tried again at the next tick, and fails this one.
 */
export async function reportFindings(
  { store, notifier }: { readonly store: StateStore; readonly notifier: Notifier },
  { clusterName, findings, unlooked = new Set(), timezone, nowMs }: ReportInput,
): Promise<void> {
  const before = parseIncidents((await store.readSnapshot(clusterName, SNAPSHOT))?.text);
  const current = new Map(findings.slice(0, MAX_INCIDENTS).map((finding) => [finding.key, finding]));
  const came = [...current.values()].filter((finding) => !before.includes(nameOf(finding)));
  const went = before.map(keyOf).filter((key) => !current.has(key) && !unlooked.has(key));
  if (came.length === 0 && went.length === 0) return;

  const notes = [
    ...came.map((finding) => ({ key: finding.key, severity: finding.severity, ...describeFinding(finding, clusterName, timezone) })),
    ...went.map((key) => ({ key, severity: 'info' as const, title: `${clusterName}: over: ${key}`, lines: [] })),
  ];
  const handed = await Promise.allSettled(notes.map((note) => notifier.notify(note)));
  const failed = new Set(notes.filter((_, index) => handed[index]?.status === 'rejected').map(({ key }) => key));
  const known = [
    ...[...current.values()].filter(({ key }) => !failed.has(key)).map(nameOf),
    ...before.filter((name) => !current.has(keyOf(name)) && (failed.has(keyOf(name)) || unlooked.has(keyOf(name)))),
  ];
  await store.saveSnapshot(clusterName, SNAPSHOT, { text: JSON.stringify(known), readAtMs: nowMs });
  const errors = handed.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
  if (errors.length > 0) throw new Error(`${errors.length} of ${notes.length} notifications were not handed over: ${errors[0]}`);
}

/** An incident that changes its kind (a stale calendar goes missing) or its stage is told of again; it is over when its key is gone. */
function nameOf({ key, code, stage }: Finding): string {
  return `${key}|${code}${stage === undefined ? '' : `:${stage}`}`;
}

function keyOf(name: string): string {
  return name.slice(0, name.lastIndexOf('|'));
}

function parseIncidents(text: string | undefined): string[] {
  try {
    const parsed: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(parsed) ? parsed.filter((key) => typeof key === 'string') : [];
  } catch {
    // An unreadable memory of incidents: people hear of them once more.
    return [];
  }
}
