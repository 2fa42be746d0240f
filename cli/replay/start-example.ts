import { makePriceBook } from '../../lambda/adapters/prices/price-book.ts';
import { renderReplayPage } from '../../report/page.ts';
import type { Environment } from '../environment.ts';
import { type LoadedConfig, loadConfig } from '../load.ts';
import { EXIT, type ExitCode } from '../output.ts';
import { startProgress } from '../progress.ts';
import { ListenError } from '../serve/http-server.ts';
import { describeAddress } from '../serve/loop-page.ts';
import { openReplayPage, type ReplayPage } from '../serve/replay-page.ts';
import { DEFAULT_HOST } from '../serve/serve-options.ts';
import { parseStartOptions, START_USAGE, type StartOptions } from '../serve/start-options.ts';
import { UsageError } from '../usage-error.ts';
import { VERSION } from '../version.ts';
import { buildReport } from './build-report.ts';
import { EXAMPLE_DAY, EXAMPLE_DEMAND } from './example-day.ts';
import { renderSummary } from './render-summary.ts';
import { replay } from './replay.ts';

const TITLE = 'A campaign, business hours, and a match with a surprise';

export type StartFiles = {
  readonly configFile: string;
  /** Where the report goes. */
  readonly page: string;
  readonly write: (file: string, text: string) => Promise<void>;
};

/** `npm start`: replays the example day, tells how it went, and with `--serve` shows it live and stays. */
export async function startExample(args: readonly string[], environment: Environment, files: StartFiles): Promise<ExitCode> {
  const { output } = environment;
  try {
    const options = parseStartOptions(args);
    if (options.help) {
      output.out(START_USAGE);
      return EXIT.ok;
    }
    const loaded = await loadConfig(files.configFile, output);
    return options.serve === undefined
      ? await replayExample(loaded, environment, files, undefined)
      : await serveExample(loaded, options.serve, environment, files);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof ListenError)) throw error;
    output.err(error.message);
    return error instanceof UsageError ? EXIT.usage : EXIT.failure;
  }
}

async function serveExample(
  loaded: LoadedConfig,
  { port, minutesPerSecond }: NonNullable<StartOptions['serve']>,
  environment: Environment,
  files: StartFiles,
): Promise<ExitCode> {
  const { output, clock } = environment;
  const signal = environment.stopSignal();
  const stopped = new Promise<void>((resolve) => void signal.addEventListener('abort', () => resolve(), { once: true }));
  const page = await openReplayPage({
    title: TITLE,
    generatedBy: `foretide ${VERSION}, npm start, seed ${EXAMPLE_DAY.seed}`,
    config: loaded.config,
    calendarSources: loaded.calendarSources,
    ...EXAMPLE_DAY,
    host: DEFAULT_HOST,
    port,
    minutesPerSecond,
    clock,
    signal,
    output,
  });
  output.out(`${describeAddress(page.server)}\nCtrl-C stops it.`);
  try {
    const exitCode = await replayExample(loaded, environment, files, page);
    page.end();
    output.out('The finished day stays on the page until Ctrl-C.');
    if (!signal.aborted) await stopped;
    return exitCode;
  } catch (error) {
    if (!signal.aborted) throw error;
    return EXIT.ok;
  } finally {
    await page.server.stop();
  }
}

async function replayExample(
  { config, calendarSources }: LoadedConfig,
  { output, interactive }: Environment,
  files: StartFiles,
  page: ReplayPage | undefined,
): Promise<ExitCode> {
  const progress = startProgress('One day of three workloads', interactive);
  const result = await replay({
    config,
    calendarSources,
    ...EXAMPLE_DAY,
    demandOf: (workload) => EXAMPLE_DEMAND[workload.name] ?? (() => 0),
    onMinute: progress.update,
    ...(page && { onRead: page.showMinute }),
  }).finally(progress.stop);
  const report = buildReport(
    {
      title: TITLE,
      timezone: config.timezone,
      fromMs: EXAMPLE_DAY.fromMs,
      toMs: EXAMPLE_DAY.toMs,
      generatedBy: `foretide ${VERSION}, npm start, seed ${EXAMPLE_DAY.seed}`,
    },
    result,
    config,
    makePriceBook(config.spend.prices),
  );
  await files.write(files.page, renderReplayPage(report));
  output.out(`${renderSummary(report)}\n\nThe pictures: ${files.page}`);
  return result.failedTicks === 0 ? EXIT.ok : EXIT.failure;
}
