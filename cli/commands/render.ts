import { Option } from 'commander';
import { stringify } from 'yaml';
import { scaleOf } from '../../lambda/core/compose/observed.ts';
import { resolveWorkloads } from '../../lambda/core/config/resolve-workloads.ts';
import type { Config } from '../../lambda/core/config/schema.ts';
import { BOUND_FIELDS, declaredBounds, describeOwner, detectOwner, type GitOpsOwner } from '../../lambda/core/gitops/owner.ts';
import { renderIgnore, type Snippet } from '../../lambda/core/gitops/snippet.ts';
import type { Workload } from '../../lambda/core/prescale/workload.ts';
import { renderTrigger, renderTriggerYaml, UNKNOWN_URL } from '../../lambda/core/publish/render-trigger.ts';
import { ENGINES, type Engine, engineDemand } from '../../lambda/core/signals/engine-demand.ts';
import type { ObservedTarget } from '../../lambda/ports/cluster.ts';
import { colors } from '../colors.ts';
import { type CommonOptions, withCommonOptions, withConnectionOptions } from '../common-options.ts';
import { connectCluster, type KubeconfigOverride } from '../connect.ts';
import type { DefineCommand } from '../define-command.ts';
import type { Environment } from '../environment.ts';
import { findWorkload } from '../find-workload.ts';
import { loadConfig } from '../load.ts';
import { EXIT, type ExitCode, renderJson } from '../output.ts';
import { UsageError } from '../usage-error.ts';

type GitOpsOptions = CommonOptions & KubeconfigOverride & { readonly workload?: string };
type TriggerOptions = CommonOptions & { readonly workload: string; readonly url?: string };

export const defineRender: DefineCommand = (program, environment, act) => {
  const render = program.command('render').description('manifests to put into Git; writes nothing');
  withConnectionOptions(withCommonOptions(render.command('gitops')))
    .description('what tells Argo CD or Flux to leave the bounds alone that Foretide raises')
    .option('--workload <name>', 'only this workload')
    .addHelpText(
      'after',
      `
Reads the objects of the workloads: their labels, annotations and field managers say which Application, Kustomization or
HelmRelease put them there. \`clusters[].gitops\` in the configuration overrides what they say. YAML on stdout, the rest as
comments in it.

Examples:
  foretide render gitops
  foretide render gitops --workload chat --json`,
    )
    .action((options: GitOpsOptions) => act(() => renderGitOps(options, environment)));
  withCommonOptions(render.command('keda-trigger'))
    .description('the KEDA trigger that reads a floor from Foretide (delivery: metricsApi), with its TriggerAuthentication and Secret')
    .requiredOption('--workload <name>', 'whose floor')
    .option('--url <url>', 'where KEDA reaches Foretide (default: metricsApi.url of the configuration)')
    .addHelpText('after', '\nExamples:\n  foretide render keda-trigger --workload chat --url http://foretide.keda.svc:7117')
    .action((options: TriggerOptions) => act(() => renderKedaTrigger(options, environment)));
  withConnectionOptions(withCommonOptions(render.command('demand')))
    .description('the `demand` of a workload that runs a well-known inference engine, for the configuration')
    .requiredOption('--workload <name>', 'whose demand')
    .addOption(new Option('--engine <name>', 'what serves its model').choices(ENGINES).makeOptionMandatory())
    .addHelpText(
      'after',
      `
Reads the object of the workload, which says what its pods are called; the query is for the Prometheus of its cluster, and in
the unit of its replica.capacity.

Examples:
  foretide render demand --workload chat --engine vllm`,
    )
    .action((options: DemandOptions) => act(() => renderDemand(options, environment)));
};

type DemandOptions = CommonOptions & KubeconfigOverride & { readonly workload: string; readonly engine: Engine };

type Found = { readonly workload: Workload; readonly observed: ObservedTarget | undefined; readonly owner: GitOpsOwner | undefined };

