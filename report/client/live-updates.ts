import { CALENDAR_PICTURE, calendarPicture, listDrawn, timelinePicture, timelinePictureId } from '../live-pictures.ts';
import { describeNews, listLiveParts } from '../live-sections.ts';
import { standingAt } from '../live-standing.ts';
import { applyLive, type LiveState, type LiveUpdate } from '../live-state.ts';
import { shipPicture } from '../picture-json.ts';
import type { ForetideCharts } from './main.ts';

/** What `/events` sends first: the whole state, with the clock of the server that all other times are measured by. */
type Snapshot = { readonly servedAtMs: number; readonly state: LiveState };

const REOPEN_AFTER_MS = 5_000;
const CLOCK_EVERY_MS = 10_000;
const LEAST_PAUSE_MS = 250;
/** Drawing may take this part of the time, however slow the machine is. */
const SHARE_OF_DRAWING = 0.25;
const MOST_READ_OUT = 3;

const charts: ForetideCharts = globalThis.foretideCharts;
const connection = elementOf('connection');
const news = elementOf('news');
const pause = elementOf('pause');

let state: LiveState | undefined;
let clockOffsetMs = 0;
let isPaused = false;
let isWaiting = false;
let readOut = new Set<string>();

function elementOf(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no element ${id}`);
  return element;
}

function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Soon, and no more often than leaves the machine most of its time. */
function drawSoon(pauseMs = LEAST_PAUSE_MS): void {
  if (isWaiting || isPaused) return;
  isWaiting = true;
  setTimeout(() => {
    const startMs = performance.now();
    draw();
    isWaiting = false;
    if (state !== drawn && !document.hidden) drawSoon(Math.max(LEAST_PAUSE_MS, (performance.now() - startMs) * (1 / SHARE_OF_DRAWING - 1)));
  }, pauseMs);
}

let drawn: LiveState | undefined;

function draw(): void {
  if (state === undefined || isPaused || document.hidden) return;
  const shown = state;
  const nowMs = standingAt(shown, Date.now() + clockOffsetMs);
  const wanted = [CALENDAR_PICTURE, ...listDrawn(shown).map((_, index) => timelinePictureId(index))].toSorted();
  if (wanted.join() !== [...charts.ids()].toSorted().join()) {
    // Other workloads than the page was made for: it has no place for them.
    location.reload();
    return;
  }
  for (const { id, folded, render } of listLiveParts(shown, nowMs)) {
    const element = elementOf(id);
    if (folded && element.closest('details')?.open !== true) continue;
    setHtml(element, render());
  }
  for (const [index, workload] of listDrawn(shown).entries()) {
    charts.update(timelinePictureId(index), shipPicture(timelinePicture(shown, workload, nowMs)));
  }
  charts.update(CALENDAR_PICTURE, shipPicture(calendarPicture(shown, nowMs)));
  drawn = shown;
}

const written = new Map<HTMLElement, string>();

/** Leaves alone what did not change, so that a selection or a place in a table is not lost for nothing. */
function setHtml(element: HTMLElement, html: string): void {
  if (written.get(element) === html) return;
  element.innerHTML = html;
  written.set(element, html);
}

/** New decisions only: a reader who listens is not told every minute that a minute went by. */
function readOutNews(next: LiveState): void {
  const added = next.decisions.filter(({ id }) => !readOut.has(id));
  readOut = new Set(next.decisions.map(({ id }) => id));
  if (added.length === 0) return;
  const [rest, shown] = [added.length - MOST_READ_OUT, added.slice(0, MOST_READ_OUT)];
  setText(news, `${shown.map(describeNews).join(' ')}${rest > 0 ? ` And ${rest} more changes.` : ''}`);
}

function showConnection(words: string, isLost: boolean): void {
  setText(connection, words);
  connection.classList.toggle('lost', isLost);
}

function follow(): void {
  const events = new EventSource('events');
  events.addEventListener('snapshot', (event) => {
    const snapshot: Snapshot = JSON.parse(event.data);
    clockOffsetMs = snapshot.servedAtMs - Date.now();
    const isFirst = state === undefined;
    state = snapshot.state;
    if (isFirst) readOut = new Set(state.decisions.map(({ id }) => id));
    else readOutNews(state);
    drawSoon();
  });
  events.addEventListener('update', (event) => {
    if (state === undefined) return;
    const update: LiveUpdate = JSON.parse(event.data);
    state = applyLive(state, update);
    if (update.kind === 'tick') readOutNews(state);
    drawSoon();
  });
  events.addEventListener('open', () => showConnection(isPaused ? 'Paused' : 'Live', false));
  events.addEventListener('error', () => {
    showConnection('Connection lost, retrying. What is shown is the last that was heard.', true);
    if (events.readyState !== EventSource.CLOSED) return;
    // Refused, not interrupted: the browser would not try again by itself.
    events.close();
    setTimeout(follow, REOPEN_AFTER_MS);
  });
}

pause.hidden = false;
pause.addEventListener('click', () => {
  isPaused = !isPaused;
  pause.textContent = isPaused ? 'Go on' : 'Pause';
  if (!connection.classList.contains('lost')) showConnection(isPaused ? 'Paused' : 'Live', false);
  drawSoon();
});
for (const details of document.querySelectorAll('details')) details.addEventListener('toggle', () => drawSoon(0));
document.addEventListener('visibilitychange', () => drawSoon());
// "No reading since" comes by the clock, not by a message.
setInterval(() => {
  if (state?.mode !== 'replay') drawSoon();
}, CLOCK_EVERY_MS);

showConnection('Connecting', false);
follow();
