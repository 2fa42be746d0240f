import type { Chart, ChartNote, ChartSize } from '../charts/chart.ts';
import { findNote } from '../find-note.ts';
import { buildPicture, type Picture } from '../picture.ts';
import { renderSvg } from '../svg.ts';
import { fitRange, panRange, type TimeRange, zoomRange } from '../zoom.ts';
import { listenForGestures } from './gestures.ts';
import { type KeyButtons, makeKeyButtons } from './key-buttons.ts';
import { makeTip } from './tip.ts';
import { makeToolbar } from './toolbar.ts';

const MEDIUM_FROM_PX = 560;
const WIDE_FROM_PX = 900;
const ZOOM_STEP = 0.5;

export type LivePicture = { readonly update: (picture: Picture) => void; readonly redrawForPrint: () => void };

/** Draws a figure's picture again where the reader looks at it: at its width, for the stretch of time asked for, answering questions. */
export function makeLivePicture(figure: HTMLElement, first: Picture): LivePicture {
  let picture = first;
  let range: TimeRange | undefined;
  let hidden: readonly string[] = [];
  let chart: Chart | undefined;
  let pointed = -1;
  let isUpdated = figure.querySelector('.drawings svg') === null;
  let frame = 0;

  const live = document.createElement('div');
  live.className = 'live';
  const drawing = document.createElement('div');
  drawing.className = 'drawing';
  drawing.tabIndex = 0;
  drawing.setAttribute('role', 'group');
  const canvas = document.createElement('div');
  const selection = document.createElement('div');
  selection.className = 'selection';
  selection.hidden = true;
  drawing.append(canvas, selection);
  const toolbar = makeToolbar({
    zoomIn: () => zoomBy(ZOOM_STEP),
    zoomOut: () => zoomBy(1 / ZOOM_STEP),
    showAll: () => setRange(undefined),
  });
  live.append(toolbar.element, drawing);
  figure.querySelector('.drawings .empty')?.remove();
  figure.prepend(live);
  const tip = makeTip(drawing);
  const key: KeyButtons = makeKeyButtons(figure, (ids) => {
    hidden = ids;
    draw();
  });

  function draw(): void {
    const width = Math.floor(live.clientWidth);
    if (width <= 0) return;
    const size = sizeOf(width);
    chart = buildPicture(picture, { size, widthPx: width, hidden, ...(range ?? {}) });
    canvas.innerHTML = renderSvg(chart, `${figure.id}-live`, { notes: false });
    drawing.setAttribute('aria-label', `${chart.title}. Arrow keys read it value by value.`);
    toolbar.show(chart.timeArea !== undefined, range !== undefined);
    key.show(chart.key);
    pointed = -1;
    tip.hide();
    figure.classList.add('is-live');
  }

  function drawSoon(): void {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(draw);
  }

  function wholeRange(): TimeRange | undefined {
    return picture.kind === 'frontier' ? undefined : picture.kind === 'timeline' ? picture : picture.data;
  }

  function setRange(wanted: TimeRange | undefined): void {
    const whole = wholeRange();
    const isWhole = wanted === undefined || whole === undefined || (wanted.fromMs <= whole.fromMs && wanted.toMs >= whole.toMs);
    range = isWhole ? undefined : wanted;
    drawSoon();
  }

  function zoomBy(factor: number, atX?: number): void {
    const [whole, area] = [wholeRange(), chart?.timeArea];
    if (whole === undefined || area === undefined) return;
    const shown = range ?? whole;
    setRange(zoomRange(shown, whole, factor, atX === undefined ? (shown.fromMs + shown.toMs) / 2 : instantAt(atX)));
  }

  function instantAt(x: number): number {
    const area = chart?.timeArea;
    if (area === undefined) return 0;
    const share = Math.min(Math.max((x - area.left) / (area.right - area.left), 0), 1);
    return area.fromMs + share * (area.toMs - area.fromMs);
  }

  function pointAt(x: number, y: number, spoken: boolean): void {
    const note = chart === undefined ? undefined : findNote(chart.notes, x, y);
    if (note === undefined) tip.hide();
    else tip.show(note, x, y, spoken);
  }

  function pointTo(index: number): void {
    const notes: readonly ChartNote[] = chart?.notes ?? [];
    pointed = Math.min(Math.max(index, 0), notes.length - 1);
    const note = notes[pointed];
    if (note !== undefined) tip.show(note, note.x + note.width / 2, note.y + note.height / 3, true);
  }

  function select(fromX: number, toX: number, done: boolean): void {
    const area = chart?.timeArea;
    if (area === undefined) return;
    tip.hide();
    const [left, right] = [Math.max(area.left, Math.min(fromX, toX)), Math.min(area.right, Math.max(fromX, toX))];
    selection.hidden = done || right <= left;
    selection.style.left = `${left}px`;
    selection.style.width = `${right - left}px`;
    selection.style.top = `${area.top}px`;
    selection.style.height = `${area.bottom - area.top}px`;
    const whole = wholeRange();
    if (done && whole !== undefined && right > left) setRange(fitRange({ fromMs: instantAt(left), toMs: instantAt(right) }, whole));
  }

  function slide(byX: number, x: number, y: number): void {
    const [whole, area] = [wholeRange(), chart?.timeArea];
    if (range === undefined || whole === undefined || area === undefined) pointAt(x, y, false);
    else setRange(panRange(range, whole, (-byX / (area.right - area.left)) * (range.toMs - range.fromMs)));
  }

  listenForGestures(drawing, {
    onHover: (x, y) => pointAt(x, y, false),
    onLeave: tip.hide,
    onTap: (x, y) => pointAt(x, y, false),
    onDrag: select,
    onSlide: slide,
    onPinch: zoomBy,
  });
  drawing.addEventListener('dblclick', () => setRange(undefined));
  drawing.addEventListener('blur', tip.hide);
  const keys: Readonly<Record<string, () => void>> = {
    ArrowRight: () => pointTo(pointed + 1),
    ArrowLeft: () => pointTo(pointed - 1),
    Home: () => pointTo(0),
    End: () => pointTo(Number.POSITIVE_INFINITY),
    Escape: tip.hide,
    '+': () => zoomBy(ZOOM_STEP),
    '-': () => zoomBy(1 / ZOOM_STEP),
    '0': () => setRange(undefined),
  };
  drawing.addEventListener('keydown', (event) => {
    const act = keys[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
  new ResizeObserver(drawSoon).observe(live);
  draw();

  return {
    update(next) {
      picture = next;
      isUpdated = true;
      const whole = wholeRange();
      setRange(range === undefined || whole === undefined ? undefined : fitRange(range, whole));
    },
    redrawForPrint() {
      const printed = figure.querySelector('.drawings .medium, .drawings > :only-child');
      if (isUpdated && printed !== null) printed.innerHTML = renderSvg(buildPicture(picture, { size: 'medium' }), `${figure.id}-printed`);
    },
  };
}

function sizeOf(width: number): ChartSize {
  if (width < MEDIUM_FROM_PX) return 'narrow';
  return width < WIDE_FROM_PX ? 'medium' : 'wide';
}
