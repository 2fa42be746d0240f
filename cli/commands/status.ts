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

async function status(options: StatusOptions, { output, clock }: Environment): Promise<ExitCode> {
  const loaded = await loadConfig(options.config, output, options);
  const { config, calendarSources } = loaded;
  const { stores } = loaded;
  const statuses: ClusterStatus[] = [];
  for (const clusterName of selectClusters(config, options.cluster, options)) {
    const ports = connectPorts(config, clusterName, options);
    statuses.push(
      await readStatus(
        { ...ports, store: stores.states, ledger: stores.ledger, calendarSources },
        { config, clusterName, nowMs: clock.now() },
      ),
    );
  }
  output.out(
    options.json ? renderJson(statuses.map(renderStatusJson)) : statuses.map((one) => renderStatus(one, config.timezone)).join('\n\n'),
  );
  const healthy = statuses.every(({ workloads }) => workloads.every((one) => describeCondition(one, config.timezone) === ''));
  return healthy ? EXIT.ok : EXIT.findings;
}

function renderStatus({ clusterName, nowMs, workloads, addedToday }: ClusterStatus, timezone: string): string {
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
    `Pre-scaling added today (UTC): ${formatGpuHours(addedToday.gpuHours)} GPU-hours, ${formatUsd(addedToday.usd)}`,
  ].join('\n');
}

function renderStatusJson({ clusterName, nowMs, workloads, addedToday }: ClusterStatus): unknown {
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
    addedToday,
  };
}
