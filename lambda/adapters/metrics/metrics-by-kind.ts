import type { MetricAnswer, MetricQuery } from '../../core/signals/metric-query.ts';
import type { MetricsSource, MetricWindow } from '../../ports/metrics-source.ts';

type QueryOf<Kind extends MetricQuery['kind']> = Extract<MetricQuery, { kind: Kind }>;

/** The source of each kind of query; a kind without one is answered as not connected. */
export type SourcesByKind = { readonly [Kind in MetricQuery['kind']]?: MetricsSource<QueryOf<Kind>> | undefined };

/** One source for queries of every kind: those of a kind are read together, the kinds beside each other. */
export function readByKind(sources: SourcesByKind): MetricsSource {
  return {
    async read(queries, window) {
      const [prometheus, cloudwatch, keda, remoteWrite] = await Promise.all([
        readKind(sources.prometheus, pick(queries, 'prometheus'), window),
        readKind(sources.cloudwatch, pick(queries, 'cloudwatch'), window),
        readKind(sources.keda, pick(queries, 'keda'), window),
        readKind(sources.remoteWrite, pick(queries, 'remoteWrite'), window),
      ]);
      const answers: ReadonlyMap<MetricQuery, MetricAnswer> = new Map([...prometheus, ...cloudwatch, ...keda, ...remoteWrite]);
      return queries.map((query) => answers.get(query) ?? NOT_CONNECTED);
    },
  };
}

const NOT_CONNECTED: MetricAnswer = { kind: 'failed', code: 'not-connected', message: 'nothing here reads this kind of source' };

function pick<Kind extends MetricQuery['kind']>(queries: readonly MetricQuery[], kind: Kind): QueryOf<Kind>[] {
  return queries.filter((query): query is QueryOf<Kind> => query.kind === kind);
}

async function readKind<Query extends MetricQuery>(
  source: MetricsSource<Query> | undefined,
  queries: readonly Query[],
  window: MetricWindow,
): Promise<[MetricQuery, MetricAnswer][]> {
  if (source === undefined || queries.length === 0) return [];
  const answers = await source.read(queries, window);
  return queries.flatMap((query, index): [MetricQuery, MetricAnswer][] => {
    const answer = answers[index];
    return answer === undefined ? [] : [[query, answer]];
  });
}
