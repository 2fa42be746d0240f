import { renderDocument } from './document.ts';
import { escapeHtml, renderOwnWords } from './html.ts';
import { formatIso, formatUtcMinute } from './local-time.ts';
import { renderPeriod } from './page-period.ts';
import type { SimulationReport } from './simulation.ts';
import { composeSimulationHeadline } from './simulation-headline.ts';
import { renderSimulatedWorkload } from './simulation-workload.ts';
import { renderEmpty } from './tables/cells.ts';
import { formatCount, formatPlural } from './text.ts';

const MOST_WORKLOADS_DRAWN = 20;

/**
 * A simulated period as one HTML page that needs nothing but itself. The same report gives the same bytes. Empty parts say so in words.
 * Throws RangeError when the report's zone doesn't exist.
 */
export function renderSimulationPage(report: SimulationReport): string {
  const { title, generatedBy, warnings, workloads } = report;
  const drawn = workloads.slice(0, MOST_WORKLOADS_DRAWN).map((workload, index) => renderSimulatedWorkload(workload, index, report));
  const rest = workloads.length - drawn.length;
  const body = `<main>
<header>
<h1>${renderOwnWords(title)}</h1>
<p class="period">${renderPeriod(report)}</p>
<p class="headline">${renderHeadline(report)}</p>
${warnings.map((warning) => `<p class="warning"><strong>Mind:</strong> ${renderOwnWords(warning)}</p>`).join('\n')}
</header>
${drawn.join('\n')}
${rest > 0 ? renderEmpty(`${formatPlural(rest, 'more workload is', 'more workloads are')} not drawn here.`) : ''}
<h2 id="assumptions">What it assumes</h2>
${renderAssumptions(report)}
<h2 id="how">How the figures are computed</h2>
${renderExplanations()}
</main>
<footer>${renderOrigin(report)}</footer>`;
  return renderDocument({ title, generatedBy, body });
}

function renderHeadline(report: SimulationReport): string {
  return composeSimulationHeadline(report)
    .map(({ text, explainedBy }) =>
      explainedBy === undefined ? escapeHtml(text) : `<a href="#how-${explainedBy}">${escapeHtml(text)}</a>`,
    )
    .join('');
}

function renderAssumptions({ assumptions }: SimulationReport): string {
  if (assumptions.length === 0) return renderEmpty('No assumption was named.');
  return `<dl class="pairs">${assumptions.map(({ name, value }) => `<div><dt>${renderOwnWords(name)}</dt><dd>${renderOwnWords(value)}</dd></div>`).join('')}</dl>`;
}

function renderExplanations(): string {
  const entries = [
    [
      'how-ready',
      'Ready at the start',
      'In the minute an event started, at least its floor of replicas were Ready; for an event without a floor, at least what demand needed in that minute. Each event counts once for each of its workloads. Starts that are not known count as neither.',
    ],
    [
      'how-attainment',
      'Minutes served',
      'The share of minutes in which at least as many replicas were Ready as demand needed: demand divided by what one replica serves, rounded up. “Event minutes” are those from an event’s start to its end. Where there are several workloads, the headline has the lowest share.',
    ],
    [
      'how-cost',
      'Cost as a multiple of exact need',
      'Replica-minutes that were Ready or starting, divided by the replica-minutes of a policy that in each minute has exactly what demand needs. 1 is perfect foresight without start-up times, which nobody can have. Where there are several workloads, the headline has the highest multiple.',
    ],
    [
      'how-short',
      'Short replica-minutes',
      'Replicas that were missing, summed over minutes: 3 missing for 4 minutes are 12. An event’s short minutes are its minutes with at least one missing.',
    ],
    [
      'how-money',
      'GPU-hours and dollars',
      'Ready and starting replicas times their GPUs; times the price of a GPU-hour. A price nobody knows is said to be unknown and never counted as 0.',
    ],
    [
      'how-drawn',
      'Pictures and tables',
      'Where a picture shows several minutes as one step, it shows the worst of them, so no short minute is lost; zooming in shows them one by one. The axis of minutes served is stretched towards 100 %: equal distances are equal factors of short minutes.',
    ],
  ] as const;
  return `<dl>${entries.map(([id, term, words]) => `<dt id="${id}">${term}</dt><dd>${words}</dd>`).join('\n')}</dl>`;
}

function renderOrigin({ generatedBy, generatedAtMs, workloads }: SimulationReport): string {
  const at = generatedAtMs === undefined ? '' : ` at <time datetime="${formatIso(generatedAtMs)}">${formatUtcMinute(generatedAtMs)}</time>`;
  const minutes = workloads.reduce((sum, each) => sum + each.minutes.ready.length, 0);
  return `Made by ${renderOwnWords(generatedBy)}${at} from ${formatCount(minutes)} simulated minutes of ${formatPlural(workloads.length, 'workload')}.`;
}
