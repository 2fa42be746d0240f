/** Says whether something may be said again: Karpenter's recorder drops what it said of the same object a short while ago. */
export type Throttle = (about: string, everyMs: number) => boolean;

/** Entries older than any interval that is asked for are forgotten when there are many. */
const MANY = 10_000;
const LONGEST_MS = 900_000;

export function createThrottle(now: () => number): Throttle {
  const saidMs = new Map<string, number>();
  return (about, everyMs) => {
    const nowMs = now();
    if (nowMs - (saidMs.get(about) ?? Number.NEGATIVE_INFINITY) < everyMs) return false;
    saidMs.set(about, nowMs);
    if (saidMs.size > MANY) for (const [key, atMs] of saidMs) if (atMs < nowMs - LONGEST_MS) saidMs.delete(key);
    return true;
  };
}
