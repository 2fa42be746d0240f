import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makePriceBook } from '../../lambda/adapters/prices/price-book.ts';
import { formatInZone, formatUtc } from '../../lambda/core/units/time.ts';
import { renderReplayPage } from '../../report/page.ts';
import type { Environment } from '../environment.ts';
import { leaveOutScaledJobs } from '../leave-out-jobs.ts';
import type { LoadedConfig } from '../load.ts';
import { EXIT, type ExitCode } from '../output.ts';
import { resolvePeriod } from '../period.ts';
import { startProgress } from '../progress.ts';
import { readTrace } from '../read-trace.ts';
import { renderTick, renderTickJson } from '../render-tick.ts';
import type { RunOptions } from '../run-options.ts';
import { UsageError } from '../usage-error.ts';
import { VERSION } from '../version.ts';
import { buildReport } from './build-report.ts';
import { demandFromCalendar, demandFromTrace } from './demand.ts';
import { renderSummary } from './render-summary.ts';
import { replay } from './replay.ts';

const MAX_DAYS = 31;

/** `run --twin`: the control loop over a simulated period; prints every tick that moved something, then the summary. */
export async function runOnTwin(
  { config: configured, calendarSources }: LoadedConfig,
  options: RunOptions,
  environment: Environment,
): Promise<ExitCode> {
  const { output } = environment;
  const config = leaveOutScaledJobs(configured, output);
  if (options.from === undefined || options.to === undefined) throw new UsageError('--twin needs --from and --to: the period to run over');
  const seed = Number(options.seed);
  if (!Number.isSafeInteger(seed)) throw new UsageError(`--seed must be a whole number (got ${options.seed})`);
  const { fromMs, toMs } = resolvePeriod(options, config.timezone, environment.clock.now(), MAX_DAYS);
  const given = options.demand === undefined ? undefined : demandFromTrace(await readTrace(options.demand, undefined));

  const progress = startProgress('simulating', environment.interactive && options.json !== true);
  const result = await replay({
    config,
    calendarSources,
    fromMs,
    toMs,
    seed,
    demandOf: given === undefined ? demandFromCalendar : () => given,
    onMinute: progress.update,
    onTick: (report) => output.out(options.json ? JSON.stringify(renderTickJson(report)) : renderTick(report, config.timezone)),
  }).finally(progress.stop);

  const report = buildReport(
    {
      title: `${formatInZone(fromMs, config.timezone)} to ${formatInZone(toMs, config.timezone)} on the twin`,
      timezone: config.timezone,
      fromMs,
      toMs,
      generatedBy: `foretide ${VERSION}, seed ${seed}, ${formatUtc(fromMs)} to ${formatUtc(toMs)}`,
    },
    result,
    config,
    makePriceBook(config.spend.prices),
  );
  output.out(options.json ? JSON.stringify({ summary: report.summary, totals: report.totals }) : `\n${renderSummary(report)}`);
  if (options.report !== undefined) {
    await mkdir(dirname(options.report), { recursive: true });
    await writeFile(options.report, renderReplayPage(report));
    output.err(`report: ${options.report}`);
  }
  if (result.failedTicks > 0) return EXIT.failure;
  return report.summary.every(({ readyAtStart, floor }) => readyAtStart === null || readyAtStart >= floor) ? EXIT.ok : EXIT.findings;
}
