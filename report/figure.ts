import type { ChartSize } from './charts/chart.ts';
import { renderKey } from './key.ts';
import { buildPicture, type Picture } from './picture.ts';
import { renderJson, shipPicture } from './picture-json.ts';
import { renderSvg } from './svg.ts';

const SIZES: readonly ChartSize[] = ['wide', 'medium', 'narrow'];
const SMALL: readonly ChartSize[] = ['narrow'];

/**
 * A picture in three sizes of which the page shows one, what its marks mean, and its data for the script of {@link renderDocument}, which
 * makes it answer. `id` is unique on the page. Without a script, and on paper, the drawings stay as they are. A `small` picture has one
 * size and no key: several stand side by side under one.
 */
export function renderFigure(picture: Picture, id: string, { small = false }: { readonly small?: boolean } = {}): string {
  const charts = (small ? SMALL : SIZES).map((size) => ({ size, chart: buildPicture(picture, { size }) }));
  const drawings = charts.map(({ size, chart }) => `<div${small ? '' : ` class="${size}"`}>${renderSvg(chart, `${id}-${size}`)}</div>`);
  const key = charts[0]?.chart.key ?? [];
  return (
    `<figure id="${id}" data-picture="${picture.kind}"${small ? ' class="small"' : ''}><div class="drawings">${drawings.join('\n')}</div>` +
    `${small ? '' : `<figcaption>${renderKey(key)}</figcaption>`}</figure>` +
    `<script type="application/json" id="${id}-data">${renderJson(shipPicture(picture))}</script>`
  );
}

/** The place of a picture whose first data is still to come: `foretideCharts.update` fills it. */
export function renderWaitingFigure(kind: Picture['kind'], id: string): string {
  return (
    `<figure id="${id}" data-picture="${kind}"><div class="drawings"><p class="empty">Reading. The picture appears with the first data.</p>` +
    `<div class="medium"></div></div><figcaption>${renderKey([])}</figcaption></figure>`
  );
}
