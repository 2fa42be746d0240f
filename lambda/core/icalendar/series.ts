import { RecurrenceError } from '../calendar/recurrence-value.ts';
import type { SeriesPart, Timetable } from '../calendar/timetable.ts';
import { type Component, propertyOf, textOf } from './components.ts';
import { type EntryTimes, type Recurrence, readRecurrenceId, readTimetable } from './read-timetable.ts';
import type { Zones } from './zones.ts';

/** Something on the calendar: a VEVENT, or the part of a series that one VEVENT speaks for. */
export type Entry = {
  /** Empty when the calendar gives none. */
  readonly uid: string;
  readonly event: Component;
  /** The series that it is an instance of, for what it doesn't say itself. */
  readonly parent?: Component;
  /** Or why nobody can say when it happens. */
  readonly times: EntryTimes | { readonly wrong: string };
};

/**
 * The entries of an iCalendar. VEVENTs of one UID are one series: of several without RECURRENCE-ID those of the highest SEQUENCE
 * count; those with one replace the instance they name, or with RANGE=THISANDFUTURE it and the later ones. What is CANCELLED is left
 * out: a whole series with its instances, unless they say another STATUS themselves; one instance; all of a METHOD:CANCEL.
 */
export function readEntries(calendars: readonly Component[], zones: Zones): Entry[] {
  const events = calendars.flatMap((calendar) => {
    const isCancelled = textOf(calendar, 'METHOD')?.trim().toUpperCase() === 'CANCEL';
    return calendar.children
      .filter(({ name }) => name === 'VEVENT')
      .map((event) => ({ event, isCancelled: isCancelled || isStatus(event, 'CANCELLED') }));
  });
  const bySeries = groupBy(events, ({ event }, index) => uidOf(event) ?? index);
  return [...bySeries.values()].flatMap((members) => readSeries(members, zones));
}

/** The UIDs of every VEVENT, those without one left out. */
export function listUids(calendars: readonly Component[]): ReadonlySet<string> {
  return new Set(
    calendars.flatMap(({ children }) => children.filter(({ name }) => name === 'VEVENT').flatMap((event) => uidOf(event) ?? [])),
  );
}

type Member = { readonly event: Component; readonly isCancelled: boolean };

function readSeries(members: readonly Member[], zones: Zones): Entry[] {
  const uid = uidOf(members[0]?.event) ?? '';
  const masters = latest(members.filter(({ event }) => propertyOf(event, 'RECURRENCE-ID') === undefined));
  const instances = members.filter(({ event }) => propertyOf(event, 'RECURRENCE-ID') !== undefined);
  const [master] = masters;
  if (master === undefined || instances.length === 0) {
    return [...masters, ...latestOfEach(instances)]
      .filter(({ isCancelled }) => !isCancelled)
      .map(({ event }) => ({ uid, event, times: attempt(() => readTimetable(event, zones)) }));
  }
  const others = masters.slice(1).filter(({ isCancelled }) => !isCancelled);
  const alone = others.map(({ event }): Entry => ({ uid, event, times: attempt(() => readTimetable(event, zones)) }));
  const times = attempt(() => readTimetable(master.event, zones));
  const kept = latestOfEach(instances).filter(({ event }) => !master.isCancelled || propertyOf(event, 'STATUS') !== undefined);
  if ('wrong' in times) {
    const replaced = kept.filter(({ isCancelled }) => !isCancelled);
    return [
      ...(master.isCancelled ? [] : [{ uid, event: master.event, times }]),
      ...replaced.map(({ event }): Entry => ({ uid, event, parent: master.event, times: attempt(() => readTimetable(event, zones)) })),
      ...alone,
    ];
  }
  return [...joinInstances({ uid, master, times }, kept, zones), ...alone];
}

type Read = { readonly uid: string; readonly master: Member; readonly times: EntryTimes };
type Instance = Member & { readonly replaces: Recurrence };

