import { renderDocument } from './document.ts';
import { renderFigure } from './figure.ts';
import { LIVE_SCRIPT } from './generated/live-script.ts';
import { escapeHtml, renderOwnWords } from './html.ts';
import { CALENDAR_PICTURE, calendarPicture, listDrawn, timelinePicture, timelinePictureId } from './live-pictures.ts';
import { listLiveParts } from './live-sections.ts';
import { standingAt } from './live-standing.ts';
import type { LiveState, LiveWorkload } from './live-state.ts';
import { renderEmpty } from './tables/cells.ts';
import { formatCount, formatPlural } from './text.ts';

const STYLE = `
.bar{display:flex;flex-wrap:wrap;align-items:center;gap:8px 16px;margin:12px 0 0}
.bar p{margin:0}
.bar button{min-height:32px;padding:0 14px;border:1px solid var(--axis);border-radius:6px;background:var(--raised)}
#connection{font-size:14px;color:var(--muted)}
#connection.lost{color:var(--shortText);font-weight:600}
#now{max-width:none}#now strong{font-variant-numeric:tabular-nums}
#standing{margin:10px 0 0;font-size:14px;color:var(--muted)}
#standing p{margin:0 0 4px}
#findings .warning{margin-top:16px}#findings p{margin:0 0 6px;font-weight:600}#findings ul{margin:0;padding-inline-start:20px}
.failed{color:var(--shortText);font-weight:600}th .failed,td .failed{display:block;font-size:13px}
@media (pointer:coarse){.bar button{min-height:44px}}
@media print{.bar button,#connection{display:none}}
`;

/**
 * A live page as it stands at an instant. With its script it follows `/events` and keeps itself up to date; without one it is a still
 * picture of that instant.
 */
export function renderLivePage(state: LiveState, clockMs: number): string {
  const nowMs = standingAt(state, clockMs);
  const parts = new Map(listLiveParts(state, nowMs).map((part) => [part.id, part]));
  const slot = (id: string): string => `<div id="${id}">${parts.get(id)?.render() ?? ''}</div>`;
  const body = `<main data-mode="${state.mode}">
<header>
<h1>${renderOwnWords(state.title)}</h1>
<p class="period" id="now">${parts.get('now')?.render() ?? ''}</p>
<div class="bar"><p id="connection">Not following: this page needs its script for that.</p><button type="button" id="pause" hidden>Pause</button></div>
${slot('standing')}
${slot('findings')}
<div id="news" class="unseen" aria-live="polite"></div>
</header>
<h2 id="events">Will it be ready?</h2>
${slot('events-table')}
<h2 id="workloads">Now</h2>
${slot('workloads-table')}
${listDrawn(state)
  .map((workload, index) => renderWorkload(state, workload, index, nowMs, slot))
  .join('\n')}
${renderRest(state)}
<h2 id="calendar">Calendar</h2>
${renderFigure(calendarPicture(state, nowMs), CALENDAR_PICTURE)}
<details><summary>The numbers of this picture</summary>${slot('calendar-numbers')}</details>
<h2 id="changes">What changed, when and why</h2>
${slot('decisions-table')}
</main>
<footer>${renderOwnWords(state.generatedBy)}. The same for machines: <a href="state.json">state.json</a>. Times are local to ${escapeHtml(state.timezone)}; tables add UTC.</footer>`;
  return renderDocument({
    title: state.title,
    generatedBy: state.generatedBy,
    body,
    style: STYLE,
    script: LIVE_SCRIPT,
    connectTo: "'self'",
  });
}

function renderWorkload(state: LiveState, workload: LiveWorkload, index: number, nowMs: number, slot: (id: string) => string): string {
  const { capacityPerReplica, unit } = workload;
  const serves =
    capacityPerReplica === null
      ? 'What one replica serves is not configured.'
      : `One replica serves ${formatCount(capacityPerReplica)} ${escapeHtml(unit)}.`;
  return [
    `<h2 id="workload-${index + 1}">${renderOwnWords(workload.workload)}</h2>`,
    `<p class="note">${serves}</p>`,
    renderFigure(timelinePicture(state, workload, nowMs), timelinePictureId(index)),
    `<details><summary>The numbers of this picture</summary>${slot(`workload-${index + 1}-numbers`)}</details>`,
  ].join('\n');
}

function renderRest(state: LiveState): string {
  const rest = state.workloads.length - listDrawn(state).length;
  return rest > 0 ? renderEmpty(`${formatPlural(rest, 'more workload is', 'more workloads are')} in the table, not drawn here.`) : '';
}
