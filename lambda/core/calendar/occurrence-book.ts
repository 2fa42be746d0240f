import { memoizeByIdentity } from '../units/memoize.ts';
import { DAY_MS, type InstantMs } from '../units/quantities.ts';
import type { CalendarEvent } from './event.ts';
import { expandOccurrences } from './expand.ts';
import { meetsPeriod, type Occurrence } from './occurrence.ts';

/** Occurrences whose window meets `[fromMs, toMs)`, as `expandOccurrences` gives them. */
export type OccurrenceBook = (fromMs: InstantMs, toMs: InstantMs) => Occurrence[];

const PAGE_MS = 7 * DAY_MS;
/** Half a year: what the longest look back and a tick's own horizon need. */
const MOST_PAGES = 26;

/**
 * For callers that look at the same events again and again, a little later each time: a week is expanded once and
 * then looked up. The list of events is the key, so pass the same list, not a copy.
 *
 * @throws what `expandOccurrences` throws, from the call that first meets the week in which it is wrong.
 */
export const openOccurrences = memoizeByIdentity((events: readonly CalendarEvent[]): OccurrenceBook => {
  const pages = new Map<number, readonly Occurrence[]>();

  function openPage(index: number): readonly Occurrence[] {
    const known = pages.get(index);
    if (known !== undefined) return known;
    if (pages.size === MOST_PAGES) pages.clear();
    const page = expandOccurrences(events, index * PAGE_MS, (index + 1) * PAGE_MS);
    pages.set(index, page);
    return page;
  }

  return (fromMs, toMs) => {
    if (fromMs >= toMs) return [];
    const first = Math.floor(fromMs / PAGE_MS);
    const found: Occurrence[] = [];
    for (let index = first; index * PAGE_MS < toMs; index += 1) {
      for (const occurrence of openPage(index)) {
        // One that began on an earlier page was found there.
        if (index > first && occurrence.startMs < index * PAGE_MS) continue;
        if (meetsPeriod(occurrence, fromMs, toMs)) found.push(occurrence);
      }
    }
    return found;
  };
});
