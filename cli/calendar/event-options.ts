import type { ConfigError, ConfigProblem } from '../../lambda/core/config/problem.ts';
import { UsageError } from '../usage-error.ts';
import { parseFloorOption } from './floor-option.ts';
import { splitNames } from './table.ts';

/** What `calendar add` takes of an event. */
export type EventOptions = {
  readonly workloads: string;
  readonly start: string;
  readonly end?: string;
  readonly duration?: string;
  readonly floor: string;
  readonly fallbackFloor?: string;
  readonly max?: string;
  readonly timezone?: string;
  readonly recurrence?: readonly string[];
  readonly except?: string;
  readonly class?: string;
  readonly importance?: string;
  readonly ramp?: string;
  readonly release?: string;
  readonly spot?: string;
};

/** The event as it would stand in a file, unchecked: the parser of files says what is wrong with it. */
export function eventOfOptions(name: string, options: EventOptions): Readonly<Record<string, unknown>> {
  const written = {
    name,
    class: options.class,
    importance: numberOf(options.importance),
    workloads: splitNames(options.workloads),
    timezone: options.timezone,
    start: options.start,
    end: options.end,
    duration: options.duration,
    recurrence: options.recurrence,
    except: options.except === undefined ? undefined : splitNames(options.except),
    floor: parseFloorOption(options.floor),
    fallbackFloor: numberOf(options.fallbackFloor),
    max: numberOf(options.max),
    ramp: stepsOf('--ramp', options.ramp, ['over']),
    release: stepsOf('--release', options.release, ['over', 'maxHold']),
    spot: options.spot,
  };
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined));
}

/** Text that is no number stays text, for the parser to refuse. */
function numberOf(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** `3/20m` */
function stepsOf(option: string, text: string | undefined, keys: readonly string[]): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  const [steps, ...durations] = text.split('/');
  if (durations.length === 0 || durations.length > keys.length)
    throw new UsageError(
      `${option} is steps/${keys.join('/')}, such as ${['3', '20m', '60m'].slice(0, keys.length + 1).join('/')} (got ${text})`,
    );
  return { steps: numberOf(steps), ...Object.fromEntries(durations.map((duration, index) => [keys[index], duration])) };
}

/** The parser's problems in terms of the options that were given. */
export function explainOptions(error: ConfigError): UsageError {
  const lines = error.problems.map((problem) => {
    // The whole event says no more than its name does.
    const got = problem.value === '' || problem.value.startsWith('{') ? '' : ` (got ${problem.value})`;
    return `${optionOf(problem)}: ${problem.message}${got}${problem.fix === undefined ? '' : `\n    fix: ${problem.fix}`}`;
  });
  return new UsageError(lines.join('\n'), { cause: error });
}

/** `[0].fallbackFloor` → `--fallback-floor`. */
export function optionOf({ path }: Pick<ConfigProblem, 'path'>): string {
  const key = /^\[0\]\.([A-Za-z]+)/.exec(path)?.[1];
  if (key === undefined) return 'the event';
  return key === 'name' ? 'name' : `--${key.replaceAll(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
}
