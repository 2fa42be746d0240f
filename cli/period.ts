import type { Command } from 'commander';
import { DAY_MS, type InstantMs } from '../lambda/core/units/quantities.ts';
import { parseInstant } from '../lambda/core/units/time.ts';
import { UsageError } from './usage-error.ts';

export type PeriodOptions = { readonly from?: string; readonly to?: string };

export function withPeriodOptions(command: Command): Command {
  return command
    .option('--from <time>', "beginning of the period, local to the configuration's zone or with an offset (default: now)")
    .option('--to <time>', 'end of the period, exclusive (default: seven days after --from)');
}

const DEFAULT_PERIOD_MS = 7 * DAY_MS;

/** `[from, to)` in the configuration's zone; by default the seven days from `nowMs`. */
export function resolvePeriod(
  { from, to }: PeriodOptions,
  timezone: string,
  nowMs: InstantMs,
  maxDays: number,
): { fromMs: InstantMs; toMs: InstantMs } {
  const fromMs = from === undefined ? nowMs : parseTimeOption('--from', from, timezone);
  const toMs = to === undefined ? fromMs + DEFAULT_PERIOD_MS : parseTimeOption('--to', to, timezone);
  if (toMs <= fromMs) throw new UsageError(`--to ${to ?? ''} is not after --from ${from ?? ''}`);
  if (toMs - fromMs > maxDays * DAY_MS) throw new UsageError(`--from … --to spans more than ${maxDays} days; ask for less at a time`);
  return { fromMs, toMs };
}

/** An instant from an option's text. @throws {UsageError} that names the option. */
export function parseTimeOption(option: string, text: string, timezone: string): InstantMs {
  try {
    return parseInstant(text, timezone);
  } catch (error) {
    throw new UsageError(`${option}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
