import { calendarOfReplay } from './calendar-of-replay.ts';
import { MOST_COLUMNS } from './charts/minute-steps.ts';
import { renderDocument } from './document.ts';
import { composeHeadline } from './headline.ts';
import { escapeHtml, renderOwnWords } from './html.ts';
import { formatIso, formatUtcMinute } from './local-time.ts';
import { renderCalendarSection } from './page-calendar.ts';
import { renderPeriod } from './page-period.ts';
import { renderDecisionsTable, renderEventsTable, renderTotalsTable } from './page-tables.ts';
import { renderWorkload } from './page-workload.ts';
import type { ReplayReport } from './replay.ts';
import { renderEmpty } from './tables/cells.ts';
import { formatCount, formatPlural } from './text.ts';

const MINUTE_MS = 60_000;
const MOST_WORKLOADS_DRAWN = 20;

/**
 * A replayed period as one HTML page that needs nothing but itself: no file, no network. The same report gives the same bytes. Empty
 * parts say so in words. Throws RangeError when the report's zone doesn't exist.
 */
export function renderReplayPage(report: ReplayReport): string {
  const body = `<main>
<header>
<h1>${renderOwnWords(report.title)}</h1>
<p class="period">${renderPeriod(report)}</p>
<p class="headline">${renderHeadline(report)}</p>
</header>
<h2 id="events">Was it ready, and what did it cost?</h2>
<h3>By event</h3>
${renderEventsTable(report)}
<h3>By workload</h3>
${renderTotalsTable(report)}
${renderCalendarSection(calendarOfReplay(report))}
${renderWorkloads(report)}
<h2 id="changes">What changed, when and why</h2>
${renderDecisionsTable(report)}
<h2 id="how">How the figures are computed</h2>
${renderExplanations(report)}
</main>
<footer>${renderOrigin(report)}</footer>`;
  return renderDocument({ title: report.title, generatedBy: report.generatedBy, body });
}

function renderHeadline(report: ReplayReport): string {
  return composeHeadline(report)
    .map(({ text, explainedBy }) =>
      explainedBy === undefined ? escapeHtml(text) : `<a href="#how-${explainedBy}">${escapeHtml(text)}</a>`,
    )
    .join('');
}

function renderWorkloads(report: ReplayReport): string {
  const drawn = report.workloads.slice(0, MOST_WORKLOADS_DRAWN).map((replay, index) => renderWorkload(replay, index, report));
  const rest = report.workloads.length - drawn.length;
  return [
    ...drawn,
    ...(rest > 0 ? [renderEmpty(`${formatPlural(rest, 'more workload is', 'more workloads are')} not drawn here.`)] : []),
  ].join('\n');
}

function renderExplanations({ fromMs, toMs }: ReplayReport): string {
  const drawn =
    toMs - fromMs <= MOST_COLUMNS * MINUTE_MS
      ? 'The pictures show every minute.'
      : 'Where more minutes than fit are shown as one step, it shows the worst of them, so that no shortfall is lost.';
  const entries = [
    [
      'how-ready',
      'Ready at the start',
      'An event was ready when, in the minute it started, at least its floor of replicas were Ready. “Without” is a second replay of the same demand in which nobody moves the bounds.',
    ],
    [
      'how-short',
      'Short of replicas',
      'A minute is short when fewer replicas were Ready than demand needed: demand divided by what one replica serves, rounded up. Minutes whose demand is not known are not counted.',
    ],
    [
      'how-cost',
      'GPU-hours and cost',
      'Every replica that is Ready or starting holds its GPUs for that minute; cost is GPU-hours times the price of a GPU-hour. A price nobody knows is said to be unknown and never counted as 0.',
    ],
    ['how-drawn', 'Pictures and tables', `${drawn} Times are local to the zone named under each picture; tables add UTC.`],
  ] as const;
  return `<dl>${entries.map(([id, term, words]) => `<dt id="${id}">${term}</dt><dd>${words}</dd>`).join('\n')}</dl>`;
}

function renderOrigin({ generatedBy, generatedAtMs, workloads }: ReplayReport): string {
  const at = generatedAtMs === undefined ? '' : ` at <time datetime="${formatIso(generatedAtMs)}">${formatUtcMinute(generatedAtMs)}</time>`;
  const minutes = workloads.reduce((sum, each) => sum + each.minutes.length, 0);
  return `Made by ${renderOwnWords(generatedBy)}${at} from ${formatCount(minutes)} minutes of ${formatPlural(workloads.length, 'workload')}.`;
}
