export type LoggedRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly user: string;
  /** 0 where the connection was reset. */
  readonly status: number;
};

export type RequestLog = {
  /** The latest requests, oldest first, at most 10,000. */
  readonly entries: () => readonly LoggedRequest[];
  /** How many there were since the last `clear`, all of them or those that match. */
  readonly count: (matches?: (request: LoggedRequest) => boolean) => number;
  readonly clear: () => void;
  readonly add: (request: LoggedRequest) => void;
};

const MAX_ENTRIES = 10_000;

export function createRequestLog(): RequestLog {
  let entries: LoggedRequest[] = [];
  let total = 0;
  return {
    entries: () => entries,
    count: (matches) => (matches === undefined ? total : entries.filter(matches).length),
    clear: () => {
      entries = [];
      total = 0;
    },
    add: (request) => {
      total += 1;
      entries.push(request);
      if (entries.length > MAX_ENTRIES) entries = entries.slice(-MAX_ENTRIES / 2);
    },
  };
}
