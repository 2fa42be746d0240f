import { join } from 'node:path';
import type { CalendarStore } from '../../ports/calendar-store.ts';
import { newVersion, requireVersion, sortEntries } from '../calendar-entries.ts';
import { encodeRecord } from '../record-codec.ts';
import { entryRecord } from '../stored-records.ts';
import { encodeFileName } from './file-names.ts';
import { type LockOptions, withProcessLock } from './process-lock.ts';
import { readRecordFile, readRecordFiles, recordFile, removeRecordFile, writeRecordFile } from './record-files.ts';

/** The calendar table in one local directory, a file an entry. */
export function openFileCalendarStore(directory: string, options: LockOptions = {}): CalendarStore {
  const folder = join(directory, 'calendar');
  const fileOf = (name: string) => recordFile(folder, encodeFileName(name));

  /** Nobody else writes between the look at what is there and the write. */
  const whileUnchanged = (name: string, before: string | undefined, write: () => Promise<void>) =>
    withProcessLock(
      join(directory, 'calendar.lock'),
      async () => {
        requireVersion(name, await readRecordFile(entryRecord, fileOf(name)), before);
        await write();
      },
      options,
    );

  return {
    async readEntries() {
      return sortEntries(await readRecordFiles(entryRecord, folder));
    },
    async putEntry(entry, before) {
      const { name } = entry.event;
      const stored = newVersion(entry);
      // Refused before its name becomes a path.
      encodeRecord(entryRecord, stored, name);
      await whileUnchanged(name, before, () => writeRecordFile(entryRecord, fileOf(name), stored));
    },
    removeEntry: (name, before) => whileUnchanged(name, before, () => removeRecordFile(fileOf(name))),
  };
}
