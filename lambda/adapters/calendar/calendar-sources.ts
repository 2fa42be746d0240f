import type { Config } from '../../core/config/schema.ts';
import type { CalendarFormat } from '../../core/icalendar/parse-calendar.ts';
import type { CalendarSource } from '../../ports/calendar-source.ts';
import type { CalendarStore } from '../../ports/calendar-store.ts';
import type { Clock } from '../../ports/clock.ts';
import { makeChangeCalendarSource } from '../aws/change-calendar-source.ts';
import { makeS3CalendarSource } from '../aws/s3-calendar-source.ts';
import { makeFileCalendarSource } from '../files/file-calendar-source.ts';
import { makeWebCalendarSource } from '../web/web-calendar-source.ts';
import { makeTableCalendarSource } from './table-calendar-source.ts';

export type CalendarSourcesInput = {
  readonly config: Config;
  /** Paths of the configuration are relative to it. */
  readonly configFile: string;
  readonly clock: Clock;
  /** What `{ table: true }` reads. */
  readonly table: CalendarStore;
};

export type CalendarSources = {
  readonly all: readonly CalendarSource[];
  /** Those of files beside the configuration: what is wrong with them is a mistake of whoever runs this, now. */
  readonly files: readonly CalendarSource[];
};

type SourceConfig = Config['calendar']['sources'][number];

/** The calendar sources of a configuration, in its order, for the CLI and the deployed function alike. */
export function makeCalendarSources(input: CalendarSourcesInput): CalendarSources {
  const made = input.config.calendar.sources.map((source) => ({
    calendar: makeCalendarSource(source, input),
    isFile: fileOf(source) !== undefined,
  }));
  return { all: made.map(({ calendar }) => calendar), files: made.filter(({ isFile }) => isFile).map(({ calendar }) => calendar) };
}

function makeCalendarSource(source: SourceConfig, { configFile, clock, table }: CalendarSourcesInput): CalendarSource {
  const file = fileOf(source);
  if ('file' in source) return makeFileCalendarSource(configFile, source.file);
  if ('table' in source) return makeTableCalendarSource(table);
  const format: CalendarFormat = { kind: 's3' in source ? 'either' : 'icalendar', defaults: defaultsOf(source) };
  if (file !== undefined) return makeFileCalendarSource(configFile, file, format);
  const remote = { format, refreshMs: source.refresh.ms, clock };
  if ('s3' in source) return makeS3CalendarSource({ ...remote, uri: source.s3 });
  if ('changeCalendar' in source) return makeChangeCalendarSource({ ...remote, arn: source.changeCalendar });
  return makeWebCalendarSource({ ...remote, url: source.ics, allowPrivate: source.allowPrivate });
}

/** The file of a source that is one. */
function fileOf(source: SourceConfig): string | undefined {
  if ('file' in source) return source.file;
  return 'ics' in source && !source.ics.startsWith('https://') ? source.ics : undefined;
}

function defaultsOf({ workloads, floor }: Pick<Extract<SourceConfig, { ics: string }>, 'workloads' | 'floor'>): CalendarFormatDefaults {
  return { ...(workloads !== undefined && { workloads }), ...(floor !== undefined && { floor }) };
}

type CalendarFormatDefaults = Extract<CalendarFormat, { kind: 'icalendar' }>['defaults'];
