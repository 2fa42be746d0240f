import { z } from 'zod';
import { checkExceptEntry, checkHolidays, checkRecurrence, normaliseRecurrence } from './calendar-texts.ts';
import { distinct, duration, Expectations, eventName, flag, name, positiveNumber, replicas, shaped, text, wholeNumber } from './fields.ts';
import { documentArn } from './resource-fields.ts';
import { localTime, zone } from './time-fields.ts';

const MINUTE_MS = 60_000;

export const HolidaysConfig = z
  .strictObject({
    country: text('US', 100).describe('ISO 3166 code of the country, as date-holidays knows it.'),
    state: text('NY', 100)
      .exactOptional()
      .describe('Code of the state or province, as date-holidays knows it. Default: the whole country.'),
  })
  .superRefine(checkHolidays);
export type HolidaysConfig = z.output<typeof HolidaysConfig>;

export const FloorConfig = z
  .union([
    replicas().describe('Replicas.'),
    z.strictObject({ add: replicas().describe('Replicas above the baseline min.') }),
    z.strictObject({ times: positiveNumber(10_000).describe('A multiple of the baseline min, rounded up.') }),
    z.strictObject({ requestsPerMinute: positiveNumber().describe("Demand, divided by one replica's capacity.") }),
    z.strictObject({ tokensPerSecond: positiveNumber().describe("Demand, divided by one replica's capacity.") }),
    z.strictObject({ concurrency: positiveNumber().describe("Demand, divided by one replica's capacity.") }),
    z.literal('learned').describe('Learned from earlier events of the class.'),
  ])
  .register(Expectations, {
    expects:
      'a whole number of replicas, { add: n }, { times: f }, { requestsPerMinute: n }, { tokensPerSecond: n }, { concurrency: n } or learned',
    example: '30',
  });
export type FloorConfig = z.output<typeof FloorConfig>;

const steps = () => wholeNumber(1, 1_000);

const RampConfig = z
  .strictObject({
    steps: steps().prefault(1).describe('Equal steps on the way up. Default 1.'),
    over: duration(0, 7 * 24 * 60 * MINUTE_MS)
      .prefault('0m')
      .describe('Time between the first step and the last; the last is asked for at start − lead time. Default 0m.'),
  })
  .superRefine((ramp, context) => {
    if (ramp.steps > 1 || ramp.over.ms === 0) return;
    context.addIssue({
      code: 'custom',
      message: 'has one step, which takes no time, but an `over`',
      params: { fix: 'write steps: 2 or more, or remove over' },
    });
  });

/** A release holds at most so long, or `over` when that is longer. */
export const DEFAULT_MAX_HOLD_MS = 60 * MINUTE_MS;

const ReleaseConfig = z
  .strictObject({
    steps: steps().prefault(1).describe('Equal steps on the way down, the first at the end of the event. Default 1.'),
    over: duration(0, 7 * 24 * 60 * MINUTE_MS)
      .prefault('0m')
      .describe('Time between the first step and the last. Default 0m.'),
    maxHold: duration(0, 7 * 24 * 60 * MINUTE_MS)
      .exactOptional()
      .describe('Latest end of a release whose need is unknown, after the end of the event. Default 60m, or `over` when that is longer.'),
  })
  .superRefine(({ over, maxHold }, context) => {
    if (maxHold === undefined || over.ms <= maxHold.ms) return;
    context.addIssue({ code: 'custom', path: ['over'], message: 'is longer than maxHold', params: { fix: 'raise maxHold, or remove it' } });
  })
  .transform((release) => ({ ...release, maxHold: release.maxHold ?? { ms: Math.max(DEFAULT_MAX_HOLD_MS, release.over.ms) } }));

