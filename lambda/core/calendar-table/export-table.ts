import type { Config } from '../config/schema.ts';
import { type ExportedEvent, type ExportProblem, type WrittenCalendar, writeICalendar } from '../icalendar/write-icalendar.ts';
import type { InstantMs } from '../units/quantities.ts';
import type { TableEntry } from './entry.ts';
import { nameOfOwnUid, ownUid } from './own-uid.ts';
import { parseTable, renderTableText } from './parse-table.ts';

/**
 * The table as an iCalendar. An event that was imported keeps its UID where it is the only one of it, so that the calendar that it came
 * from knows it again; the others have theirs from their names. Events that don't fit the configuration are left out with a problem.
 */
export function exportICalendar(entries: readonly TableEntry[], config: Config, nowMs: InstantMs): WrittenCalendar {
  const problems: ExportProblem[] = [];
  const uses = new Map<string, number>();
  for (const { uid } of entries) if (uid !== undefined) uses.set(uid, (uses.get(uid) ?? 0) + 1);
  const exported = entries.flatMap(({ event, uid, writtenAtMs }): ExportedEvent[] => {
    const parsed = parseTable(renderTableText([event]), 'table', config);
    problems.push(...parsed.problems.map(({ entry, kind, problem, fix }) => ({ entry, kind, problem, fix })));
    const isKept = uid !== undefined && uses.get(uid) === 1 && nameOfOwnUid(uid) === undefined;
    return parsed.events.map((one) => ({ uid: isKept ? uid : ownUid(event.name), event: one, writtenAtMs }));
  });
  const written = writeICalendar(exported, config, nowMs);
  return { text: written.text, problems: [...problems, ...written.problems] };
}
