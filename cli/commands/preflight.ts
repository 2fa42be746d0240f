import { makePriceBook } from '../../lambda/adapters/prices/price-book.ts';
import { type PreflightReport, preflightNow } from '../../lambda/app/preflight-now.ts';
import { describeFinding } from '../../lambda/core/prescale/describe.ts';
import { formatInZone, formatUtc } from '../../lambda/core/units/time.ts';
import { formatCount } from '../../report/text.ts';
import { colors } from '../colors.ts';
import { type CommonOptions, withCommonOptions, withConnectionOptions } from '../common-options.ts';
import { connectPorts, type KubeconfigOverride, selectClusters } from '../connect.ts';
import type { DefineCommand } from '../define-command.ts';
import { parseDurationOption } from '../duration-option.ts';
import type { Environment } from '../environment.ts';
import { findWorkload } from '../find-workload.ts';
import { loadConfig } from '../load.ts';
import { EXIT, type ExitCode, renderJson, renderTable } from '../output.ts';
import { openStores, type StoreOptions, withStoreOptions } from '../stores.ts';

const LONGEST_AHEAD = '90d';

type PreflightOptions = CommonOptions &
  KubeconfigOverride &
  StoreOptions & { readonly cluster?: string; readonly workload?: string; readonly within: string };

export const definePreflight: DefineCommand = (program, environment, act) => {
  withStoreOptions(withConnectionOptions(withCommonOptions(program.command('preflight'))))
    .description('what on the cluster stands in the way of the events that come, looked at now')
    .option('--workload <name>', 'only its events')
    .option('--cluster <name>', 'only this cluster')
    .option('--within <duration>', 'events whose replicas are asked for so soon', '24h')
    .addHelpText(
      'after',
      `
Reads, and writes nothing. Exits with 1 when something is found, with 3 when something could not be read.

Examples:
  foretide preflight
  foretide preflight --workload chat --within 14d
  foretide preflight --cluster dev --json`,
    )
    .action((options: PreflightOptions) => act(() => preflight(options, environment)));
};

async function preflight(options: PreflightOptions, { output, clock }: Environment): Promise<ExitCode> {
  const aheadMs = parseDurationOption('--within', options.within, LONGEST_AHEAD);
  const loaded = await loadConfig(options.config, output);
  const { config, calendarSources } = loaded;
  const only = options.workload === undefined ? undefined : findWorkload(config, options.workload);
  const stores = openStores(options, loaded.directory);
  const reports: PreflightReport[] = [];
  for (const clusterName of selectClusters(config, options.cluster ?? only?.target.cluster, options)) {
    reports.push(
      await preflightNow(
        {
          ...connectPorts(config, clusterName, options),
          store: stores.states,
          prices: makePriceBook(config.spend.prices),
          calendarSources,
        },
        { config, clusterName, workload: only?.name, aheadMs, nowMs: clock.now() },
      ),
    );
  }
  output.out(
    options.json
      ? renderJson(reports.map((report) => renderReportJson(report, config.timezone)))
      : reports.map((report) => renderReport(report, config.timezone)).join('\n\n'),
  );
  for (const reason of new Set(reports.flatMap(({ unreadable }) => unreadable.map((one) => one.reason)))) output.err(reason);
  for (const failure of reports.flatMap(({ failures }) => failures)) output.err(failure);
  if (reports.some(({ unreadable, failures }) => unreadable.length + failures.length > 0)) return EXIT.failure;
  return reports.some(({ findings }) => findings.length > 0) ? EXIT.findings : EXIT.ok;
}

function renderReport({ clusterName, nowMs, checked, findings }: PreflightReport, timezone: string): string {
  const title = colors.bold(`${clusterName} at ${formatInZone(nowMs, timezone)} (${formatUtc(nowMs)})`);
  if (checked.length === 0) return `${title}\nNo event comes so soon.`;
  const rows = checked.map(({ workload, occurrence, floor }) => [
    workload.name,
    occurrence.event.name,
    formatInZone(occurrence.startMs, timezone),
    formatUtc(occurrence.startMs),
    floor === undefined ? 'unknown' : formatCount(floor),
  ]);
  const told = findings.map((finding) => {
    const { title: what, lines } = describeFinding(finding, clusterName, timezone);
    const mark = finding.severity === 'critical' ? colors.red('!!') : colors.yellow('!');
    return [`${mark} ${what}`, ...lines.map((line) => `    ${line}`)].join('\n');
  });
  return [
    title,
    renderTable(['WORKLOAD', 'EVENT', 'START', 'START (UTC)', 'FLOOR'], rows),
    '',
    ...(told.length === 0 ? ['Nothing that the cluster can tell stands in their way.'] : told),
  ].join('\n');
}

function renderReportJson({ clusterName, nowMs, checked, findings, unreadable, failures }: PreflightReport, timezone: string): unknown {
  return {
    cluster: clusterName,
    now: formatUtc(nowMs),
    checked: checked.map(({ workload, occurrence, askMs, floor }) => ({
      workload: workload.name,
      event: occurrence.event.name,
      start: formatUtc(occurrence.startMs),
      askAt: formatUtc(askMs),
      floor: floor ?? null,
    })),
    findings: findings.map((finding) => ({
      code: finding.code,
      severity: finding.severity,
      subject: finding.subject,
      facts: finding.facts,
      fix: describeFinding(finding, clusterName, timezone).lines[0] ?? '',
    })),
    unreadable,
    failures,
  };
}
