import { stringify } from 'yaml';
import type { WrittenEvent } from '../config/write-event.ts';

/** A calendar file of these events, as `calendar.sources: [{ file }]` and an import read it. */
export function writeYaml(events: readonly WrittenEvent[]): string {
  return events.length === 0 ? 'events: []\n' : stringify({ events }, { lineWidth: 0, aliasDuplicateObjects: false });
}
