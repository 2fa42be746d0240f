/** What the calendar picture draws. Instants are milliseconds since the epoch, intervals half-open, `null` is not known. */
export type CalendarData = {
  /** IANA zone of the axis. */
  readonly timezone: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Draws the now-line; `null` for a period that is looked back on. */
  readonly nowMs: number | null;
  /** When the calendar was last read, if that failed since: the picture says so. `null` when what is shown is current. */
  readonly staleSinceMs: number | null;
  readonly workloads: readonly CalendarWorkload[];
  readonly holidays: readonly CalendarHoliday[];
  readonly overrides: readonly CalendarOverride[];
};

export type CalendarWorkload = { readonly workload: string; readonly events: readonly CalendarEvent[] };

export type CalendarEvent = {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  /** When the last step is asked for: start − lead. */
  readonly leadFromMs: number;
  readonly floor: number | null;
  readonly proof: CalendarProof;
  /** The proof in words, e.g. `22 of 30 ready; 8 wait for p5.48xlarge (no capacity)`. */
  readonly why: string | null;
};

/** `ready`: the floor is Ready, or was at the start. `atRisk`: it may not be. `missed`: it was not. `open`: nothing to say yet, or not read. */
export type CalendarProof = 'ready' | 'atRisk' | 'missed' | 'open';

export type CalendarHoliday = { readonly name: string; readonly startMs: number; readonly endMs: number };

export type CalendarOverride = {
  /** `null`: of all workloads. */
  readonly workload: string | null;
  /** What it does and by whom, e.g. `floor 12 by Ana: load test`. */
  readonly what: string;
  readonly startMs: number;
  readonly endMs: number;
};
