/** What went wrong in a tick and must not stop the rest of it; a tick with any fails in the end. */
export type Failures = {
  readonly all: () => readonly string[];
  /** The value of `work`, or `otherwise` with the failure noted. */
  readonly collect: <T, U>(doing: string, work: () => Promise<T>, otherwise: U) => Promise<T | U>;
  readonly add: (failure: string) => void;
};

export function makeFailures(): Failures {
  const all: string[] = [];
  return {
    all: () => all,
    add: (failure) => void all.push(failure),
    async collect(doing, work, otherwise) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        all.push(`${doing}: ${error.message}`);
        return otherwise;
      }
    },
  };
}
