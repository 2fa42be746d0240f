import { expandOccurrences } from '../../../lambda/core/calendar/expand.ts';
import type { KnownEntry } from '../../../lambda/core/calendar-table/decide-import.ts';
import { decideImport } from '../../../lambda/core/calendar-table/decide-import.ts';
import type { TableEntry } from '../../../lambda/core/calendar-table/entry.ts';
import { parseTable, renderTableText } from '../../../lambda/core/calendar-table/parse-table.ts';
import { type ImportFile, readImport } from '../../../lambda/core/calendar-table/read-import.ts';
import { resolveEvents } from '../../../lambda/core/config/events.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import type { WrittenEvent } from '../../../lambda/core/config/write-event.ts';
import type { EntryDefaults } from '../../../lambda/core/icalendar/needs.ts';
import { formatUtc, parseInstant } from '../../../lambda/core/units/time.ts';

export const NOW_MS = parseInstant('2026-11-20T12:00', 'UTC');

/** Two workloads in New York, and an event of the configuration's own. */
export const { config: CONFIG } = parseConfig(
  `timezone: America/New_York
clusters: [{ name: prod, region: us-east-1 }]
workloads:
  - { name: chat, target: { kind: ScaledObject, namespace: ai, name: chat }, bounds: { min: 2, max: 60 }, replica: { capacity: { requestsPerMinute: 600 } } }
  - { name: embed, target: { kind: ScaledObject, namespace: ai, name: embed } }
calendar:
  holidays: { country: US }
  sources: [{ table: true }]
  events: [{ name: own, workloads: [chat], start: 2026-01-01, duration: 1h, floor: 3 }]
`,
  'foretide.yaml',
);

export function entryOf(event: WrittenEvent, uid?: string): KnownEntry {
  return { event, ...(uid === undefined ? {} : { uid }), person: 'ada', writtenAtMs: NOW_MS, version: `v-${event.name}` };
}

export function read(text: string, defaults: EntryDefaults = {}): ImportFile {
  return readImport(text, 'a.ics', CONFIG, defaults, NOW_MS);
}

/** The table after an import, and what was said about it. */
export function importInto(stored: readonly KnownEntry[], file: ImportFile) {
  const decision = decideImport(stored, file);
  const changed = new Set(decision.changes.map(({ event }) => event.name));
  const written = decision.changes.flatMap((change) => (change.kind === 'removed' ? [] : [entryOf(change.event, change.uid)]));
  const table = [...stored.filter(({ event }) => !changed.has(event.name)), ...written].toSorted((a, b) =>
    a.event.name < b.event.name ? -1 : 1,
  );
  return { ...decision, table };
}

/** `name start/end` of what the table's events do in a period, in UTC. */
export function windowsOf(entries: readonly TableEntry[], from: string, to: string): string[] {
  const { events, problems } = parseTable(renderTableText(entries.map(({ event }) => event)), 'table', CONFIG);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return expandOccurrences(resolveEvents(CONFIG, 'table', events), parseInstant(from, 'UTC'), parseInstant(to, 'UTC')).map(
    ({ event, startMs, endMs }) => `${event.name} ${formatUtc(startMs)}/${formatUtc(endMs)}`,
  );
}
