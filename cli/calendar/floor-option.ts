import { UsageError } from '../usage-error.ts';

const FORMS = '30, +4, x1.5, requestsPerMinute=12000, tokensPerSecond=900, concurrency=40 or learned';

/** A floor from an option's text, as it would stand in a file. @throws {UsageError} that says what to write. */
export function parseFloorOption(text: string): number | string | Readonly<Record<string, number>> {
  if (text === 'learned') return text;
  if (/^\d+$/.test(text)) return Number(text);
  const [, sign, number] = /^([+x×*])(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (sign !== undefined) return { [sign === '+' ? 'add' : 'times']: Number(number) };
  const [, unit, demand] = /^(requestsPerMinute|tokensPerSecond|concurrency)=(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (unit !== undefined) return { [unit]: Number(demand) };
  throw new UsageError(`--floor is ${FORMS} (got ${text})`);
}
