import { Temporal } from 'temporal-polyfill';

export type Timer = { readonly cancel: () => void };

/** The twin's only time. Events at the same instant run in the order in which they were asked for. */
export type SimClock = {
  readonly now: () => number;
  readonly at: (atMs: number, run: () => void) => Timer;
  readonly after: (delayMs: number, run: () => void) => Timer;
  /** Runs everything due up to and including `toMs`; the past is refused. */
  readonly advanceTo: (toMs: number) => void;
};

type Entry = { readonly atMs: number; readonly order: number; run: (() => void) | undefined };

export function createClock(startMs: number): SimClock {
  const heap: Entry[] = [];
  let nowMs = startMs;
  let order = 0;
  let running = false;

  function at(atMs: number, run: () => void): Timer {
    if (!Number.isFinite(atMs)) throw new RangeError(`a timer needs a finite instant, got ${atMs}`);
    const entry: Entry = { atMs: Math.max(atMs, nowMs), order, run };
    order += 1;
    push(heap, entry);
    return {
      cancel: () => {
        entry.run = undefined;
      },
    };
  }

  function advanceTo(toMs: number): void {
    if (!Number.isFinite(toMs) || toMs < nowMs) throw new RangeError(`the clock stands at ${nowMs} and can't go to ${toMs}`);
    if (running) throw new Error('the clock is already advancing');
    running = true;
    try {
      for (let first = heap[0]; first !== undefined && first.atMs <= toMs; first = heap[0]) {
        pop(heap);
        if (first.run === undefined) continue;
        nowMs = first.atMs;
        first.run();
      }
      nowMs = toMs;
    } finally {
      running = false;
    }
  }

  return { now: () => nowMs, at, after: (delayMs, run) => at(nowMs + delayMs, run), advanceTo };
}

/** The last second that was rendered: much happens at one simulated instant. */
let rendered = { second: Number.NaN, text: '' };

/** RFC 3339 in UTC with whole seconds, as Kubernetes writes `metav1.Time`. */
export function renderTime(atMs: number): string {
  const second = Math.floor(atMs / 1000);
  if (second !== rendered.second)
    rendered = { second, text: Temporal.Instant.fromEpochMilliseconds(second * 1000).toString({ smallestUnit: 'second' }) };
  return rendered.text;
}

/** The inverse of `renderTime`. */
export function parseTime(text: string): number {
  return Temporal.Instant.from(text).epochMilliseconds;
}

function before(left: Entry, right: Entry): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
}

function push(heap: Entry[], entry: Entry): void {
  let index = heap.length;
  heap.push(entry);
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const parent = heap[parentIndex];
    if (parent === undefined || !before(entry, parent)) break;
    heap[index] = parent;
    index = parentIndex;
  }
  heap[index] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const leftIndex = 2 * index + 1;
    const left = heap[leftIndex];
    if (left === undefined) break;
    const right = heap[leftIndex + 1];
    const [childIndex, child] = right !== undefined && before(right, left) ? [leftIndex + 1, right] : [leftIndex, left];
    if (!before(child, last)) break;
    heap[index] = child;
    index = childIndex;
  }
  heap[index] = last;
}
