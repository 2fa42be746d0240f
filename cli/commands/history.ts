import { open, rename, rm } from 'node:fs/promises';
import { type HistoryPage, pullHistory } from '../../lambda/app/pull-history.ts';
import { DAY_MS, MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import { formatUtc } from '../../lambda/core/units/time.ts';
import { type CommonOptions, withCommonOptions, withConnectionOptions } from '../common-options.ts';
import type { KubeconfigOverride } from '../connect.ts';
import { connectMetrics } from '../connect-metrics.ts';
import type { DefineCommand } from '../define-command.ts';
import type { Environment } from '../environment.ts';
import { findWorkload } from '../find-workload.ts';
import { loadConfig } from '../load.ts';
import { EXIT, type ExitCode, renderJson } from '../output.ts';
import { type Progress, startProgress } from '../progress.ts';
import { type StoreOptions, withStoreOptions } from '../stores.ts';
import { UsageError } from '../usage-error.ts';

type HistoryOptions = CommonOptions &
  KubeconfigOverride &
  StoreOptions & { readonly workload: string; readonly days: string; readonly out: string };

const MAX_DAYS = 400;

export const defineHistory: DefineCommand = (program, environment, act) => {
  withStoreOptions(withConnectionOptions(withCommonOptions(program.command('history'))))
    .description("a workload's demand of the last days, from its own signal, as a file that `simulate` reads")
    .requiredOption('--workload <name>', 'the workload, as the configuration names it')
    .option('--days <number>', 'so many days back from now', '30')
    .requiredOption('--out <file>', 'write CSV `minute_utc,requests`, in the unit of replica.capacity')
    .addHelpText(
      'after',
      `
Minutes that the source does not know are left out: unknown is not zero. Exits with 1 when none is known.

Examples:
  foretide history --workload chat --days 30 --out demand.csv
  foretide simulate --workload chat --demand demand.csv --gaps hold`,
    )
    .action((options: HistoryOptions) => act(() => pull(options, environment)));
};

async function pull(options: HistoryOptions, { output, clock, interactive }: Environment): Promise<ExitCode> {
  if (!/^\d{1,3}$/.test(options.days) || Number(options.days) < 1 || Number(options.days) > MAX_DAYS) {
    throw new UsageError(`--days must be a whole number from 1 to ${MAX_DAYS} (got ${options.days})`);
  }
  const loaded = await loadConfig(options.config, output, options);
  const workload = findWorkload(loaded.config, options.workload);
  if (workload.demand === undefined)
    throw new UsageError(`${workload.name} has no \`demand\` in the configuration; say there where it is read`);
  const nowMs = clock.now();
  const toMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  const range = { fromMs: toMs - Number(options.days) * DAY_MS, toMs, nowMs };
  const progress = startProgress('demand', interactive && options.json !== true);
  const pages = pullHistory(connectMetrics(loaded, workload.target.cluster, options, clock), workload.demand, range);
  const { minutes, warnings } = await writeWhole(options.out, pages, progress).finally(() => progress.stop());
  for (const warning of warnings) output.err(warning);
  const total = (range.toMs - range.fromMs) / MINUTE_MS;
  const from = formatUtc(range.fromMs);
  const to = formatUtc(range.toMs);
  output.out(
    options.json
      ? renderJson({ workload: workload.name, from, to, minutes, unknownMinutes: total - minutes, file: options.out })
      : `${options.out}: ${minutes} of ${total} minutes of ${workload.name} from ${from} to ${to}; the others are unknown`,
  );
  return minutes === 0 ? EXIT.findings : EXIT.ok;
}

/** Written beside the file and put in its place when it is whole: half a history looks like a whole one. */
async function writeWhole(
  path: string,
  pages: AsyncIterable<HistoryPage>,
  progress: Progress,
): Promise<{ readonly minutes: number; readonly warnings: ReadonlySet<string> }> {
  const partial = `${path}.part`;
  const warnings = new Set<string>();
  let minutes = 0;
  try {
    await using file = await open(partial, 'w');
    await file.write('minute_utc,requests\n');
    for await (const { series, warnings: said, done, pages: total } of pages) {
      const rows = [...series.values].flatMap((value, index) =>
        Number.isNaN(value) ? [] : [`${formatUtc(series.startMs + index * MINUTE_MS)},${value}`],
      );
      if (rows.length > 0) await file.write(`${rows.join('\n')}\n`);
      minutes += rows.length;
      for (const warning of said) warnings.add(warning);
      progress.update(done, total);
    }
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  await rename(partial, path);
  return { minutes, warnings };
}
