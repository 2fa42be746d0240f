import { type ShippedPicture, unshipPicture } from '../picture-json.ts';
import { type LivePicture, makeLivePicture } from './live-picture.ts';

/**
 * What a page may call once it is loaded: `update` shows new data in the figure with this id, keeping what the reader zoomed into and took
 * out; `ids` names the figures. The data is what `shipPicture` gives.
 */
export type ForetideCharts = { readonly update: (id: string, picture: ShippedPicture) => void; readonly ids: () => readonly string[] };

declare global {
  var foretideCharts: ForetideCharts;
}

const AHEAD_PX = 600;

const lives = new Map<string, LivePicture>();
const newer = new Map<string, ShippedPicture>();

const observer = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting && target instanceof HTMLElement) enliven(target);
  },
  { rootMargin: `${AHEAD_PX}px` },
);
for (const figure of document.querySelectorAll('figure[data-picture]')) observer.observe(figure);

globalThis.foretideCharts = {
  update(id, picture) {
    const figure = document.getElementById(id);
    if (figure === null || !figure.matches('figure[data-picture]')) throw new RangeError(`no picture has the id ${id}`);
    newer.set(id, picture);
    const live = lives.get(id);
    if (live === undefined) enliven(figure);
    else live.update(unshipPicture(picture));
  },
  ids: () => [...document.querySelectorAll('figure[data-picture]')].map(({ id }) => id),
};
addEventListener('beforeprint', () => {
  for (const live of lives.values()) live.redrawForPrint();
});

function enliven(figure: HTMLElement): void {
  const shipped = newer.get(figure.id) ?? readShipped(figure.id);
  if (shipped === undefined || lives.has(figure.id)) return;
  observer.unobserve(figure);
  lives.set(figure.id, makeLivePicture(figure, unshipPicture(shipped)));
}

/** What the server put beside the figure; a figure that waits for its first data has nothing. */
function readShipped(id: string): ShippedPicture | undefined {
  const text = document.getElementById(`${id}-data`)?.textContent ?? '';
  return text === '' ? undefined : JSON.parse(text);
}
