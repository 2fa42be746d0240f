/** A value that is made when asked for and kept while fresh. */
export type Kept<T> = { readonly get: () => Promise<T>; readonly drop: () => void };

/** Whoever asks at the same time shares one making; a failure reaches all who share it and is not kept. */
export function makeKept<T>(make: () => Promise<T>, isFresh: (value: T) => boolean = () => true): Kept<T> {
  let kept: Promise<T> | undefined;

  function start(): Promise<T> {
    const started = make();
    kept = started;
    started.catch(() => {
      if (kept === started) kept = undefined;
    });
    return started;
  }

  return {
    async get() {
      const current = kept;
      if (current === undefined) return start();
      const value = await current;
      if (isFresh(value)) return value;
      // Somebody else may have renewed it meanwhile.
      return kept === undefined || kept === current ? start() : kept;
    },
    drop() {
      kept = undefined;
    },
  };
}
