export type FaultRequest = { readonly method: string; readonly path: string; readonly query: URLSearchParams };

export type Fault = {
  /** Which requests it hits; default all. */
  readonly matches?: (request: FaultRequest) => boolean;
  readonly answer:
    | {
        readonly kind: 'status';
        readonly status: number;
        readonly retryAfterSeconds?: number;
        readonly reason?: string;
        readonly message?: string;
      }
    /** Cuts the connection without an answer. */
    | { readonly kind: 'reset' }
    /** Never answers. */
    | { readonly kind: 'hang' }
    /** Answers as usual, this much later on the real clock; at most a minute. */
    | { readonly kind: 'delay'; readonly milliseconds: number };
  /** How many requests it hits before it is over; default all until it is removed. */
  readonly times?: number;
};

export type Faults = {
  /** Returns what takes the fault away again. */
  readonly add: (fault: Fault) => () => void;
  readonly clear: () => void;
  /** The answer that the first matching fault gives, counted as one hit of it. */
  readonly take: (request: FaultRequest) => Fault['answer'] | undefined;
};

export function createFaults(): Faults {
  let active: { readonly fault: Fault; left: number }[] = [];
  return {
    add: (fault) => {
      const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
      active.push(entry);
      return () => {
        active = active.filter((one) => one !== entry);
      };
    },
    clear: () => {
      active = [];
    },
    take: (request) => {
      const hit = active.find(({ fault }) => fault.matches?.(request) ?? true);
      if (hit === undefined) return undefined;
      hit.left -= 1;
      if (hit.left <= 0) active = active.filter((one) => one !== hit);
      return hit.fault.answer;
    },
  };
}
