import { hostname, userInfo } from 'node:os';
import type { Stores } from '../../lambda/adapters/stores.ts';
import { endOverride, giveOverride, readOverrides } from '../../lambda/app/override.ts';
import { type Resumption, resumeTarget } from '../../lambda/app/resume.ts';
import { type Intent, targetKey } from '../../lambda/core/compose/intent.ts';
import type { Config } from '../../lambda/core/config/schema.ts';
import { describeReason } from '../../lambda/core/prescale/describe.ts';
import type { Workload } from '../../lambda/core/prescale/workload.ts';
import type { InstantMs } from '../../lambda/core/units/quantities.ts';
import { formatInZone, formatUtc } from '../../lambda/core/units/time.ts';
import { type CommonOptions, withCommonOptions } from '../common-options.ts';
import type { DefineCommand } from '../define-command.ts';
import { parseDurationOption } from '../duration-option.ts';
import type { Environment } from '../environment.ts';
import { findWorkload } from '../find-workload.ts';
import { loadConfig } from '../load.ts';
import { EXIT, type ExitCode, renderJson } from '../output.ts';
import { type StoreOptions, withStoreOptions } from '../stores.ts';
import { UsageError } from '../usage-error.ts';

type OverrideOptions = CommonOptions &
  StoreOptions & {
    readonly resume?: string;
    readonly workload?: string;
    readonly min?: string;
    readonly max?: string;
    readonly for?: string;
    readonly reason?: string;
    readonly end?: boolean;
    readonly list?: boolean;
  };

/** A longer exception is a change of configuration. */
const LONGEST = '31d';

export const defineOverride: DefineCommand = (program, environment, act) => {
  withStoreOptions(withCommonOptions(program.command('override')))
    .description("a person's exception, until it expires: bounds that beat events and spend; or the end of a yield")
    .option('--workload <name>', 'the workload that it is for')
    .option('--min <replicas>', 'at least so many')
    .option('--max <replicas>', 'at most so many, also where an event wants more')
    .option('--for <duration>', 'how long, such as 2h, at most 31d')
    .option('--reason <text>', 'why; it is shown wherever the exception is')
    .option('--end', 'end the exception of --workload now')
    .option('--list', 'the exceptions in force')
    .option('--resume <workload>', 'let events bind again a workload that Foretide yielded to another writer')
    .addHelpText(
      'after',
      `
The next tick applies it. Max is never raised above your own. Exits with 1 when there was nothing to end or to resume.

Examples:
  foretide override --workload chat --min 12 --for 2h --reason "press asks for a demo"
  foretide override --workload chat --max 4 --for 90m --reason "incident 4711" --table foretide-state
  foretide override --workload chat --end
  foretide override --list
  foretide override --resume chat`,
    )
    .action((options: OverrideOptions) => act(() => override(options, environment)));
};

async function override(options: OverrideOptions, { output, clock }: Environment): Promise<ExitCode> {
  const loaded = await loadConfig(options.config, output, options);
  const told = await doAsAsked(options, loaded.config, loaded.stores, clock.now());
  output.out(options.json ? renderJson(told.json) : told.text);
  return told.exitCode;
}

type Told = { readonly text: string; readonly json: unknown; readonly exitCode: ExitCode };

async function doAsAsked(options: OverrideOptions, config: Config, stores: Stores, nowMs: InstantMs): Promise<Told> {
  const asked = [options.resume !== undefined, options.list === true, options.workload !== undefined].filter(Boolean).length;
  if (asked !== 1) throw new UsageError('say one of --workload NAME, --list, --resume NAME');
  if (options.resume !== undefined) return resume(findWorkload(config, options.resume), stores, nowMs);
  if (options.workload === undefined) return list(config, stores, nowMs);
  const workload = findWorkload(config, options.workload);
  return options.end === true ? end(workload, stores, nowMs) : give(workload, options, config, stores, nowMs);
}

