import type { CalendarStore, StoredEntry } from '../../ports/calendar-store.ts';
import { newVersion, requireVersion, sortEntries } from '../calendar-entries.ts';
import { freezeRecord } from '../record-codec.ts';
import { entryRecord } from '../stored-records.ts';

export function makeMemoryCalendarStore(): CalendarStore {
  const entries = new Map<string, StoredEntry>();
  return {
    async readEntries() {
      return sortEntries([...entries.values()]);
    },
    async putEntry(entry, before) {
      const { name } = entry.event;
      const stored = freezeRecord(entryRecord, newVersion(entry), name);
      requireVersion(name, entries.get(name), before);
      entries.set(name, stored);
    },
    async removeEntry(name, before) {
      requireVersion(name, entries.get(name), before);
      entries.delete(name);
    },
  };
}
