/** An event that can't be expanded: what is wrong with it and what to do, in plain words. The same event fails the same way each time. */
export class CalendarError extends Error {
  override readonly name = 'CalendarError';
  /** The event's name. */
  readonly event: string;
  /** What is wrong, without the event's name. */
  readonly problem: string;

  constructor(event: { readonly name: string; readonly source: string }, problem: string, options?: ErrorOptions) {
    super(`event ${event.name} (${event.source}): ${problem}`, options);
    this.event = event.name;
    this.problem = problem;
  }
}
