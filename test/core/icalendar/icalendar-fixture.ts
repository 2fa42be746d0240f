import { expandOccurrences } from '../../../lambda/core/calendar/expand.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import type { Config } from '../../../lambda/core/config/schema.ts';
import type { EntryDefaults } from '../../../lambda/core/icalendar/needs.ts';
import { type ParsedCalendar, parseICalendar } from '../../../lambda/core/icalendar/parse-icalendar.ts';
import { formatUtc, parseInstant } from '../../../lambda/core/units/time.ts';

/** Two workloads, in the given zone. */
function makeConfig(timezone = 'UTC'): Config {
  return parseConfig(
    `timezone: ${timezone}
clusters: [{ name: prod, region: us-east-1 }]
workloads:
  - { name: chat, cluster: prod, target: { kind: ScaledObject, namespace: ai, name: chat }, bounds: { min: 2, max: 60 } }
  - { name: embeddings, cluster: prod, target: { kind: ScaledObject, namespace: ai, name: embed }, bounds: { min: 1, max: 9 } }
calendar: { events: [{ name: other, workloads: [chat], start: 2026-01-01, duration: 1h, floor: 3 }] }
`,
    'foretide.yaml',
  ).config;
}

export const CHAT: EntryDefaults = { workloads: ['chat'], floor: 10 };

/** An iCalendar whose entries need 10 replicas of chat unless they say otherwise. */
export function parse(
  text: string,
  { timezone = 'UTC', defaults = CHAT }: { timezone?: string; defaults?: EntryDefaults } = {},
): ParsedCalendar {
  return parseICalendar(text, 'a.ics', makeConfig(timezone), defaults);
}

/** A calendar of these lines. */
export function calendar(...lines: readonly string[]): string {
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Test//EN', ...lines, 'END:VCALENDAR', ''].join('\r\n');
}

/** A VEVENT of these lines, of UID `a` on the first of June 2026 from 9 to 10 UTC unless they say otherwise. */
export function entry(...lines: readonly string[]): string {
  const has = (name: string) => lines.some((line) => line.startsWith(name));
  return [
    'BEGIN:VEVENT',
    ...(has('UID') ? [] : ['UID:a']),
    ...(has('SUMMARY') ? [] : ['SUMMARY:Launch']),
    ...(has('DTSTART') ? [] : ['DTSTART:20260601T090000Z', 'DTEND:20260601T100000Z']),
    ...lines,
    'END:VEVENT',
  ].join('\r\n');
}

/** Its occurrences in 2026 as `start/end`, seconds left out. */
export function windows(text: string, timezone = 'UTC'): string[] {
  const { events } = parse(text, { timezone });
  return expandOccurrences(events, parseInstant('2026-01-01', 'UTC'), parseInstant('2027-01-01', 'UTC')).map(
    ({ startMs, endMs }) => `${short(startMs)}/${short(endMs)}`,
  );
}

function short(ms: number): string {
  return formatUtc(ms).slice(5, 16);
}
