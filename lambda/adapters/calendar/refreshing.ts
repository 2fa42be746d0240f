import type { Clock } from '../../ports/clock.ts';

/** A text as it was read, with the marks by which its keeper tells whether it changed. */
export type Copy = { readonly text: string; readonly etag?: string | undefined; readonly lastModified?: string | undefined };

export type Refreshing = {
  /** How long a good copy serves before it is asked for again. */
  readonly refreshMs: number;
  readonly clock: Clock;
  /** The text now; `unchanged` when it is still that of `before`. */
  readonly fetch: (before: Copy | undefined) => Promise<Copy | 'unchanged'>;
};

/**
 * Reads a text no more often than its refresh. When it can't be read this throws, every time it is asked: whose copy serves then, and
 * for how long, is not decided here.
 */
export function makeRefreshingRead({ refreshMs, clock, fetch }: Refreshing): () => Promise<string> {
  let copy: (Copy & { readonly readAtMs: number }) | undefined;
  let underWay: Promise<string> | undefined;

  async function refresh(): Promise<string> {
    const before = copy;
    const found = await fetch(before);
    if (found !== 'unchanged') copy = { ...found, readAtMs: clock.now() };
    else if (before !== undefined) copy = { ...before, readAtMs: clock.now() };
    else throw new Error('it says that it did not change, to a first question');
    return copy.text;
  }

  return async () => {
    if (copy !== undefined && clock.now() - copy.readAtMs < refreshMs) return copy.text;
    // Loops of several clusters ask at once.
    underWay ??= refresh().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}

/** Bytes as UTF-8; undefined when they are none. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
