import { hostname } from 'node:os';
import { type ReleaseResult, releaseTargets } from '../../lambda/app/release.ts';
import { describePoolDecision } from '../../lambda/core/capacity/describe-pool.ts';
import { poolKey } from '../../lambda/core/capacity/pool.ts';
import type { Outcome } from '../../lambda/core/compose/decision.ts';
import { targetKey } from '../../lambda/core/compose/intent.ts';
import { resolveWorkloads } from '../../lambda/core/config/resolve-workloads.ts';
import { describeDecision } from '../../lambda/core/prescale/describe.ts';
import { type CommonOptions, withCommonOptions, withConnectionOptions } from '../common-options.ts';
import { connectPorts, type KubeconfigOverride, selectClusters } from '../connect.ts';
import type { DefineCommand } from '../define-command.ts';
import type { Environment } from '../environment.ts';
import { findWorkload } from '../find-workload.ts';
import { loadConfig } from '../load.ts';
import { EXIT, type ExitCode, renderJson } from '../output.ts';
import { type StoreOptions, withStoreOptions } from '../stores.ts';
import { UsageError } from '../usage-error.ts';

type ReleaseOptions = CommonOptions &
  KubeconfigOverride &
  StoreOptions & { readonly all?: boolean; readonly workload?: string; readonly cluster?: string; readonly dryRun?: boolean };

export const defineRelease: DefineCommand = (program, environment, act) => {
  withStoreOptions(withConnectionOptions(withCommonOptions(program.command('release'))))
    .description('give bounds back to their owners now: every baseline, in one step, without looking at demand')
    .option('--all', 'every object that carries anything of Foretide, NodePools too, configured or not')
    .option('--workload <name>', 'only this workload')
    .option('--cluster <name>', 'only this cluster')
    .option('--dry-run', 'say what would change; write nothing')
    .addHelpText(
      'after',
      `
A loop or function that still runs raises floors again at its next tick, where events are due: stop it first, or
give an override. A workload that rests at 0 keeps one replica for its cool-down; run it again afterwards.
Exits with 1 when an object could not be given back, with 3 when a write failed or a tick was at work.

Examples:
  foretide release --all --dry-run
  foretide release --workload chat
  foretide release --all --table foretide-state`,
    )
    .action((options: ReleaseOptions) => act(() => release(options, environment)));
};

type ClusterRelease = { readonly cluster: string; readonly result: ReleaseResult };

async function release(options: ReleaseOptions, { output, clock }: Environment): Promise<ExitCode> {
  if ((options.all === true) === (options.workload !== undefined)) throw new UsageError('say what to give back: --all, or --workload NAME');
  const loaded = await loadConfig(options.config, output, options);
  const { config } = loaded;
  const only = options.workload === undefined ? undefined : findWorkload(config, options.workload).target;
  const { stores } = loaded;
  const workloads = resolveWorkloads(config);
  const releases: ClusterRelease[] = [];
  for (const clusterName of selectClusters(config, options.cluster ?? only?.cluster, options)) {
    const own = workloads.filter(({ target }) => target.cluster === clusterName);
    const result = await releaseTargets(
      { ...connectPorts(config, clusterName, options), store: stores.states, poolStore: stores.pools, leases: stores.leases },
      {
        clusterName,
        kinds: own.map(({ target }) => target.kind),
        only,
        configured: new Map(own.flatMap(({ target, bounds }) => (bounds === undefined ? [] : [[targetKey(target), bounds] as const]))),
        holder: `${hostname()}/${process.pid}/release`,
        nowMs: clock.now(),
        dryRun: options.dryRun ?? false,
      },
    );
    releases.push({ cluster: clusterName, result });
  }
  output.out(options.json ? renderJson(releases) : releases.map((one) => renderRelease(one, config.timezone)).join('\n'));
  return exitCodeOf(releases);
}

function renderRelease({ cluster, result }: ClusterRelease, timezone: string): string {
  if (result.kind === 'busy') return `${cluster}: a tick is at work; try again in a moment`;
  const lines = [
    ...result.outcomes.map((outcome) => `  ${targetKey(outcome.target)}: ${describeDecision(outcome, timezone)}${renderEnd(outcome)}`),
    ...result.pools.map((outcome) => `  ${poolKey(outcome.pool)}: ${describePoolDecision(outcome, timezone)}${renderEnd(outcome)}`),
  ];
  return lines.length === 0 ? `${cluster}: nothing is held` : [`${cluster}: ${lines.length} objects`, ...lines].join('\n');
}

function renderEnd({ applied, error }: Pick<Outcome, 'applied' | 'error'>): string {
  if (applied === 'failed') return ` (failed: ${error})`;
  return applied === 'dry-run' ? ' (dry run: not written)' : '';
}

function exitCodeOf(releases: readonly ClusterRelease[]): ExitCode {
  const outcomes = releases.flatMap(({ result }) => (result.kind === 'released' ? result.outcomes : []));
  const pools = releases.flatMap(({ result }) => (result.kind === 'released' ? result.pools : []));
  const isBusy = releases.some(({ result }) => result.kind === 'busy');
  if (isBusy || [...outcomes, ...pools].some(({ applied }) => applied === 'failed')) return EXIT.failure;
  const unfinished = outcomes.some(({ kind, reason }) => kind === 'refuse' || reason === 'paused-by-others' || reason === 'cool-down');
  return unfinished || pools.some(({ kind }) => kind === 'refuse') ? EXIT.findings : EXIT.ok;
}
