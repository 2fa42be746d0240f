import { readSignalsNow } from '../../lambda/app/signals-now.ts';
import { type CommonOptions, withCommonOptions, withConnectionOptions } from '../common-options.ts';
import { type KubeconfigOverride, selectClusters } from '../connect.ts';
import { connectMetrics } from '../connect-metrics.ts';
import type { DefineCommand } from '../define-command.ts';
import type { Environment } from '../environment.ts';
import { loadConfig } from '../load.ts';
import { EXIT, type ExitCode, renderJson } from '../output.ts';
import { renderSignals, renderSignalsJson } from '../signals/render-signals.ts';
import { type StoreOptions, withStoreOptions } from '../stores.ts';

type SignalsOptions = CommonOptions & KubeconfigOverride & StoreOptions & { readonly cluster?: string };

export const defineSignals: DefineCommand = (program, environment, act) => {
  withStoreOptions(withConnectionOptions(withCommonOptions(program.command('signals'))))
    .description('every configured signal now: its value, how old it is, where it is read, and what goes by it')
    .option('--cluster <name>', 'only this cluster (default: all)')
    .addHelpText(
      'after',
      `
Reads each signal where the configuration says, and writes nothing. A value that nobody can read is unknown, which is
not zero. Exits with 1 when a signal is stale or absent.

Examples:
  foretide signals
  foretide signals --cluster dev --kubeconfig ~/.kube/dev --json`,
    )
    .action((options: SignalsOptions) => act(() => show(options, environment)));
};

async function show(options: SignalsOptions, { output, clock }: Environment): Promise<ExitCode> {
  const loaded = await loadConfig(options.config, output, options);
  const nowMs = clock.now();
  const clusters = selectClusters(loaded.config, options.cluster, options);
  const read = await Promise.all(
    clusters.map(async (clusterName) => {
      const metrics = connectMetrics(loaded, clusterName, options, clock);
      return { clusterName, signals: await readSignalsNow(metrics, { config: loaded.config, clusterName, nowMs }) };
    }),
  );
  const all = read.flatMap(({ signals }) => signals);
  output.out(
    options.json
      ? renderJson(renderSignalsJson(all, nowMs))
      : read.map(({ clusterName, signals }) => renderSignals(clusterName, signals, nowMs)).join('\n\n'),
  );
  return all.some(({ reading }) => reading.kind !== 'ok') ? EXIT.findings : EXIT.ok;
}
