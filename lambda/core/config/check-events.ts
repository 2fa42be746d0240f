import { Temporal } from 'temporal-polyfill';
import { validateRecurrence } from '../calendar/recurrence.ts';
import { checkKnown, checkUnique } from './check-sections.ts';
import { resolveEvent } from './events.ts';
import { asMap, type LooseEvent, type LooseFile } from './loose.ts';
import { cut, type Finding, type Path } from './problem.ts';
import { EventConfig, type FloorConfig, type HolidaysConfig } from './sections/calendar.ts';
import { DEMAND_UNITS } from './sections/workloads.ts';

type LooseWorkload = Pick<LooseFile['workloads'][number], 'name' | 'bounds' | 'replica'>;

/** What events need of the rest of the configuration. */
export type EventContext = {
  readonly workloads: readonly LooseWorkload[];
  readonly timezone: string | undefined;
  readonly holidays: HolidaysConfig | undefined;
  /** Holidays that are wrong are reported as such, and fine for `except: [holidays]`. */
  readonly hasHolidays: boolean;
};

/** What is wrong with events beyond their fields: windows, workloads, floors against bounds. */
export function checkEvents(events: readonly LooseEvent[], base: Path, context: EventContext): Finding[] {
  const findings = checkUnique(
    events.map((event) => event.name),
    base,
  );
  for (const [index, event] of events.entries()) {
    const path: Path = [...base, index];
    findings.push(...checkWindow(event, path, context), ...checkWorkloads(event, path, context));
    if (event.except?.includes('holidays') && event.holidays === undefined && !context.hasHolidays)
      findings.push({
        path: [...path, 'except', event.except.indexOf('holidays')],
        message: 'is holidays, but none are configured',
        fix: 'add holidays: { country: US } to the event or to calendar',
      });
  }
  return findings;
}

/** What is wrong with the defaults that calendar sources give to entries that say nothing themselves. */
export function checkSourceDefaults(sources: readonly LooseEvent[], base: Path, context: EventContext): Finding[] {
  return sources.flatMap((source, index) => checkWorkloads(source, [...base, index], context));
}

/**
 * What the calendar has against recurrences whose shape is right. `written` are the events as they stand in the file;
 * those with another fault are passed over, since the calendar would only repeat it.
 */
export function checkRecurrences(written: readonly unknown[], base: Path, faults: readonly Finding[], context: EventContext): Finding[] {
  const faulty = new Set(faults.map((fault) => fault.path[base.length]));
  return written.flatMap((entry, index): Finding[] => {
    if (faulty.has(index) || asMap(entry).recurrence === undefined) return [];
    const event = EventConfig.safeParse(entry);
    if (!event.success) return [];
    // Holidays that are wrong have been reported where they stand.
    const wrongHolidays = context.hasHolidays && context.holidays === undefined && event.data.holidays === undefined;
    if (wrongHolidays && event.data.except.includes('holidays')) return [];
    const problem = validateRecurrence(
      resolveEvent({ timezone: context.timezone ?? 'UTC', holidays: context.holidays }, 'config', event.data),
    );
    return problem === undefined ? [] : [{ path: [...base, index, 'recurrence'], message: cut(problem, 300) }];
  });
}

function checkWindow(event: LooseEvent, path: Path, { timezone }: EventContext): Finding[] {
  const { written } = event;
  if (written.size > 0 && !written.has('end') && !written.has('duration'))
    return [{ path, message: 'has neither end nor duration', fix: 'add for example duration: 3h' }];
  if (written.has('end') && written.has('duration'))
    return [{ path: [...path, 'duration'], message: 'is given beside end', fix: 'keep one of end and duration' }];
  if (event.start === undefined || event.end === undefined) return [];
  const zone = event.timezone ?? timezone ?? 'UTC';
  const startMs = instantMs(event.start, zone);
  const endMs = instantMs(event.end, zone);
  if (startMs < endMs) return [];
  const relation = startMs === endMs ? 'is its start: the event has no length' : `is before its start, ${event.start}`;
  return [{ path: [...path, 'end'], message: relation, fix: 'put end after start; the end itself is not part of the event' }];
}

function instantMs(time: string, zone: string): number {
  if (/(Z|[+-]\d{2}:\d{2})$/.test(time)) return Temporal.Instant.from(time).epochMilliseconds;
  return Temporal.PlainDateTime.from(time).toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds;
}

function checkWorkloads(event: LooseEvent, path: Path, { workloads }: EventContext): Finding[] {
  const known = workloads.map((workload) => workload.name);
  return (event.workloads ?? []).flatMap((name, index): Finding[] => {
    const unknown = checkKnown(name, known, [...path, 'workloads', index], 'workload');
    const workload = workloads.find((candidate) => candidate.name === name);
    return workload === undefined ? unknown : checkFloor(event, path, workload, name);
  });
}

function checkFloor(event: LooseEvent, path: Path, workload: LooseWorkload, name: string): Finding[] {
  const findings: Finding[] = [];
  const max = lowestMax(event, workload, name);
  const refuse = (key: string, replicas: number, how = '') => {
    if (max !== undefined && replicas > max.replicas)
      findings.push({
        path: [...path, key],
        message: `is ${replicas} replicas${how}, above ${max.what}, ${max.replicas}`,
        fix: `lower it to ${max.replicas}, or raise the max`,
      });
  };
  if (event.fallbackFloor !== undefined) refuse('fallbackFloor', event.fallbackFloor);
  if (typeof event.floor === 'number') refuse('floor', event.floor);
  const demand = demandOf(event.floor);
  if (demand === undefined || workload.replica === undefined) return findings;
  const perReplica = workload.replica.capacity?.[demand.unit];
  if (perReplica === undefined)
    findings.push({
      path: [...path, 'floor', demand.unit],
      message: `needs the ${demand.unit} that one replica of ${name} serves`,
      fix: `add replica: { capacity: { ${demand.unit}: … } } to workload ${name}, or write the floor in replicas`,
    });
  else refuse('floor', Math.ceil(demand.value / perReplica), ` of ${name} (${demand.value} ÷ ${perReplica})`);
  return findings;
}

function lowestMax(
  event: LooseEvent,
  workload: LooseWorkload,
  name: string,
): { readonly replicas: number; readonly what: string } | undefined {
  const own = workload.bounds === undefined ? undefined : { replicas: workload.bounds.max, what: `bounds.max of workload ${name}` };
  const events = event.max === undefined ? undefined : { replicas: event.max, what: 'max of the event' };
  return own !== undefined && events !== undefined ? (events.replicas < own.replicas ? events : own) : (own ?? events);
}

/** The demand of a floor that is one. */
export function demandOf(
  floor: FloorConfig | undefined,
): { readonly unit: (typeof DEMAND_UNITS)[number]; readonly value: number } | undefined {
  if (typeof floor !== 'object') return undefined;
  const given: Partial<Record<string, number>> = floor;
  for (const unit of DEMAND_UNITS) {
    const value = given[unit];
    if (value !== undefined) return { unit, value };
  }
  return undefined;
}
