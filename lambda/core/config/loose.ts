import { z } from 'zod';
import { ConfigFile } from './schema.ts';
import { CalendarConfig, EventConfig } from './sections/calendar.ts';
import { PoolGroupConfig } from './sections/capacity.ts';
import { ClusterConfig } from './sections/clusters.ts';
import { CapConfig } from './sections/spend.ts';
import { WorkloadConfig } from './sections/workloads.ts';

/** Those fields that are valid by themselves, with their defaults; the others are missing, but `written` tells which were there. */
type Loose<T> = { readonly [K in keyof T]?: T[K] } & { readonly written: ReadonlySet<string> };

type LooseOf<T extends z.ZodObject> = Loose<z.output<T>>;

/**
 * What can be understood of a file although parts of it are wrong, so that checks across fields and sections
 * run beside the schema's and one pass reports everything. Lists keep their positions.
 */
export type LooseFile = {
  readonly timezone: string | undefined;
  readonly clusters: readonly LooseOf<typeof ClusterConfig>[];
  readonly workloads: readonly LooseOf<typeof WorkloadConfig>[];
  /** Holidays only. */
  readonly calendar: Loose<Pick<z.output<typeof CalendarConfig>, 'holidays'>>;
  readonly groups: readonly LooseOf<typeof PoolGroupConfig>[];
  readonly caps: readonly LooseOf<typeof CapConfig>[];
};
export type LooseEvent = LooseOf<typeof EventConfig>;

export function loosenFile(value: unknown): LooseFile {
  const file = asMap(value);
  return {
    timezone: loosen(ConfigFile, { timezone: file.timezone }).timezone,
    clusters: asList(file.clusters).map((entry) => loosen(ClusterConfig, entry)),
    workloads: asList(file.workloads).map((entry) => loosen(WorkloadConfig, entry)),
    calendar: loosen(CalendarConfig.pick({ holidays: true }), file.calendar),
    groups: asList(asMap(file.capacity).groups).map((entry) => loosen(PoolGroupConfig, entry)),
    caps: asList(asMap(file.spend).caps).map((entry) => loosen(CapConfig, entry)),
  };
}

export function loosenEvents(value: unknown): LooseEvent[] {
  return asList(value).map((entry) => loosen(EventConfig, entry));
}

/** What calendar sources say for entries that say nothing: the part of an event that they may. */
export function loosenSources(value: unknown): LooseEvent[] {
  return asList(value).map((entry) => loosen(EventConfig.pick({ workloads: true, floor: true }), entry));
}

function loosen<T extends z.ZodObject>(schema: T, value: unknown): LooseOf<T> {
  const given = asMap(value);
  const valid: Record<string, unknown> = { written: new Set(Object.keys(given)) };
  for (const [key, field] of Object.entries(schema.shape)) {
    const result = z.safeParse(field, Object.hasOwn(given, key) ? given[key] : undefined);
    if (result.success && result.data !== undefined) valid[key] = result.data;
  }
  return valid as LooseOf<T>;
}

export function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
