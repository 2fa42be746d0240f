import { hostname } from 'node:os';
import { SNSClient } from '@aws-sdk/client-sns';
import { makeSnsNotifier } from '../../lambda/adapters/aws/sns-notifier.ts';
import { noDemandHistory } from '../../lambda/adapters/demand/no-demand-history.ts';
import { openFileStores } from '../../lambda/adapters/files/file-stores.ts';
import { makeLogNotifier } from '../../lambda/adapters/log/log-notifier.ts';
import { makePriceBook } from '../../lambda/adapters/prices/price-book.ts';
import { noStartupHistory } from '../../lambda/adapters/startup/no-startup-history.ts';
import type { Stores } from '../../lambda/adapters/stores.ts';
import { type PrescaleDependencies, prescaleTick, TickFailedError, type TickReport } from '../../lambda/app/prescale.ts';
import type { Notifier } from '../../lambda/ports/notifier.ts';
import { withCommonOptions, withConnectionOptions } from '../common-options.ts';
import { connectCluster, selectClusters } from '../connect.ts';
import type { DefineCommand } from '../define-command.ts';
import type { Environment } from '../environment.ts';
import { type LoadedConfig, loadConfig, reloadConfig } from '../load.ts';
import { waitForNextMinute } from '../minute-loop.ts';
import { EXIT, type ExitCode } from '../output.ts';
import { renderTick, renderTickJson } from '../render-tick.ts';
import { runOnTwin } from '../replay/run-on-twin.ts';
import type { RunOptions } from '../run-options.ts';
import { stateDirectory } from '../state-directory.ts';

export const defineRun: DefineCommand = (program, environment, act) => {
  withConnectionOptions(withCommonOptions(program.command('run')))
    .description('the control loop: one tick a minute against every configured cluster')
    .option('--once', 'one tick, then exit (1 with findings, 3 when it failed)')
    .option('--dry-run', 'decide and say what would change; write nothing')
    .option('--cluster <name>', 'only this cluster')
    .option('--state <directory>', 'local state (default: .foretide beside the configuration)')
    .option('--twin', 'run against an embedded cluster on a simulated clock, over the period --from … --to')
    .option('--from <time>', 'with --twin: beginning of the period')
    .option('--to <time>', 'with --twin: end of the period, exclusive')
    .option('--demand <file>', 'with --twin: CSV `minute_utc,requests` that drives every workload (default: made from the calendar)')
    .option('--seed <number>', 'with --twin: seed of the simulation', '1')
    .option('--report <file>', 'with --twin: write an HTML report')
    .addHelpText(
      'after',
      `
Examples:
  foretide run --once --dry-run
  foretide run --cluster dev
  foretide run --once --kubeconfig ~/.kube/config --context dev
  foretide run --twin --from 2026-11-26T20:00 --to 2026-11-28T04:00 --report out/black-friday.html`,
    )
    .action((options: RunOptions) => act(() => run(options, environment)));
};

async function run(options: RunOptions, environment: Environment): Promise<ExitCode> {
  const loaded = await loadConfig(options.config, environment.output);
  if (options.twin) return runOnTwin(loaded, options, environment);
  const signal = environment.stopSignal();
  const stores = openFileStores(stateDirectory(loaded.directory, options.state));
  const loops = selectClusters(loaded.config, options.cluster, options).map((clusterName) =>
    loop(stores, clusterName, loaded, options, environment, signal),
  );
  const codes = await Promise.all(loops);
  return codes.includes(EXIT.failure) ? EXIT.failure : codes.includes(EXIT.findings) ? EXIT.findings : EXIT.ok;
}

/** The pager where one is configured; otherwise the log, which in text is what the tick prints anyway. */
function makeNotifier({ config }: LoadedConfig, { json }: RunOptions, { output }: Environment): Notifier {
  const { pager } = config.notifications;
  if (pager !== undefined) return makeSnsNotifier({ client: new SNSClient(), topicArn: pager.snsTopicArn });
  return json ? makeLogNotifier(output.errStream) : { notify: async () => undefined };
}

/** Ticks once or until told to stop; an edited configuration takes effect at the next tick. */
async function loop(
  stores: Stores,
  clusterName: string,
  first: LoadedConfig,
  options: RunOptions,
  environment: Environment,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { output, clock } = environment;
  const cluster = connectCluster(first.config, clusterName, options);
  let exitCode: ExitCode = EXIT.ok;
  let loaded = first;
  do {
    const { config, calendarSources } = loaded;
    const dependencies: PrescaleDependencies = {
      cluster,
      store: stores.states,
      leases: stores.leases,
      ledger: stores.ledger,
      notifier: makeNotifier(loaded, options, environment),
      prices: makePriceBook(config.spend.prices),
      demand: noDemandHistory,
      startups: noStartupHistory,
      calendarSources,
    };
    const holder = `${hostname()}/${process.pid}`;
    try {
      const report = await prescaleTick(dependencies, { config, clusterName, holder, nowMs: clock.now(), dryRun: options.dryRun ?? false });
      print(report);
      if (report.findings.length > 0) exitCode = EXIT.findings;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error instanceof TickFailedError) print(error.report);
      output.err(`${clusterName}: this tick failed: ${error.message}`);
      exitCode = EXIT.failure;
    }
    if (options.once || !(await waitForNextMinute(clock, signal))) return options.once ? exitCode : EXIT.ok;
    loaded = await reloadConfig(loaded, output);
  } while (!signal.aborted);
  return EXIT.ok;

  function print(report: TickReport): void {
    output.out(options.json ? JSON.stringify(renderTickJson(report)) : renderTick(report, loaded.config.timezone));
  }
}
