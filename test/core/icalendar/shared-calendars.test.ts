import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { expandOccurrences } from '../../../lambda/core/calendar/expand.ts';
import { formatUtc, parseInstant } from '../../../lambda/core/units/time.ts';
import { parse } from './icalendar-fixture.ts';

/**
 * Calendars with every occurrence that they have in a period, as JSON: our own in test/fixtures/icalendar, and real ones in
 * ../shared/data where somebody has put them beside the repository.
 */
const DIRECTORIES = ['../../fixtures/icalendar/', '../../../../shared/data/calendars/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

const Expected = z.object({
  file: z.string(),
  window: z.object({ start: z.string(), end: z.string() }),
  occurrences: z.array(z.object({ start: z.string(), end: z.string(), uid: z.string(), status: z.string().optional() })),
});

for (const directory of new Set(DIRECTORIES.filter((path) => existsSync(`${path}expected`)))) {
  const files = readdirSync(`${directory}expected`).filter((file) => file.endsWith('.json'));
  describe(`calendars of ${directory}`, () => {
    it('are there', () => expect(files.length).toBeGreaterThan(0));

    it.each(files)('%s', (file) => {
      const expected = Expected.parse(JSON.parse(readFileSync(`${directory}expected/${file}`, 'utf8')));
      const { events } = parse(readFileSync(`${directory}${expected.file}`, 'utf8'));
      const period = [parseInstant(expected.window.start, 'UTC'), parseInstant(expected.window.end, 'UTC')] as const;
      const found = expandOccurrences(events, ...period).map((occurrence) =>
        row(occurrence.startMs, occurrence.endMs, occurrence.event.uid),
      );
      const wanted = expected.occurrences
        .filter(({ status }) => status !== 'CANCELLED')
        .map(({ start, end, uid }) => `${start}/${end} ${uid}`);
      expect(found.sort()).toEqual(wanted.sort());
    });
  });
}

function row(startMs: number, endMs: number, uid: string | undefined): string {
  return `${formatUtc(startMs)}/${formatUtc(endMs)} ${uid ?? ''}`;
}