export const EventConfig = z.strictObject({
  name: eventName().describe('Name of the event, unique in its file and among the events of the configuration.'),
  class: name('match').exactOptional().describe('Events of a class share what is learned. Default: the event alone.'),
  importance: positiveNumber(1_000).exactOptional().describe('Weight of a missed minute against other events. Default 1.'),
  workloads: distinct(name('chat')).describe('Names of the workloads that the event needs.'),
  timezone: zone().exactOptional().describe('IANA zone of the local times of the event. Default: `timezone` of the file.'),
  holidays: HolidaysConfig.exactOptional().describe("Holidays that `except` refers to. Default: the calendar's."),
  start: localTime().describe('Start: local to the time zone, or an instant with an offset. A date alone is its midnight.'),
  end: localTime().exactOptional().describe('End, not included; of the first occurrence when the event recurs. Either this or `duration`.'),
  duration: duration(MINUTE_MS).exactOptional().describe('Elapsed time from start to end, at least 1m. Either this or `end`.'),
  recurrence: z
    .union([text('FREQ=WEEKLY;BYDAY=MO'), z.array(text('RRULE:FREQ=WEEKLY;BYDAY=MO')).min(1).max(1_000)])
    .transform(normaliseRecurrence)
    .superRefine(checkRecurrence)
    .register(Expectations, { expects: 'an RFC 5545 recurrence, or a list of its lines', example: 'FREQ=WEEKLY;BYDAY=MO,TU' })
    .exactOptional()
    .describe('RFC 5545: an RRULE value, or lines RRULE:…, RDATE:…, EXDATE:…, as one text or as a list. Default: the event happens once.'),
  except: z
    .array(text('2026-05-15', 32).superRefine(checkExceptEntry))
    .max(10_000)
    .prefault([])
    .describe('Occurrences to leave out: local start dates YYYY-MM-DD, or `holidays`. Default: none.'),
  floor: FloorConfig.describe(
    'What each workload needs: replicas, `{ add: n }` or `{ times: f }` of the baseline min, a demand that is divided by the capacity of a replica, or `learned`.',
  ),
  fallbackFloor: replicas()
    .exactOptional()
    .describe('Replicas of a learned floor while too little has been learned. Default: none are asked for.'),
  max: replicas(1).exactOptional().describe('Highest number of replicas during the event. Default: the max of the baseline.'),
  ramp: RampConfig.prefault({}).describe('The way up, before start − lead time. Default: one step.'),
  release: ReleaseConfig.prefault({}).describe('The way down, after the end. Default: one step.'),
  spot: z
    .enum(['avoid', 'allow', 'prefer'])
    .exactOptional()
    .describe('Whether replicas of the event may run on spot. Default: as the pool group says.'),
});
export type EventConfig = z.output<typeof EventConfig>;

const sourceDefaults = {
  refresh: duration(MINUTE_MS, 24 * 60 * MINUTE_MS)
    .prefault('15m')
    .describe('How often it is read where it is not a file, 1m to 24h. Default 15m.'),
  workloads: distinct(name('chat')).exactOptional().describe('Workloads of entries that name none.'),
  floor: FloorConfig.exactOptional().describe('Floor of entries that have none.'),
};

const FileSource = z.strictObject({
  file: text('events.yaml').describe('Path of a YAML file of events, relative to this file: a list, or a map with `events`.'),
});
const IcsSource = z.strictObject({
  ics: shaped({
    pattern: /^(https:\/\/[^\s/]+\S*|(?![A-Za-z][A-Za-z0-9+.-]*:\/\/)\S.*)$/,
    expects: 'an https URL, or the path of a file',
    example: 'https://calendar.example.com/campaigns.ics',
    advise: (value) => (/^(http|webcal):\/\/./.test(value) ? `write ${value.replace(/^(http|webcal):/, 'https:')}` : undefined),
  }).describe('An iCalendar (RFC 5545) as https URL or path.'),
  ...sourceDefaults,
  allowPrivate: flag().prefault(false).describe('Whether the URL may lead to private, loopback or link-local addresses. Default false.'),
});
const S3Source = z.strictObject({
  s3: shaped({
    // IAM would read these characters of a key as patterns.
    pattern: /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/[^\s*?$]+$/,
    expects: 'an S3 URI without * ? $ or spaces',
    example: 's3://acme-calendars/launches.ics',
  }).describe('An object in S3: iCalendar, or YAML of events.'),
  ...sourceDefaults,
});
const ChangeCalendarSource = z.strictObject({
  changeCalendar: documentArn().describe('ARN of an AWS Systems Manager change calendar.'),
  ...sourceDefaults,
});
const TableSource = z.strictObject({ table: z.literal(true).describe('What `foretide calendar add` writes.') });

const SourceConfig = z.union([FileSource, IcsSource, S3Source, ChangeCalendarSource, TableSource]).register(Expectations, {
  expects: 'one of { file }, { ics }, { s3 }, { changeCalendar }, { table: true }',
  example: '{ file: events.yaml }',
});

export const CalendarConfig = z.strictObject({
  holidays: HolidaysConfig.exactOptional().describe('Holidays that `except: [holidays]` refers to, unless the event names its own.'),
  sources: z.array(SourceConfig).max(100).prefault([]).describe('Calendars outside this file. Default: none.'),
  events: z.array(EventConfig).max(10_000).prefault([]).describe('Named dated or recurring windows and what they need. Default: none.'),
});
export type CalendarConfig = z.output<typeof CalendarConfig>;

/** A calendar file: a bare list of events, or a map that has them under `events`. */
export const EventList = z.array(EventConfig).max(10_000);
export const EventFile = z.strictObject({ events: EventList.describe('The events.') });
export type EventFile = z.output<typeof EventFile>;
