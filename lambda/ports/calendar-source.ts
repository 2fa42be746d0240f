import type { CalendarFormat } from '../core/icalendar/parse-calendar.ts';

/** A calendar that lives outside the configuration file. */
export interface CalendarSource {
  /** As configured, for messages and as the events' `source`. */
  readonly name: string;
  /** How its text is to be read. Default: YAML of events. */
  readonly format?: CalendarFormat;
  /** The calendar's whole text. @throws when it can't be read; the last good copy then serves for 24 h. */
  read(): Promise<string>;
}