async function give(workload: Workload, options: OverrideOptions, config: Config, stores: Stores, nowMs: InstantMs): Promise<Told> {
  const min = parseReplicas('--min', options.min, 0);
  const max = parseReplicas('--max', options.max, 1);
  if (min === undefined && max === undefined) throw new UsageError('an exception needs --min, --max, or both');
  if (min !== undefined && max !== undefined && min > max) throw new UsageError(`--min ${min} is above --max ${max}`);
  if (options.for === undefined) throw new UsageError('say with --for how long it holds, such as 2h');
  if (options.reason === undefined || options.reason.trim() === '')
    throw new UsageError('say with --reason why; whoever finds it will ask');
  const durationMs = parseDurationOption('--for', options.for, LONGEST);
  const given = {
    target: workload.target,
    min,
    max,
    untilMs: nowMs + durationMs,
    person: userInfo().username,
    reason: options.reason.trim().slice(0, 500),
  };
  await giveOverride(stores.states, given, nowMs);
  const bounds = [...(min === undefined ? [] : [`at least ${min}`]), ...(max === undefined ? [] : [`at most ${max}`])].join(', ');
  const until = `${formatInZone(given.untilMs, config.timezone)} (${formatUtc(given.untilMs)})`;
  return {
    text: `${workload.name}: ${bounds} until ${until}, from the next tick on${max !== undefined && workload.delivery === 'metricsApi' ? CUTS_FLOORS_ONLY : ''}`,
    json: {
      workload: workload.name,
      min: min ?? null,
      max: max ?? null,
      until: formatUtc(given.untilMs),
      person: given.person,
      reason: given.reason,
    },
    exitCode: EXIT.ok,
  };
}

const CUTS_FLOORS_ONLY = '; its bounds are not written (delivery: metricsApi), so --max cuts floors, not what demand asks for';

async function end({ name, target }: Workload, stores: Stores, nowMs: InstantMs): Promise<Told> {
  const ended = await endOverride(stores.states, target, nowMs);
  return {
    text: `${name}: ${ended ? 'ended; the next tick composes without it' : 'has no exception in force'}`,
    json: { workload: name, ended },
    exitCode: ended ? EXIT.ok : EXIT.findings,
  };
}

async function list(config: Config, stores: Stores, nowMs: InstantMs): Promise<Told> {
  const perCluster = await Promise.all(config.clusters.map(({ name }) => readOverrides(stores.states, name, nowMs)));
  const inForce = perCluster.flat();
  const line = ({ target, want, reason, evidence }: Intent) =>
    `${target.cluster} ${targetKey(target)}: ${want.kind === 'floor' ? 'at least' : 'at most'} ${want.replicas}; ${describeReason(reason, evidence, config.timezone)}`;
  return { text: inForce.length === 0 ? 'no exception is in force' : inForce.map(line).join('\n'), json: inForce, exitCode: EXIT.ok };
}

async function resume({ name, target }: Workload, stores: Stores, nowMs: InstantMs): Promise<Told> {
  const holder = `${hostname()}/${process.pid}/override`;
  const result = await resumeTarget({ store: stores.states, leases: stores.leases }, { target, holder, nowMs });
  return {
    text: `${name}: ${WORDS[result]}`,
    json: { workload: name, result },
    exitCode: result === 'resumed' ? EXIT.ok : result === 'busy' ? EXIT.failure : EXIT.findings,
  };
}

const WORDS: Readonly<Record<Resumption, string>> = {
  resumed: 'resumed; the next tick gives it the floor that its events want',
  'had-not-yielded': 'had not yielded; nothing to resume',
  busy: 'a tick is at work on its cluster; try again in a moment',
};

function parseReplicas(option: string, text: string | undefined, lowest: number): number | undefined {
  if (text === undefined) return undefined;
  const replicas = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (!(replicas >= lowest)) throw new UsageError(`${option} must be a whole number from ${lowest} on (got ${text})`);
  return replicas;
}
