import { z } from 'zod';
import type { MetricAnswer, Sample } from '../../core/signals/metric-query.ts';
import { listSome } from '../../core/units/list-some.ts';
import { SECOND_MS } from '../../core/units/quantities.ts';
import { quoteText } from '../kubernetes/messages.ts';

const Series = z.object({
  metric: z.record(z.string(), z.string()),
  // Seconds, and the value as text: numbers of JSON know no NaN.
  values: z.array(z.tuple([z.number(), z.string()])),
});

export const QueryAnswer = z.object({
  status: z.literal('success'),
  data: z.object({ resultType: z.literal('matrix'), result: z.array(Series) }),
  warnings: z.array(z.string()).nullish(),
  infos: z.array(z.string()).nullish(),
});

export const QueryError = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() });

/** More names than anybody needs to see which one is too many. */
const NAMED_SERIES = 3;
const MOST_WARNINGS = 5;

/** A matrix as the answer of one query: one series, or none. */
export function readMatrix({ data: { result }, warnings, infos }: z.output<typeof QueryAnswer>): MetricAnswer {
  if (result.length > 1) {
    const listed = listSome(
      result.map(({ metric }) => nameOf(metric)),
      NAMED_SERIES,
    );
    return { kind: 'failed', code: 'ambiguous', message: `${result.length} series answer: ${listed}. Sum them, or select one` };
  }
  const said = [...(warnings ?? []), ...(infos ?? [])].slice(0, MOST_WARNINGS).map((text) => quoteText(text));
  return { kind: 'samples', samples: (result[0]?.values ?? []).map(readSample), warnings: said };
}

function readSample([seconds, text]: readonly [number, string]): Sample {
  return { atMs: Math.round(seconds * SECOND_MS), value: readValue(text) };
}

/** As Go prints a float: `+Inf` and `-Inf` are no numbers of JavaScript. */
function readValue(text: string): number {
  if (/^[+-]?Inf$/.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return text === '' ? Number.NaN : Number(text);
}

function nameOf({ __name__: name = '', ...labels }: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return quoteText(`${name}{${parts.join(',')}}`, 200);
}
