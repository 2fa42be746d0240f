import { join } from 'node:path';
import { loadConfig } from '../cli/load.ts';
import { processOutput } from '../cli/output.ts';
import { buildReport } from '../cli/replay/build-report.ts';
import { EXAMPLE_DAY, EXAMPLE_DEMAND } from '../cli/replay/example-day.ts';
import { renderSummary } from '../cli/replay/render-summary.ts';
import { type Replay, replay } from '../cli/replay/replay.ts';
import { VERSION } from '../cli/version.ts';
import { makePriceBook } from '../lambda/adapters/prices/price-book.ts';
import type { Config } from '../lambda/core/config/schema.ts';
import { parseInstant } from '../lambda/core/units/time.ts';
import { renderReplayPage } from '../report/page.ts';
import type { ReplayReport } from '../report/replay.ts';
import { renderTimelineSvg } from '../report/timeline-svg.ts';

/** The hours of the replayed day that matter to a workload; times are local to the example. */
const PICTURES = [
  { path: 'docs/images/campaign.svg', workload: 'chat', from: '2026-11-30T07:30', to: '2026-11-30T14:30' },
  { path: 'docs/images/match.svg', workload: 'highlights', from: '2026-11-30T17:00', to: '2026-11-30T22:00' },
] as const;

type RenderedExample = {
  /** What `npm start` prints, but for its last line, which names a file of this machine. */
  readonly summary: string;
  /** By path in the repository. */
  readonly pictures: ReadonlyMap<string, string>;
};

/** Replays the day of `npm start`, in words and pictures for the documents. */
export async function renderExample(): Promise<RenderedExample> {
  const { config, result, report } = await replayExample('');
  return { summary: renderSummary(report), pictures: renderPictures(result, config) };
}

/** The page that `npm start` writes. */
export async function renderExamplePage(): Promise<string> {
  const { report } = await replayExample('A campaign, business hours, and a match with a surprise');
  return renderReplayPage(report);
}

async function replayExample(title: string): Promise<{ config: Config; result: Replay; report: ReplayReport }> {
  const file = join(import.meta.dirname, '..', 'examples', 'foretide.yaml');
  const { config, calendarSources } = await loadConfig(file, processOutput);
  const result = await replay({ config, calendarSources, ...EXAMPLE_DAY, demandOf: ({ name }) => EXAMPLE_DEMAND[name] ?? (() => 0) });
  const { fromMs, toMs, seed } = EXAMPLE_DAY;
  const details = { title, generatedBy: `foretide ${VERSION}, npm start, seed ${seed}`, timezone: config.timezone, fromMs, toMs };
  return { config, result, report: buildReport(details, result, config, makePriceBook(config.spend.prices)) };
}

function renderPictures({ workloads }: Replay, { timezone }: Config): ReadonlyMap<string, string> {
  return new Map(
    PICTURES.map(({ path, workload, from, to }) => {
      const replayed = workloads.find((one) => one.workload === workload);
      if (replayed === undefined) throw new Error(`${path} shows workload ${workload}, which the example doesn't have`);
      const period = { fromMs: parseInstant(from, timezone), toMs: parseInstant(to, timezone) };
      return [path, renderTimelineSvg(replayed, { ...period, timezone })];
    }),
  );
}
