import { setTimeout as pause } from 'node:timers/promises';

const PAUSE_MS = 100;

export type UntilOptions = {
  readonly deadlineMs: number;
  /** Added to the message when the deadline passes. */
  readonly explain?: () => Promise<string>;
};

/**
 * Asks again until there is an answer.
 * @throws {Error} when `check` throws, or when the deadline passes; the message says what was waited for
 */
export async function until<T>(what: string, check: () => Promise<T | undefined>, { deadlineMs, explain }: UntilOptions): Promise<T> {
  const startMs = performance.now();
  for (;;) {
    const answer = await check();
    if (answer !== undefined) return answer;
    if (performance.now() - startMs > deadlineMs) {
      const why = explain === undefined ? '' : `\n${await explain()}`;
      throw new Error(`${what}: not within ${deadlineMs / 1000} s${why}`);
    }
    await pause(PAUSE_MS);
  }
}