/** The series without what its instances replace, and the instances. */
function joinInstances({ uid, master, times }: Read, members: readonly Member[], zones: Zones): Entry[] {
  const parent = master.event;
  const entries: Entry[] = [];
  const instances: Instance[] = [];
  for (const member of members) {
    const replaces = attempt(() => replacedBy(member.event, times, zones));
    if (!('wrong' in replaces)) instances.push({ ...member, replaces });
    else if (!member.isCancelled) entries.push({ uid, event: member.event, parent, times: replaces });
  }
  const removed: Timetable = {
    ...times.timetable,
    removedStarts: new Set([
      ...times.timetable.removedStarts,
      ...instances.flatMap(({ replaces }) => (replaces.date === undefined ? [replaces.startMs] : [])),
    ]),
    removedDates: new Set([...times.timetable.removedDates, ...instances.flatMap(({ replaces }) => replaces.date ?? [])]),
  };
  const ranges = instances.filter(({ replaces }) => replaces.andFuture).sort((a, b) => a.replaces.startMs - b.replaces.startMs);
  const firstMs = ranges[0]?.replaces.startMs ?? Number.POSITIVE_INFINITY;
  const part = ranges.length === 0 ? undefined : { fromMs: Number.NEGATIVE_INFINITY, beforeMs: firstMs, shiftMs: 0 };
  if (!master.isCancelled) entries.push({ uid, event: parent, times: { ...times, timetable: { ...removed, ...(part && { part }) } } });
  for (const instance of instances) {
    if (instance.isCancelled) continue;
    const { event, replaces } = instance;
    const own = attempt(() => readTimetable(event, zones));
    entries.push({ uid, event, parent, times: own });
    if (!replaces.andFuture || 'wrong' in own || own.timetable.rules.length > 0) continue;
    const next = ranges[ranges.indexOf(instance) + 1];
    const later: SeriesPart = {
      fromMs: replaces.startMs,
      beforeMs: next?.replaces.startMs ?? Number.POSITIVE_INFINITY,
      shiftMs: times.zone.clock.localOf(own.timetable.first.ms) - replaces.localMs,
    };
    const { durationMs, wallMs } = own.timetable;
    const { wallMs: _, ...rest } = removed;
    const timetable = { ...rest, durationMs, ...(wallMs !== undefined && { wallMs }), part: later };
    entries.push({ uid, event, parent, times: { ...times, timetable, doubts: [] } });
  }
  return entries;
}

function replacedBy(event: Component, times: EntryTimes, zones: Zones): Recurrence {
  const property = propertyOf(event, 'RECURRENCE-ID');
  if (property === undefined) throw new RecurrenceError('it has no RECURRENCE-ID');
  return readRecurrenceId(property, times, zones);
}

/** Those of the highest SEQUENCE: a revised event replaces what it was. Programs that give several events one UID give them one SEQUENCE. */
function latest(members: readonly Member[]): Member[] {
  const highest = Math.max(...members.map(({ event }) => sequenceOf(event)));
  return members.filter(({ event }) => sequenceOf(event) === highest);
}

/** Of those that replace the same instance the last of the highest SEQUENCE. */
function latestOfEach(instances: readonly Member[]): Member[] {
  const byInstance = groupBy(instances, ({ event }) => {
    const property = propertyOf(event, 'RECURRENCE-ID');
    return `${property?.params.get('TZID')?.join(',') ?? ''}:${property?.value.trim() ?? ''}`;
  });
  return [...byInstance.values()].flatMap((same) => latest(same).slice(-1));
}

function sequenceOf(event: Component): number {
  const value = propertyOf(event, 'SEQUENCE')?.value.trim() ?? '';
  return /^\d{1,10}$/.test(value) ? Number(value) : 0;
}

function uidOf(event: Component | undefined): string | undefined {
  const uid = event === undefined ? undefined : textOf(event, 'UID')?.trim();
  return uid === '' ? undefined : uid;
}

function isStatus(event: Component, status: string): boolean {
  return propertyOf(event, 'STATUS')?.value.trim().toUpperCase() === status;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T, index: number) => string | number): Map<string | number, T[]> {
  const groups = new Map<string | number, T[]>();
  for (const [index, item] of items.entries()) {
    const key = keyOf(item, index);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function attempt<T>(read: () => T): T | { readonly wrong: string } {
  try {
    return read();
  } catch (error) {
    if (error instanceof RecurrenceError) return { wrong: error.message };
    throw error;
  }
}
