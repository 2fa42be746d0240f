import { type AddOptions, addToCalendar } from '../calendar/add.ts';
import { type ExportOptions, exportCalendar } from '../calendar/export.ts';
import { type ImportOptions, importCalendar } from '../calendar/import.ts';
import { type ListOptions, listCalendar } from '../calendar/list.ts';
import { type RemoveOptions, removeFromCalendar } from '../calendar/remove.ts';
import { withCommonOptions } from '../common-options.ts';
import type { DefineCommand } from '../define-command.ts';
import { withPeriodOptions } from '../period.ts';
import { withStoreOptions } from '../stores.ts';

export const defineCalendar: DefineCommand = (program, environment, act) => {
  const calendar = program
    .command('calendar')
    .description('look into the calendar, and write what `calendar.sources: [{ table: true }]` reads');

  withPeriodOptions(withStoreOptions(withCommonOptions(calendar.command('list'))))
    .description('every occurrence that touches the period, whole, one row each')
    .addHelpText(
      'after',
      `
Entries of calendars that need a look are named on stderr; with one that is left out it exits with 1,
and with 3, after the rest, when a calendar can't be read.

Examples:
  foretide calendar list
  foretide calendar list --from 2026-11-27 --to 2026-12-01 --json
  foretide calendar list --config prod.yaml --from 2026-01-01T00:00Z --to 2027-01-01T00:00Z`,
    )
    .action((options: ListOptions) => act(() => listCalendar(options, environment)));

  withStoreOptions(withCommonOptions(calendar.command('add')))
    .description('write an event into the calendar table; the next tick reads it')
    .argument('<name>', 'what it is called, unique in the table')
    .requiredOption('--workloads <names>', 'the workloads that need it, with commas between them')
    .requiredOption('--start <time>', 'such as 2026-11-27T09:00, local to --timezone, or with an offset')
    .option('--end <time>', 'end, not included; of the first occurrence when it recurs')
    .option('--duration <duration>', 'instead of --end, such as 3h')
    .requiredOption('--floor <floor>', 'replicas: 30; +4 or x1.5 of the min; requestsPerMinute=12000; or learned')
    .option('--fallback-floor <replicas>', 'of a learned floor, while too little has been learned')
    .option('--max <replicas>', 'at most so many during the event')
    .option('--timezone <zone>', "IANA zone of its local times (default: the configuration's)")
    .option('--recurrence <line>', 'RFC 5545: FREQ=…, or RRULE:…, RDATE:…, EXDATE:…; may be repeated', collect)
    .option('--except <dates>', 'local start dates to leave out, or holidays, with commas between them')
    .option('--class <name>', 'events of a class share what is learned')
    .option('--importance <number>', 'weight of a missed minute')
    .option('--ramp <steps/over>', 'the way up, such as 3/20m')
    .option('--release <steps/over/maxHold>', 'the way down, such as 2/30m or 2/30m/60m')
    .option('--spot <how>', 'avoid, allow or prefer')
    .option('--replace', 'in the place of the event of this name')
    .option('--dry-run', 'say what it would ask for; write nothing')
    .addHelpText(
      'after',
      `
Answers with what it will ask for and when. Exits with 1, having written the event, when it needs a look: a floor
that does not fit under max, or no occurrence from now on.

Examples:
  foretide calendar add black-friday --workloads chat --start 2026-11-27 --end 2026-11-28T02:00 --floor 30
  foretide calendar add webinar --workloads chat --start 2026-12-03T17:00 --timezone Europe/Paris --duration 1h --floor +4 --dry-run
  foretide calendar add weekdays --workloads chat,embed --start 2026-01-05T08:45 --duration 9h --floor x1.5 \\
    --recurrence "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR" --except holidays --table foretide-state`,
    )
    .action((name: string, options: AddOptions) => act(() => addToCalendar(name, options, environment)));

  withStoreOptions(withCommonOptions(calendar.command('remove')))
    .description('take an event out of the calendar table')
    .argument('<name>', 'what it is called')
    .option('--dry-run', 'say what would go; write nothing')
    .addHelpText(
      'after',
      `
An event that stands in a file or in another calendar is not removed: it says where. Exits with 1 when there is none.

Examples:
  foretide calendar remove black-friday
  foretide calendar remove black-friday --table foretide-state --json`,
    )
    .action((name: string, options: RemoveOptions) => act(() => removeFromCalendar(name, options, environment)));

  withStoreOptions(withCommonOptions(calendar.command('import')))
    .description('write the events of a calendar file into the calendar table')
    .argument('<file>', 'an iCalendar (.ics), or YAML of events')
    .option('--workloads <names>', 'of iCalendar entries that name none')
    .option('--floor <floor>', 'of iCalendar entries that have none')
    .option('--dry-run', 'say what would change; write nothing')
    .addHelpText(
      'after',
      `
Importing a file again changes nothing. An event that the file has otherwise replaces what it was, and an entry of a series
that the file does not have any more is removed. Exits with 1 when an entry is left out; a file that can't be used
changes nothing.

Examples:
  foretide calendar import campaigns.ics --workloads chat --floor 10 --dry-run
  foretide calendar import events.yaml --table foretide-state`,
    )
    .action((file: string, options: ImportOptions) => act(() => importCalendar(file, options, environment)));

  withStoreOptions(withCommonOptions(calendar.command('export')))
    .description('print the calendar table as a calendar file')
    .option('--format <format>', 'yaml, or ics: an iCalendar for other programs', 'yaml')
    .addHelpText(
      'after',
      `
Exits with 1 when an event is left out.

Examples:
  foretide calendar export > events.yaml
  foretide calendar export --format ics --table foretide-state > foretide.ics`,
    )
    .action((options: ExportOptions) => act(() => exportCalendar(options, environment)));
};

function collect(line: string, before: readonly string[] = []): readonly string[] {
  return [...before, line];
}
