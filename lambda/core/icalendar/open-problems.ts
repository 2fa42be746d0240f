import { openOccurrences } from '../calendar/occurrence-book.ts';
import { memoizeByIdentity } from '../units/memoize.ts';
import type { InstantMs } from '../units/quantities.ts';
import type { EntryProblem } from './parse-icalendar.ts';

/** A problem of an entry that happens in the period, with its first start there; undefined when nobody can say when it happens. */
export type OpenProblem = EntryProblem & { readonly startMs: InstantMs | undefined };

/**
 * Problems that matter in `[fromMs, toMs)`: those of entries that happen then, soonest first, after those of entries whose times can't
 * be read. What is wrong with past entries is nobody's concern.
 * @throws {CalendarError} as `expandOccurrences` does.
 */
export function findOpenProblems(problems: readonly EntryProblem[], fromMs: InstantMs, toMs: InstantMs): OpenProblem[] {
  const starts = new Map<object, InstantMs>();
  for (const { event, startMs } of openOccurrences(timesOf(problems))(fromMs, toMs)) if (!starts.has(event)) starts.set(event, startMs);
  return problems
    .flatMap((problem): OpenProblem[] => {
      if (problem.when === undefined) return [{ ...problem, startMs: undefined }];
      const startMs = starts.get(problem.when);
      return startMs === undefined ? [] : [{ ...problem, startMs }];
    })
    .sort((a, b) => (a.startMs ?? Number.MIN_SAFE_INTEGER) - (b.startMs ?? Number.MIN_SAFE_INTEGER));
}

const timesOf = memoizeByIdentity((problems: readonly EntryProblem[]) => problems.flatMap(({ when }) => when ?? []));
