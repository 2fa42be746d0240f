/** A calendar that lives outside the configuration file. */
export interface CalendarSource {
  /** As configured, for messages and as the events' `source`. */
  readonly name: string;
  /** The calendar's whole text. @throws when it can't be read; the last good copy then serves for 24 h. */
  read(): Promise<string>;
}
