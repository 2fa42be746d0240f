import { parseDuration } from '../lambda/core/units/duration.ts';
import { QuantityError } from '../lambda/core/units/quantity-error.ts';
import { UsageError } from './usage-error.ts';

/** A duration above 0, and at most the longest, from an option's text; milliseconds. @throws {UsageError} that names the option, and says what to write. */
export function parseDurationOption(option: string, text: string, longest: string): number {
  try {
    const { ms } = parseDuration(text);
    if (ms > parseDuration(longest).ms) throw new UsageError(`${option} ${text} is longer than ${longest}`);
    if (ms > 0) return ms;
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
    throw new UsageError(`${option} ${text} ${error.message}: ${error.fix}`, { cause: error });
  }
  throw new UsageError(`${option} is 0: write how long, such as 8m`);
}
