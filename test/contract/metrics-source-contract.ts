import { describe, expect, it } from 'vitest';
import type { MetricQuery, Sample } from '../../lambda/core/signals/metric-query.ts';
import type { MetricsSource } from '../../lambda/ports/metrics-source.ts';

const MINUTE = 60_000;
/** The instant that the contract calls now; on a whole minute. */
export const CONTRACT_NOW_MS = Date.UTC(2026, 10, 27, 10);

export type MetricsSourceSetup<Query extends MetricQuery> = {
  readonly source: MetricsSource<Query>;
  /** Puts samples of a series into what the source reads; each stands for the minute that it ends. */
  readonly write: (series: string, samples: readonly Sample[]) => void;
  readonly queryOf: (series: string) => Query;
  /** A query that two series answer; the message names them. */
  readonly ambiguous: Query;
  /** A query that the source refuses. */
  readonly wrong: Query;
  /** How many requests reached the source. */
  readonly requests: () => number;
};

export type MetricsSourceTraits = {
  /** The source knows only the newest value. */
  readonly newestOnly?: boolean;
};

/** What every source of numbers must do, whatever it speaks. */
export function defineMetricsSourceContract<Query extends MetricQuery>(
  name: string,
  makeSource: () => Promise<MetricsSourceSetup<Query>>,
  { newestOnly = false }: MetricsSourceTraits = {},
): void {
  const minutesAgo = (minutes: number, value: number): Sample => ({ atMs: CONTRACT_NOW_MS - minutes * MINUTE, value });
  const window = (fromMinutesAgo: number, toMinutesAgo = 0) => ({
    fromMs: CONTRACT_NOW_MS - fromMinutesAgo * MINUTE,
    toMs: CONTRACT_NOW_MS - toMinutesAgo * MINUTE,
    stepMs: MINUTE,
  });

  describe(`MetricsSource: ${name}`, () => {
    it('has no samples of what nobody wrote: that is an answer, and not zero', async () => {
      const { source, queryOf } = await makeSource();
      expect(await source.read([queryOf('nothing')], window(10))).toEqual([{ kind: 'samples', samples: [], warnings: [] }]);
    });

    it('asks nothing when nothing is asked', async () => {
      const { source, requests } = await makeSource();
      expect(await source.read([], window(10))).toEqual([]);
      expect(requests()).toBe(0);
    });

    it('reads the newest, zero like any other', async () => {
      const { source, write, queryOf } = await makeSource();
      write('a', [minutesAgo(0, 0)]);
      const [answer] = await source.read([queryOf('a')], window(10));
      expect(answer?.kind === 'samples' && answer.samples.at(-1)).toEqual(minutesAgo(0, 0));
    });

    if (!newestOnly) {
      it('reads a window, the earliest first, without its first instant and with its last', async () => {
        const { source, write, queryOf } = await makeSource();
        write('a', [minutesAgo(3, 1), minutesAgo(2, 2), minutesAgo(1, 3), minutesAgo(0, 4)]);
        expect(await source.read([queryOf('a')], window(3, 1))).toEqual([
          { kind: 'samples', samples: [minutesAgo(2, 2), minutesAgo(1, 3)], warnings: [] },
        ]);
      });

      it('fills no gap', async () => {
        const { source, write, queryOf } = await makeSource();
        write('a', [minutesAgo(9, 1), minutesAgo(0, 4)]);
        const [answer] = await source.read([queryOf('a')], window(10));
        expect(answer).toMatchObject({ samples: [minutesAgo(9, 1), minutesAgo(0, 4)] });
      });
    }

    it('answers each query in its place, whatever becomes of the others', async () => {
      const { source, write, queryOf, wrong } = await makeSource();
      write('a', [minutesAgo(0, 1)]);
      write('b', [minutesAgo(0, 2)]);
      const answers = await source.read([queryOf('b'), wrong, queryOf('a'), queryOf('nothing')], window(10));
      expect(answers).toMatchObject([
        { kind: 'samples', samples: [minutesAgo(0, 2)] },
        { kind: 'failed', code: 'refused', message: expect.stringMatching(/\S/) },
        { kind: 'samples', samples: [minutesAgo(0, 1)] },
        { kind: 'samples', samples: [] },
      ]);
    });

    it('does not choose among several series, and names them', async () => {
      const { source, ambiguous } = await makeSource();
      const [answer] = await source.read([ambiguous], window(10));
      expect(answer).toMatchObject({ kind: 'failed', code: 'ambiguous', message: expect.stringMatching(/first[\s\S]*second/) });
    });
  });
}
