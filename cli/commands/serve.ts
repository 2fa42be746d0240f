import { type CommonOptions, withCommonOptions, withConnectionOptions } from '../common-options.ts';
import { connectPorts, type KubeconfigOverride, selectClusters } from '../connect.ts';
import type { DefineCommand } from '../define-command.ts';
import type { Environment } from '../environment.ts';
import { loadConfig, reloadConfig } from '../load.ts';
import { waitForNextMinute } from '../minute-loop.ts';
import { EXIT, type ExitCode } from '../output.ts';
import { floorRoutes, METRICS_TOKEN_HELP } from '../serve/floor-routes.ts';
import { describeAddress, openLoopPage } from '../serve/loop-page.ts';
import { REMOTE_WRITE_TOKEN_HELP, remoteWriteRoutes } from '../serve/remote-write-routes.ts';
import { DEFAULT_HOST, DEFAULT_PORT, parsePort } from '../serve/serve-options.ts';

type ServeOptions = CommonOptions &
  KubeconfigOverride & {
    readonly cluster?: string;
    readonly state?: string;
    readonly port: string;
    readonly host: string;
    readonly metricsToken?: string;
    readonly remoteWriteToken?: string;
  };

export const defineServe: DefineCommand = (program, environment, act) => {
  withConnectionOptions(withCommonOptions(program.command('serve')))
    .description('a live page of what is: reads every cluster once a minute, and writes nothing')
    .option('--port <number>', 'of the page; 0: any that is free', String(DEFAULT_PORT))
    .option('--host <address>', 'where to listen; one that others can reach needs the token that is printed', DEFAULT_HOST)
    .option('--cluster <name>', 'only this cluster')
    .option('--state <directory>', 'local state (default: .foretide beside the configuration)')
    .option('--metrics-token <file>', METRICS_TOKEN_HELP)
    .option('--remote-write-token <file>', REMOTE_WRITE_TOKEN_HELP)
    .addHelpText(
      'after',
      `
Paths: / the page · /events the same as server-sent events · /state.json for machines · /healthz
With --metrics-token: /floor/CLUSTER/NAMESPACE/NAME for KEDA's metrics-api triggers
With signals.remoteWrite in the configuration: /api/v1/write for Prometheus remote write (1.0 and 2.0)

Examples:
  foretide serve
  foretide serve --cluster dev --port 8080
  foretide serve --kubeconfig ~/.kube/config --context dev --port 0 --json
  foretide run --serve          the loop and its page in one process
  npm start -- --serve          the example day on the page`,
    )
    .action((options: ServeOptions) => act(() => serve(options, environment)));
};

async function serve(options: ServeOptions, environment: Environment): Promise<ExitCode> {
  const { output, clock } = environment;
  let loaded = await loadConfig(options.config, output, options);
  const port = parsePort(options.port);
  const { stores } = loaded;
  const clusters = selectClusters(loaded.config, options.cluster, options).map((name) => ({
    name,
    reader: { ...connectPorts(loaded.config, name, options), store: stores.states, ledger: stores.ledger },
  }));
  const floors = await floorRoutes(options.metricsToken, stores.states, environment);
  const writes = await remoteWriteRoutes(options.remoteWriteToken, loaded, stores, environment);
  const signal = environment.stopSignal();
  const page = await openLoopPage(
    loaded,
    {
      mode: 'reading',
      host: options.host,
      port,
      clusters: clusters.map(({ name }) => name),
      routes: (current) => [...floors(current), ...writes(current)],
    },
    environment,
  );
  output.out(
    options.json ? JSON.stringify({ url: page.server.url, port: page.server.port }) : `${describeAddress(page.server)}\nCtrl-C stops it.`,
  );
  try {
    do {
      await Promise.all(clusters.map(({ name, reader }) => page.showCluster(reader, loaded, name)));
      if (!(await waitForNextMinute(clock, signal))) break;
      loaded = await reloadConfig(loaded, output);
    } while (!signal.aborted);
    return EXIT.ok;
  } finally {
    await page.stop();
  }
}
