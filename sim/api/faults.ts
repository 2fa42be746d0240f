import { createRandom } from '../random.ts';

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
    /** Does what is asked, and cuts the answer off in its middle: whoever wrote can't know that it was done. */
    | { readonly kind: 'truncate' }
    /** Answers as usual, this much later on the real clock; at most a minute. */
    | { readonly kind: 'delay'; readonly milliseconds: number };
  /** How many requests it hits before it is over; default all until it is removed. */
  readonly times?: number;
};

/** Of each request, how likely each fault is, 0 to 1; together at most 1. */
export type FaultRates = {
  readonly delay?: number;
  /** 429 with Retry-After. */
  readonly tooManyRequests?: number;
  readonly serverError?: number;
  readonly reset?: number;
  readonly truncate?: number;
  /** Of the pages after the first of a list: 410, as after a compaction. */
  readonly expiredPage?: number;
};

export type RandomFaults = {
  readonly seed: string;
  readonly rates: FaultRates;
  readonly matches?: (request: FaultRequest) => boolean;
  /** Default 5 ms: many in a test. */
  readonly maxDelayMs?: number;
  /** Default 1 s. */
  readonly retryAfterSeconds?: number;
};

export type Faults = {
  /** Returns what takes the fault away again. */
  readonly add: (fault: Fault) => () => void;
  /** Lists come in part: their first page does, later ones answer with this status, 410 unless said otherwise. */
  readonly failLaterPages: (options?: { readonly status?: number; readonly times?: number }) => () => void;
  /** A seeded plan for the requests to come; the same seed and requests meet the same faults. Watches are left alone. */
  readonly random: (plan: RandomFaults) => () => void;
  /** How far the server's clock runs ahead of the simulated one, below 0 behind it: `Date`, and the times that it writes into metadata. */
  readonly skewClock: (milliseconds: number) => void;
  readonly clockSkewMs: () => number;
  /** Takes all of them away, the skew too. */
  readonly clear: () => void;
  /** The answer that the first matching fault gives, counted as one hit of it. */
  readonly take: (request: FaultRequest) => Fault['answer'] | undefined;
};

type Active = { readonly answer: (request: FaultRequest) => Fault['answer'] | undefined; left: number };

export function createFaults(): Faults {
  let active: Active[] = [];
  let skewMs = 0;

  function activate(entry: Active): () => void {
    active.push(entry);
    return () => {
      active = active.filter((one) => one !== entry);
    };
  }

  function add({ answer, matches = () => true, times = Number.POSITIVE_INFINITY }: Fault): () => void {
    return activate({ answer: (request) => (matches(request) ? answer : undefined), left: times });
  }

  return {
    add,
    failLaterPages: ({ status = 410, times } = {}) =>
      add({
        matches: isLaterPage,
        answer: { kind: 'status', status },
        ...(times === undefined ? {} : { times }),
      }),
    random: (plan) => activate({ answer: createPlan(plan), left: Number.POSITIVE_INFINITY }),
    skewClock: (milliseconds) => {
      skewMs = milliseconds;
    },
    clockSkewMs: () => skewMs,
    clear: () => {
      active = [];
      skewMs = 0;
    },
    take: (request) => {
      for (const entry of active) {
        const answer = entry.answer(request);
        if (answer === undefined) continue;
        entry.left -= 1;
        if (entry.left <= 0) active = active.filter((one) => one !== entry);
        return answer;
      }
      return undefined;
    },
  };
}

function createPlan({ seed, rates, matches = () => true, maxDelayMs = 5, retryAfterSeconds = 1 }: RandomFaults): Active['answer'] {
  const sum = Object.values(rates).reduce((total, rate) => total + rate, 0);
  if (Object.values(rates).some((rate) => !(rate >= 0)) || sum > 1)
    throw new RangeError(`the rates of random faults are from 0 on and at most 1 together, got ${JSON.stringify(rates)}`);
  const random = createRandom(seed);
  const answers: readonly (readonly [number, (request: FaultRequest) => Fault['answer'] | undefined])[] = [
    [rates.tooManyRequests ?? 0, () => ({ kind: 'status', status: 429, retryAfterSeconds })],
    [rates.serverError ?? 0, () => ({ kind: 'status', status: 500 })],
    [rates.reset ?? 0, () => ({ kind: 'reset' })],
    [rates.truncate ?? 0, () => ({ kind: 'truncate' })],
    [rates.expiredPage ?? 0, (request) => (isLaterPage(request) ? { kind: 'status', status: 410 } : undefined)],
    [rates.delay ?? 0, () => ({ kind: 'delay', milliseconds: Math.ceil(random.uniform() * maxDelayMs) })],
  ];
  return (request) => {
    if (isWatch(request) || !matches(request)) return undefined;
    let drawn = random.uniform();
    for (const [rate, answer] of answers) {
      if (drawn < rate) return answer(request);
      drawn -= rate;
    }
    return undefined;
  };
}

function isLaterPage({ method, query }: FaultRequest): boolean {
  return method === 'GET' && (query.get('continue') ?? '') !== '';
}

function isWatch({ query }: FaultRequest): boolean {
  return ['true', '1'].includes(query.get('watch') ?? '');
}
