import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../cli/load.ts';
import { endQuietlyOnClosedPipe, processOutput } from '../cli/output.ts';
import { startProgress } from '../cli/progress.ts';
import { buildReport } from '../cli/replay/build-report.ts';
import { EXAMPLE_DAY, EXAMPLE_DEMAND } from '../cli/replay/example-day.ts';
import { renderSummary } from '../cli/replay/render-summary.ts';
import { replay } from '../cli/replay/replay.ts';
import { VERSION } from '../cli/version.ts';
import { makePriceBook } from '../lambda/adapters/prices/price-book.ts';
import { renderReplayPage } from '../report/page.ts';

endQuietlyOnClosedPipe();
const root = new URL('..', import.meta.url);
const page = fileURLToPath(new URL('out/index.html', root));

const { config, calendarSources } = await loadConfig(fileURLToPath(new URL('examples/foretide.yaml', root)), processOutput);
const progress = startProgress('One day of three workloads', process.stderr.isTTY === true);
const result = await replay({
  config,
  calendarSources,
  ...EXAMPLE_DAY,
  demandOf: (workload) => EXAMPLE_DEMAND[workload.name] ?? (() => 0),
  onMinute: progress.update,
}).finally(progress.stop);

const report = buildReport(
  {
    title: 'A campaign, business hours, and a match with a surprise',
    timezone: config.timezone,
    fromMs: EXAMPLE_DAY.fromMs,
    toMs: EXAMPLE_DAY.toMs,
    generatedBy: `foretide ${VERSION}, npm start, seed ${EXAMPLE_DAY.seed}`,
  },
  result,
  config,
  makePriceBook(config.spend.prices),
);
await mkdir(fileURLToPath(new URL('out/', root)), { recursive: true });
await writeFile(page, renderReplayPage(report));

processOutput.out(`${renderSummary(report)}\n\nThe pictures: ${page}`);
process.exitCode = result.failedTicks === 0 ? 0 : 3;