async function renderGitOps(options: GitOpsOptions, { output }: Environment): Promise<ExitCode> {
  const { config } = await loadConfig(options.config, output);
  const workloads = options.workload === undefined ? resolveWorkloads(config) : [findWorkload(config, options.workload)];
  const found: Found[] = [];
  for (const [clusterName, members] of Map.groupBy(workloads, ({ target }) => target.cluster)) {
    const cluster = connectCluster(config, clusterName, options);
    const configured = config.clusters.find(({ name }) => name === clusterName)?.gitops;
    for (const workload of members) {
      const observed = await cluster.readTarget(workload.target);
      found.push({ workload, observed, owner: observed && detectOwner(observed, configured) });
    }
  }
  output.out(
    options.json
      ? renderJson(found.map((one) => renderFoundJson(one, config)))
      : found
          .map((one) => renderFound(one, config))
          .join('---\n')
          .trimEnd(),
  );
  return found.some(({ observed }) => observed === undefined) ? EXIT.findings : EXIT.ok;
}

/** Min always moves; max only where an event of the configuration lowers it. */
function movedBounds({ name }: Workload, config: Config): ('min' | 'max')[] {
  const lowersMax = config.calendar.events.some(({ workloads, max }) => max !== undefined && workloads.includes(name));
  return lowersMax ? ['min', 'max'] : ['min'];
}

function snippetOf({ workload, owner }: Found, config: Config): Snippet | undefined {
  return owner && renderIgnore(owner, workload.target, movedBounds(workload, config));
}

function renderFound(found: Found, config: Config): string {
  const { workload, observed, owner } = found;
  const { kind, namespace, name } = workload.target;
  const about = `${workload.name}: ${kind} ${namespace}/${name}`;
  const comment = (lines: readonly string[]) => lines.map((line) => `# ${line}\n`).join('');
  if (observed === undefined) return comment([`${about} ${colors.red('does not exist')}`]);
  if (workload.delivery === 'metricsApi') return comment([`${about} is never written (delivery: metricsApi): nothing to tell anybody`]);
  const snippet = snippetOf(found, config);
  if (owner === undefined || snippet === undefined) return comment([`${about} shows no sign of Argo CD or Flux`]);
  const declared = declaredBounds(observed, owner).map((bound) => BOUND_FIELDS[kind][bound]);
  const declares = declared.length === 0 ? 'declares no bounds as far as the object tells' : `declares ${declared.join(' and ')}`;
  return `${comment([`${about} belongs to ${describeOwner(owner)}, which ${declares}`, snippet.title])}${snippet.yaml}${comment(snippet.notes)}`;
}

function renderFoundJson(found: Found, config: Config): unknown {
  const { workload, observed, owner } = found;
  const snippet = workload.delivery === 'metricsApi' ? undefined : snippetOf(found, config);
  return {
    workload: workload.name,
    cluster: workload.target.cluster,
    exists: observed !== undefined,
    owner: owner ?? null,
    declares: observed === undefined ? null : declaredBounds(observed, owner),
    snippet: snippet?.yaml ?? null,
    notes: snippet?.notes ?? [],
  };
}

async function renderKedaTrigger(options: TriggerOptions, { output }: Environment): Promise<ExitCode> {
  const { config } = await loadConfig(options.config, output);
  const { target } = findWorkload(config, options.workload);
  if (target.kind !== 'ScaledObject')
    throw new UsageError(`${options.workload} is a ${target.kind}; only a ScaledObject has triggers that scale replicas`);
  const url = options.url ?? config.metricsApi.url ?? UNKNOWN_URL;
  if (URL.parse(url) === null) throw new UsageError(`--url must be an http(s) URL (got ${url})`);
  output.out(options.json ? renderJson(renderTrigger(target, url)) : renderTriggerYaml(target, url).trimEnd());
  return EXIT.ok;
}

async function renderDemand(options: DemandOptions, { output }: Environment): Promise<ExitCode> {
  const { config } = await loadConfig(options.config, output);
  const { name, target, capacity } = findWorkload(config, options.workload);
  if (capacity === undefined) throw new UsageError(`${name} has no replica.capacity; its unit is the unit of the demand`);
  const observed = await connectCluster(config, target.cluster, options).readTarget(target);
  if (observed === undefined) throw new UsageError(`${target.kind} ${target.namespace}/${target.name} does not exist on ${target.cluster}`);
  const query = engineDemand(options.engine, capacity.unit, scaleOf(observed));
  if (query === undefined) {
    throw new UsageError(
      `${options.engine} exports nothing in ${capacity.unit}; give ${name} a capacity in another unit, or write the query yourself`,
    );
  }
  const demand = { demand: { prometheus: { query } } };
  output.out(options.json ? renderJson(demand) : stringify(demand, { lineWidth: 0 }).trimEnd());
  return EXIT.ok;
}
