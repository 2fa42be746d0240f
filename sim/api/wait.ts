const MAX_WAIT_MS = 60_000;

/** On the real clock: what a slow server costs its client. */
export function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, MAX_WAIT_MS)));
}
