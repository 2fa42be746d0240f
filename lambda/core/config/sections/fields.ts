import { z } from 'zod';
import { LONGEST_DURATION_MS, parseDuration } from '../../units/duration.ts';
import { parsePercent } from '../../units/percent.ts';
import type { Duration, Percent } from '../../units/quantities.ts';
import { QuantityError } from '../../units/quantity-error.ts';

/** What a field expects, for messages: `must be ${expects}`, and an example of it. */
export const Expectations = z.registry<{
  readonly expects: string;
  readonly example: string;
  readonly numberFix?: (number: number) => string;
}>();

/** Kubernetes counts replicas in an int32. */
const MOST_REPLICAS = 2_147_483_647;

/** Room for the longest text that a field may hold, a PromQL query. */
const LONGEST_TEXT = 4_096;

/** A number of replicas: whole, from `min`. */
export function replicas(min = 0) {
  return z.int().min(min).max(MOST_REPLICAS).register(Expectations, { expects: 'a whole number of replicas', example: '4' });
}

/** A whole number between `min` and `max`, both included. */
export function wholeNumber(min: number, max: number) {
  return z
    .int()
    .min(min)
    .max(max)
    .register(Expectations, { expects: 'a whole number', example: String(Math.max(min, 1)) });
}

/** A finite number above 0. */
export function positiveNumber(max = 1e12) {
  return z.number().gt(0).max(max).register(Expectations, { expects: 'a number above 0', example: '1.5' });
}

/** Dollars, 0 or more. */
export function dollars() {
  return z.number().min(0).max(1e12).register(Expectations, { expects: 'an amount in dollars', example: '1.64' });
}

export function flag() {
  return z.boolean().register(Expectations, { expects: 'true or false', example: 'true' });
}

/** `12m`, `1h30m`, `PT12M` → `{ ms }`. */
export function duration(minMs = 0, maxMs = LONGEST_DURATION_MS) {
  return z
    .string()
    .meta({ pattern: '^\\s*(P.+|\\d.*[wdhms])\\s*$', examples: ['12m', '1h30m', 'PT12M'] })
    .transform((text, context): Duration => {
      const parsed = quantity(() => parseDuration(text), context);
      if (parsed.ms < minMs)
        context.addIssue({
          code: 'custom',
          message: `must be at least ${milliseconds(minMs)}`,
          params: { fix: 'write a longer duration' },
        });
      if (parsed.ms > maxMs)
        context.addIssue({
          code: 'custom',
          message: `must be at most ${milliseconds(maxMs)}`,
          params: { fix: 'write a shorter duration' },
        });
      return parsed;
    })
    .register(Expectations, {
      expects: 'a duration with its unit',
      example: '12m',
      numberFix: (number) => `write ${number}m for minutes, ${number}s for seconds, ${number}h for hours`,
    });
}

/** `85%` → `{ ratio: 0.85 }`. */
export function percent() {
  return z
    .string()
    .meta({ pattern: '^\\s*\\d+(\\.\\d+)?\\s*%\\s*$', examples: ['85%'] })
    .transform((text, context): Percent => quantity(() => parsePercent(text), context))
    .register(Expectations, {
      expects: 'a percentage with its sign',
      example: '85%',
      numberFix: (number) => (number > 0 && number <= 1 ? `write ${Number((number * 100).toPrecision(12))}%` : `write ${number}%`),
    });
}

function quantity<T>(parse: () => T, context: z.RefinementCtx): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
    context.addIssue({ code: 'custom', message: error.message, params: { fix: error.fix } });
    return z.NEVER;
  }
}

function milliseconds(ms: number): string {
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000}h`;
  return ms % 60_000 === 0 ? `${ms / 60_000}m` : `${ms / 1_000}s`;
}

/** Any text with something in it. */
export function text(example: string, longest = LONGEST_TEXT) {
  return z.string().min(1).max(longest).register(Expectations, { expects: 'a text', example });
}

type Pattern = {
  readonly pattern: RegExp;
  readonly expects: string;
  readonly example: string;
  /** Better advice than the example for what people get wrong. */
  readonly advise?: (text: string) => string | undefined;
  readonly numberFix?: (number: number) => string;
};

/** A text of a known shape. */
export function shaped({ pattern, expects, example, advise, numberFix }: Pattern) {
  return z
    .string()
    .max(LONGEST_TEXT)
    .meta({ pattern: pattern.source, examples: [example] })
    .superRefine((value, context) => {
      if (pattern.test(value)) return;
      const fix = advise?.(value) ?? `write for example ${example}`;
      context.addIssue({ code: 'custom', message: `must be ${expects}`, params: { fix } });
    })
    .register(Expectations, { expects, example, ...(numberFix === undefined ? {} : { numberFix }) });
}

/** The name of something configured here; it becomes part of storage keys, metric dimensions and messages. */
export function name(example: string) {
  return shaped({
    pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
    expects: 'a name of letters, digits, dots, dashes and underscores, at most 100 of them',
    example,
    advise: (value) => {
      const slug = value
        .trim()
        .replace(/[^A-Za-z0-9._-]+/g, '-')
        .replace(/^[^A-Za-z0-9]+|-+$/g, '');
      return slug === '' || slug.length > 100 ? undefined : `write ${slug}`;
    },
    numberFix: (number) => `put it in quotes: "${number}"`,
  });
}

/** An event's name: what a person would call it. */
export function eventName() {
  return shaped({
    pattern: /^[^\s\p{Cc}\p{Cf}]([^\p{Cc}\p{Cf}]{0,98}[^\s\p{Cc}\p{Cf}])?$/u,
    expects: 'a name of at most 100 characters on one line',
    example: 'black-friday',
    numberFix: (number) => `put it in quotes: "${number}"`,
  });
}

/** A list with at least one entry and no entry twice; at most 10,000. */
export function distinct<T extends z.ZodType<string | object>>(entry: T) {
  return z
    .array(entry)
    .min(1)
    .max(10_000)
    .superRefine((values, context) => {
      const seen = new Map<unknown, number>();
      for (const [index, value] of values.entries()) {
        const first = seen.get(value);
        if (first === undefined) seen.set(value, index);
        else
          context.addIssue({
            code: 'custom',
            path: [index],
            message: `is named twice, first as entry ${first + 1}`,
            params: { fix: 'remove one of the two' },
          });
      }
    });
}

/** Refuses a map that has none, or more than one, of `keys`. */
export function exactlyOne(keys: readonly string[]) {
  return (value: object, context: z.RefinementCtx): void => {
    const given = keys.filter((key) => Object.hasOwn(value, key));
    if (given.length === 1) return;
    const message = given.length === 0 ? 'has nothing in it that says what it is' : `has ${given.join(' and ')}, which exclude each other`;
    context.addIssue({ code: 'custom', message, params: { fix: `write exactly one of ${keys.join(', ')}` } });
  };
}
