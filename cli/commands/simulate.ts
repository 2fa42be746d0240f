import { mkdir, open, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { makePriceBook } from '../../lambda/adapters/prices/price-book.ts';
import { describeFinding } from '../../lambda/core/prescale/describe.ts';
import type { Finding } from '../../lambda/core/prescale/findings.ts';
import { type InstantMs, MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import { formatInZone } from '../../lambda/core/units/time.ts';
import type { SimulationReport } from '../../report/simulation.ts';
import { renderSimulationPage } from '../../report/simulation-page.ts';
import { checkTrace, type DemandTrace } from '../../sim/simulate/demand-trace.ts';
import { simulate } from '../../sim/simulate/simulate.ts';
import { type CommonOptions, withCommonOptions } from '../common-options.ts';
import type { DefineCommand } from '../define-command.ts';
import { parseDurationOption } from '../duration-option.ts';
import type { Environment } from '../environment.ts';
import { loadConfig } from '../load.ts';
import { EXIT, type ExitCode, renderJson } from '../output.ts';
import { parseTimeOption } from '../period.ts';
import { startProgress } from '../progress.ts';
import { readTrace } from '../read-trace.ts';
import { buildSimulationReport } from '../simulate/build-simulation-report.ts';
import { renderDecisionsCsv } from '../simulate/decisions-csv.ts';
import { selectForSimulation } from '../simulate/prepare.ts';
import { renderSimulation, renderSimulationJson } from '../simulate/render-simulation.ts';
import { withSettings } from '../simulate/settings.ts';
import { type StoreOptions, withStoreOptions } from '../stores.ts';
import { UsageError } from '../usage-error.ts';
import { VERSION } from '../version.ts';

type SimulateOptions = CommonOptions &
  StoreOptions & {
    readonly demand: string;
    readonly workload?: string;
    readonly start?: string;
    readonly from?: string;
    readonly to?: string;
    readonly coldstart?: string;
    readonly seed: string;
    readonly gaps?: string;
    readonly decisions?: string;
    readonly report?: string;
  };

export const defineSimulate: DefineCommand = (program, environment, act) => {
  withStoreOptions(withCommonOptions(program.command('simulate')))
    .description('your own demand replayed against your calendar: was it enough, and what did it cost?')
    .requiredOption('--demand <file>', 'CSV `minute_utc,requests`, or `minute,requests` with --start; in the unit of replica.capacity')
    .option('--workload <name>', 'only this workload (default: all, each with this demand)')
    .option('--start <time>', 'the instant of minute 0, for a file with `minute,requests`')
    .option('--from <time>', 'beginning of the scored period; rows before are history to learn from (default: the first row)')
    .option('--to <time>', 'end of the scored period, exclusive (default: after the last row)')
    .option('--coldstart <duration>', 'median start-up of a replica, such as 8m (default: what leadTime.default stands for)')
    .option('--seed <number>', 'seed of the start-up times', '1')
    .option('--gaps <how>', 'hold: a minute without a row in the scored period has the demand before it')
    .option('--decisions <file>', 'write minute_utc,min,max, one row a minute')
    .option('--report <file>', 'write an HTML report')
    .addHelpText(
      'after',
      `
Every minute of the period runs through the production tick, against a simulated cluster; beside it the same
minutes for KEDA alone, with 25 % headroom, with a cron trigger, and with perfect foresight.
Exits with 1 when something needs attention, such as a floor that max cuts.

Examples:
  foretide simulate --demand demand.csv
  foretide simulate --demand demand.csv --from 2026-06-10 --coldstart 8m --report out/simulation.html
  foretide simulate --demand demand.csv --workload chat --decisions out/decisions.csv --json`,
    )
    .action((options: SimulateOptions) => act(() => runSimulate(options, environment)));
};

async function runSimulate(options: SimulateOptions, environment: Environment): Promise<ExitCode> {
  const { output, interactive } = environment;
  const loaded = await loadConfig(options.config, output, { ...options, simulating: true });
  const config = await selectForSimulation(loaded, options.workload, output);
  const { timezone } = config;
  if (options.gaps !== undefined && options.gaps !== 'hold') throw new UsageError(`--gaps can only be hold (got ${options.gaps})`);
  if (!/^\d{1,15}$/.test(options.seed)) throw new UsageError(`--seed must be a whole number (got ${options.seed})`);
  if (options.decisions !== undefined && config.workloads.length > 1)
    throw new UsageError('--decisions is about one workload: say which with --workload');
  const startupMedianMs = options.coldstart === undefined ? undefined : parseDurationOption('--coldstart', options.coldstart, '24h');
  const startMs = options.start === undefined ? undefined : requireMinute('--start', parseTimeOption('--start', options.start, timezone));
  const whole = await readTrace(options.demand, startMs);
  const { fromMs, toMs } = resolveScoredPeriod(options, timezone, whole);
  const trace = checkTrace(whole, fromMs, toMs, options.gaps === 'hold');

  // A simulation takes its time: what it can't write at the end is said before.
  if (options.decisions !== undefined) await requireWritable('--decisions', options.decisions);
  if (options.report !== undefined) await requireWritable('--report', options.report);

  const findings = new Map<string, string>();
  const onFinding = (finding: Finding, cluster: string) => {
    const key = `${finding.code} ${finding.subject}`;
    if (!findings.has(key)) findings.set(key, renderFinding(finding, cluster, timezone));
  };
  const progress = startProgress('simulating', interactive && options.json !== true);
  const input = { config, trace, fromMs, toMs, startupMedianMs, seed: options.seed, onMinute: progress.update };
  const simulation = await simulate({ ...input, onFinding })
    // Only the report has a picture for it.
    .then((done) => (options.report === undefined ? done : withSettings(done, input)))
    .finally(progress.stop);

  const report = buildSimulationReport(
    {
      title: `${formatInZone(fromMs, timezone)} to ${formatInZone(toMs, timezone)}, simulated`,
      timezone,
      fromMs,
      toMs,
      generatedBy: `foretide ${VERSION} simulate, seed ${options.seed}`,
      trace,
      demandFile: basename(options.demand),
      seed: options.seed,
      warnings: [...trace.warnings, ...findings.values()],
    },
    simulation,
    config,
    makePriceBook(config.spend.prices),
  );
  for (const warning of report.warnings) output.err(warning);
  output.out(options.json ? renderJson(renderSimulationJson(report)) : renderSimulation(report));
  const [first] = simulation.workloads;
  await writeFiles(options, report, first === undefined ? '' : renderDecisionsCsv(first.had, fromMs), environment);
  if (simulation.failedTicks > 0) {
    output.err(`${simulation.failedTicks} ticks failed; the first: ${simulation.firstFailure}`);
    return EXIT.failure;
  }
  return findings.size > 0 ? EXIT.findings : EXIT.ok;
}

/** What a tick would have told people, once for each kind and subject. */
function renderFinding(finding: Finding, clusterName: string, timezone: string): string {
  const { title, lines } = describeFinding(finding, clusterName, timezone);
  const [advice = '', ...facts] = lines;
  return `${title}. ${advice} (${facts.join(', ')})`;
}

/** The same clock that the demand file is in: whole minutes. */
function resolveScoredPeriod(
  { from, to }: SimulateOptions,
  timezone: string,
  { series }: DemandTrace,
): { fromMs: InstantMs; toMs: InstantMs } {
  const fromMs = from === undefined ? series.startMs : requireMinute('--from', parseTimeOption('--from', from, timezone));
  const endMs = series.startMs + series.values.length * MINUTE_MS;
  const toMs = to === undefined ? endMs : requireMinute('--to', parseTimeOption('--to', to, timezone));
  if (toMs <= fromMs) throw new UsageError(`--to ${to ?? '(the end of the demand)'} is not after --from ${from ?? '(its first row)'}`);
  return { fromMs, toMs };
}

function requireMinute(option: string, atMs: InstantMs): InstantMs {
  if (atMs % MINUTE_MS !== 0) throw new UsageError(`${option} must be a whole minute`);
  return atMs;
}

async function requireWritable(option: string, path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await (await open(path, 'a')).close();
  } catch (error) {
    if (error instanceof Error && 'code' in error)
      throw new UsageError(`${option} ${path} can't be written: ${error.message}`, { cause: error });
    throw error;
  }
}

async function writeFiles(
  { decisions, report: page }: SimulateOptions,
  report: SimulationReport,
  decisionsCsv: string,
  { output }: Environment,
): Promise<void> {
  const files = [
    ...(decisions === undefined ? [] : [{ path: decisions, text: decisionsCsv, name: 'decisions' }]),
    ...(page === undefined ? [] : [{ path: page, text: renderSimulationPage(report), name: 'report' }]),
  ];
  for (const { path, text, name } of files) {
    await writeFile(path, text);
    output.err(`${name}: ${path}`);
  }
}
