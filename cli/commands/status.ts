import { type PoolStatus, readPoolStatus } from '../../lambda/app/pool-status.ts';
import { type ClusterStatus, readStatus } from '../../lambda/app/status.ts';
import { formatInZone, formatUtc } from '../../lambda/core/units/time.ts';
import { formatCount, formatGpuHours, formatUsd } from '../../report/text.ts';
import { colors } from '../colors.ts';
import { type CommonOptions, withCommonOptions, withConnectionOptions } from '../common-options.ts';
import { connectPorts, type KubeconfigOverride, selectClusters } from '../connect.ts';
import type { DefineCommand } from '../define-command.ts';
import type { Environment } from '../environment.ts';
import { loadConfig } from '../load.ts';
import { EXIT, type ExitCode, renderJson, renderTable } from '../output.ts';
import { type StoreOptions, withStoreOptions } from '../stores.ts';
import { describeCondition } from '../workload-condition.ts';

type StatusOptions = CommonOptions & KubeconfigOverride & StoreOptions & { readonly cluster?: string };

export const defineStatus: DefineCommand = (program, environment, act) => {
  withStoreOptions(withConnectionOptions(withCommonOptions(program.command('status'))))
    .description('what is: bounds, what Foretide holds, Ready replicas, the next event')
    .option('--cluster <name>', 'only this cluster')
    .addHelpText(
      'after',
      '\nExits with 1 when a target is missing, paused, or yielded.\n\nExamples:\n  foretide status\n  foretide status --cluster dev --json',
    )
    .action((options: StatusOptions) => act(() => status(options, environment)));
};

type WholeStatus = ClusterStatus & { readonly pools: readonly PoolStatus[] };

async function status(options: StatusOptions, { output, clock }: Environment): Promise<ExitCode> {
  const loaded = await loadConfig(options.config, output, options);
  const { config, calendarSources } = loaded;
  const { stores } = loaded;
  const statuses: WholeStatus[] = [];
  for (const clusterName of selectClusters(config, options.cluster, options)) {
    const ports = connectPorts(config, clusterName, options);
    const asked = { config, clusterName, nowMs: clock.now() };
    const [workloads, pools] = await Promise.all([
      readStatus({ ...ports, store: stores.states, ledger: stores.ledger, calendarSources }, asked),
      readPoolStatus({ ...ports, poolStore: stores.pools }, asked),
    ]);
    statuses.push({ ...workloads, pools });
  }
  output.out(
    options.json ? renderJson(statuses.map(renderStatusJson)) : statuses.map((one) => renderStatus(one, config.timezone)).join('\n\n'),
  );
  const healthy = statuses.every(({ workloads }) => workloads.every((one) => describeCondition(one, config.timezone) === ''));
  return healthy ? EXIT.ok : EXIT.findings;
}

function renderStatus({ clusterName, nowMs, workloads, pools, addedToday }: WholeStatus, timezone: string): string {
  const rows = workloads.map((one) => [
    one.workload.name,
    one.live === undefined ? colors.red('missing') : `${formatCount(one.live.min)}–${formatCount(one.live.max)}`,
    one.heldMin === undefined ? '' : formatCount(one.heldMin),
    one.baseline === undefined ? 'unknown' : `${formatCount(one.baseline.min)}–${formatCount(one.baseline.max)}`,
    one.scale === undefined ? '?' : `${formatCount(one.scale.readyReplicas)}/${formatCount(one.scale.replicas)}`,
    one.event === undefined
      ? ''
      : `${one.event.event.name}, ${formatInZone(one.event.startMs, timezone)} (${formatUtc(one.event.startMs)})`,
    describeCondition(one, timezone),
  ]);
  return [
    colors.bold(`${clusterName} at ${formatInZone(nowMs, timezone)} (${formatUtc(nowMs)})`),
    renderTable(['WORKLOAD', 'BOUNDS', 'FLOOR HELD', 'BASELINE', 'READY', 'EVENT', 'CONDITION'], rows),
    ...(pools.length === 0
      ? []
      : [
          renderTable(
            ['NODEPOOL', 'GROUP', 'WEIGHT', 'LIMITS', 'USED', 'HELD', 'CONDITION'],
            pools.map((pool) => renderPool(pool, timezone)),
          ),
        ]),
    `Pre-scaling added today (UTC): ${formatGpuHours(addedToday.gpuHours)} GPU-hours, ${formatUsd(addedToday.usd)}`,
  ].join('\n');
}

/** Of what is limited, how much is used; of what is held, what it will be again. */
function renderPool({ name, group, observed, held, baseline, yielded }: PoolStatus, timezone: string): string[] {
  const limited = Object.entries(observed?.limits ?? {});
  const left = Object.entries(yielded).map(([field, untilMs]) => `${field} left to its editor until ${formatInZone(untilMs, timezone)}`);
  return [
    name,
    group ?? '',
    observed?.weight === undefined ? '' : String(observed.weight),
    limited.map(([resource, limit]) => `${resource} ${limit}`).join(', '),
    limited.map(([resource]) => `${resource} ${observed?.usage[resource] ?? 0}`).join(', '),
    Object.entries(held ?? {})
      .map(([field, value]) => `${field} ${value ?? 'none'} (user: ${baseline?.[field] ?? 'none'})`)
      .join(', '),
    observed === undefined ? colors.red('missing') : held === undefined ? "the user's settings are lost" : left.join(', '),
  ];
}

function renderStatusJson({ clusterName, nowMs, workloads, pools, addedToday }: WholeStatus): unknown {
  return {
    cluster: clusterName,
    now: formatUtc(nowMs),
    workloads: workloads.map((one) => ({
      workload: one.workload.name,
      bounds: one.live ?? null,
      heldMin: one.heldMin ?? null,
      baseline: one.baseline ?? null,
      pausedBy: one.pausedBy ?? null,
      endsJobs: one.endsJobs,
      notReady: one.notReady ?? null,
      yieldedUntil: one.yieldedUntilMs === undefined ? null : formatUtc(one.yieldedUntilMs),
      hpa: one.autoscaler ?? null,
      ready: one.scale?.readyReplicas ?? null,
      replicas: one.scale?.replicas ?? null,
      delivery: one.workload.delivery ?? 'patch',
      gitops: one.declaration ?? null,
      event:
        one.event === undefined
          ? null
          : { event: one.event.event.name, start: formatUtc(one.event.startMs), end: formatUtc(one.event.endMs) },
    })),
    pools: pools.map(({ name, group, observed, held, baseline, yielded }) => ({
      nodePool: name,
      group: group ?? null,
      exists: observed !== undefined,
      weight: observed?.weight ?? null,
      limits: observed?.limits ?? null,
      held: held ?? null,
      baseline: baseline ?? null,
      yielded: Object.fromEntries(Object.entries(yielded).map(([field, untilMs]) => [field, formatUtc(untilMs)])),
    })),
    addedToday,
  };
}
