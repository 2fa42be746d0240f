import { hostname } from 'node:os';
import { SNSClient } from '@aws-sdk/client-sns';
import { makeSnsNotifier } from '../../lambda/adapters/aws/sns-notifier.ts';
import type { KubernetesPorts } from '../../lambda/adapters/kubernetes/kubernetes-ports.ts';
import { makeLogNotifier } from '../../lambda/adapters/log/log-notifier.ts';
import { makeMetrics } from '../../lambda/adapters/metrics/make-metrics.ts';
import { makePriceBook } from '../../lambda/adapters/prices/price-book.ts';
import { makeStoredStartupHistory } from '../../lambda/adapters/startup/stored-startup-history.ts';
import type { Stores } from '../../lambda/adapters/stores.ts';
import { type PrescaleDependencies, prescaleTick, TickFailedError, type TickReport } from '../../lambda/app/prescale.ts';
import type { Config } from '../../lambda/core/config/schema.ts';
import { memoizeByIdentity } from '../../lambda/core/units/memoize.ts';
import type { Notifier } from '../../lambda/ports/notifier.ts';
import { withCommonOptions, withConnectionOptions } from '../common-options.ts';
import { connectPorts, selectClusters } from '../connect.ts';
import type { DefineCommand } from '../define-command.ts';
import type { Environment } from '../environment.ts';
import { type LoadedConfig, loadConfig, reloadConfig } from '../load.ts';
import { waitForNextMinute } from '../minute-loop.ts';
import { EXIT, type ExitCode } from '../output.ts';
import { renderTick, renderTickJson } from '../render-tick.ts';
import { runOnTwin } from '../replay/run-on-twin.ts';
import type { RunOptions } from '../run-options.ts';
import { floorRoutes, METRICS_TOKEN_HELP } from '../serve/floor-routes.ts';
import { describeAddress, type LoopPage, openLoopPage } from '../serve/loop-page.ts';
import { DEFAULT_HOST, DEFAULT_PORT, parsePort } from '../serve/serve-options.ts';
import { UsageError } from '../usage-error.ts';

export const defineRun: DefineCommand = (program, environment, act) => {
  withConnectionOptions(withCommonOptions(program.command('run')))
    .description('the control loop: one tick a minute against every configured cluster')
    .option('--once', 'one tick, then exit (1 with findings, 3 when it failed)')
    .option('--dry-run', 'decide and say what would change; write nothing')
    .option('--cluster <name>', 'only this cluster')
    .option('--state <directory>', 'local state (default: .foretide beside the configuration)')
    .option('--serve [port]', `a live page of the loop (port ${DEFAULT_PORT}; 0: any that is free)`)
    .option('--host <address>', 'with --serve: where to listen; one that others can reach needs the token that is printed', DEFAULT_HOST)
    .option('--metrics-token <file>', `with --serve: ${METRICS_TOKEN_HELP}`)
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
  foretide run --serve
  foretide run --once --kubeconfig ~/.kube/config --context dev
  foretide run --twin --from 2026-11-26T20:00 --to 2026-11-28T04:00 --report out/black-friday.html`,
    )
    .action((options: RunOptions) => act(() => run(options, environment)));
};

async function run(options: RunOptions, environment: Environment): Promise<ExitCode> {
  const loaded = await loadConfig(options.config, environment.output, options);
  if (options.serve !== undefined && (options.once || options.twin)) {
    throw new UsageError('--serve is for the loop: leave out --once and --twin (`npm start -- --serve` shows a replay)');
  }
  if (options.twin) return runOnTwin(loaded, options, environment);
  const signal = environment.stopSignal();
  const { stores } = loaded;
  const clusters = selectClusters(loaded.config, options.cluster, options).map((name) => ({
    name,
    ports: connectPorts(loaded.config, name, options),
  }));
  const page = await openPage(
    loaded,
    stores,
    clusters.map(({ name }) => name),
    options,
    environment,
  );
  const loops = clusters.map(({ name, ports }) => loop(stores, ports, name, loaded, options, environment, signal, page));
  const codes = await Promise.all(loops).finally(() => page?.stop());
  return codes.includes(EXIT.failure) ? EXIT.failure : codes.includes(EXIT.findings) ? EXIT.findings : EXIT.ok;
}

async function openPage(
  loaded: LoadedConfig,
  stores: Stores,
  clusters: readonly string[],
  { serve, host, metricsToken }: RunOptions,
  environment: Environment,
): Promise<LoopPage | undefined> {
  if (serve === undefined) {
    if (metricsToken !== undefined) throw new UsageError('--metrics-token is for the server: add --serve');
    return undefined;
  }
  const routes = await floorRoutes(metricsToken, stores.states, environment);
  const port = serve === true ? DEFAULT_PORT : parsePort(serve);
  const page = await openLoopPage(loaded, { mode: 'loop', host, port, clusters, routes }, environment);
  environment.output.err(describeAddress(page.server));
  return page;
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
  ports: KubernetesPorts,
  clusterName: string,
  first: LoadedConfig,
  options: RunOptions,
  environment: Environment,
  signal: AbortSignal,
  page: LoopPage | undefined,
): Promise<ExitCode> {
  const { output, clock } = environment;
  const startups = makeStoredStartupHistory(stores.states);
  // Connections and credentials last for as long as the configuration.
  const metricsOf = memoizeByIdentity((config: Config) =>
    makeMetrics({ config, clock, kedaMetrics: ports.kedaMetrics, remoteWrite: undefined }),
  );
  let exitCode: ExitCode = EXIT.ok;
  let loaded = first;
  do {
    const { config, calendarSources } = loaded;
    const dependencies: PrescaleDependencies = {
      ...ports,
      store: stores.states,
      poolStore: stores.pools,
      leases: stores.leases,
      ledger: stores.ledger,
      notifier: makeNotifier(loaded, options, environment),
      prices: makePriceBook(config.spend.prices),
      signals: { metrics: metricsOf(config), history: stores.demand },
      demand: stores.demand,
      startups,
      calendarSources,
    };
    const holder = `${hostname()}/${process.pid}`;
    try {
      const report = await prescaleTick(dependencies, { config, clusterName, holder, nowMs: clock.now(), dryRun: options.dryRun ?? false });
      show(report);
      if (report.findings.length > 0) exitCode = EXIT.findings;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error instanceof TickFailedError) show(error.report);
      else page?.showBrokenTick(clusterName, clock.now(), error.message);
      output.err(`${clusterName}: this tick failed: ${error.message}`);
      exitCode = EXIT.failure;
    }
    await page?.showCluster({ ...ports, store: stores.states, ledger: stores.ledger }, loaded, clusterName);
    if (options.once || !(await waitForNextMinute(clock, signal))) return options.once ? exitCode : EXIT.ok;
    loaded = await reloadConfig(loaded, output);
  } while (!signal.aborted);
  return EXIT.ok;

  function show(report: TickReport): void {
    page?.showTick(report, loaded);
    output.out(options.json ? JSON.stringify(renderTickJson(report)) : renderTick(report, loaded.config.timezone));
  }
}
