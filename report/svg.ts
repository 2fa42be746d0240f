import { LineChart } from 'echarts/charts';
import { GraphicComponent, GridSimpleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Chart, ChartNote } from './charts/chart.ts';
import { FONT_FAMILY } from './charts/mark.ts';
import { escapeHtml } from './html.ts';
import { renderDarkChartRules } from './palette.ts';

use([LineChart, GridSimpleComponent, GraphicComponent, SVGRenderer]);

const CHART_CLASS = 'ft-chart';

/** Style rules that charts need in the page around them: the dark scheme on screens, and the strip under a pointer. */
export const CHART_STYLE =
  `.${CHART_CLASS}{display:block;width:100%;height:auto}` +
  `.${CHART_CLASS} .ft-note{fill:#808890;fill-opacity:0}.${CHART_CLASS} .ft-note:hover{fill-opacity:.14}` +
  `@media screen and (prefers-color-scheme:dark){${renderDarkChartRules(`.${CHART_CLASS}`)}}`;

/**
 * A chart as an SVG element for a page that has {@link CHART_STYLE}; `id` is unique on the page. The same input gives the same bytes.
 * Without `notes` something else answers the pointer.
 */
export function renderSvg(chart: Chart, id: string, { notes = true }: { readonly notes?: boolean } = {}): string {
  const drawing = renderDrawing(chart, id);
  const titleId = `${id}-title`;
  const descriptionId = `${id}-desc`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="${CHART_CLASS}" viewBox="0 0 ${chart.width} ${chart.height}" width="${chart.width}" ` +
    `height="${chart.height}" font-family="${escapeHtml(FONT_FAMILY)}" role="img" aria-labelledby="${titleId} ${descriptionId}">` +
    `<title id="${titleId}">${escapeHtml(chart.title)}</title><desc id="${descriptionId}">${escapeHtml(chart.description)}</desc>` +
    `${drawing}${notes ? renderNotes(chart.notes) : ''}</svg>`
  );
}

/** A chart as an SVG file of its own, which follows the reader's light or dark scheme. */
export function renderStandaloneSvg(chart: Chart): string {
  const svg = renderSvg(chart, 'chart');
  const end = svg.indexOf('>') + 1;
  const padding = 16;
  const box = `viewBox="${-padding} ${-padding} ${chart.width + 2 * padding} ${chart.height + 2 * padding}"`;
  const background =
    `<style>${escapeHtml(CHART_STYLE)}</style>` +
    `<rect x="${-padding}" y="${-padding}" width="100%" height="100%" rx="6" fill="#ffffff"/>`;
  return `${svg.slice(0, end).replace(/viewBox="[^"]*"/, box)}${background}${svg.slice(end)}\n`;
}

/** What ECharts draws, without its wrapper, its pointer styles and its counters, which would differ from one run to the next. */
function renderDrawing({ option, width, height }: Chart, id: string): string {
  const instance = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    instance.setOption(option);
    return instance
      .renderToSVGString()
      .replace(/^<svg[^>]*>\s*<rect[^>]*><\/rect>/, '')
      .replace(/<style[\s\S]*<\/style>\s*<\/svg>\s*$|<\/svg>\s*$/, '')
      .replace(/ (?:class="zr\d+-cls-\d+"|pointer-events="visible"|xml:space="preserve")/g, '')
      .replace(/((?:id="|="url\(#))zr\d+-/g, (_, before: string) => `${before}${id}-`)
      .replace(/ style="([^"]*)"/g, (_, style: string) => renderTextAttributes(style))
      .trim();
  } finally {
    instance.dispose();
  }
}

const DECLARATION = /([a-z-]+):\s*((?:&[#\w]+;|[^;&])+)/g;
/** How ECharts writes an axis label's font: style, weight and size, then the family. */
const SHORTHAND = /^\w+ (\w+) (\d+)px /;

/** Style attributes as what SVG calls presentation attributes, since a strict policy forbids the former. The family is the whole picture's. */
function renderTextAttributes(style: string): string {
  return [...style.matchAll(DECLARATION)]
    .map(([, name = '', value = '']) => {
      const [, weight, size] = name === 'font' ? (SHORTHAND.exec(value) ?? []) : [];
      if (size !== undefined) return ` font-size="${size}px"${weight === 'normal' ? '' : ` font-weight="${weight}"`}`;
      return name === 'font-family' ? '' : ` ${name}="${value}"`;
    })
    .join('');
}

function renderNotes(notes: readonly ChartNote[]): string {
  return notes
    .map(
      ({ x, y, width, height, text }) =>
        `<rect class="ft-note" x="${pixels(x)}" y="${pixels(y)}" width="${pixels(width)}" height="${pixels(height)}"><title>${escapeHtml(text)}</title></rect>`,
    )
    .join('');
}

function pixels(value: number): number {
  return Math.round(value * 10) / 10;
}
