const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** What neither XML nor a reader can do with, and what turns the direction of the text around it; line breaks stay. */
const UNWANTED = /(?!\n)[\p{Control}\p{Surrogate}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu;

/** Text made safe as content and as an attribute's value, in HTML and in SVG. */
export function escapeHtml(text: string): string {
  return text.replace(UNWANTED, ' ').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** A run of characters from here on is cut where its line ends; shorter ones stay whole. */
const LONG_WORD = /\S{24}/;

/** Somebody's own words: escaped, their direction kept to themselves, and broken anywhere if nothing else helps. */
export function renderOwnWords(text: string): string {
  return `<bdi${LONG_WORD.test(text) ? ' class="long"' : ''}>${escapeHtml(text)}</bdi>`;
}

export type TableColumn<Row> = {
  readonly head: string;
  /** HTML of a row's cell. */
  readonly cell: (row: Row) => string;
  readonly kind?: 'text' | 'number';
};

export type TableOptions = {
  readonly caption: string;
  /** `stacked`: each row becomes a card on a narrow screen. `scrolled`: the table scrolls sideways there, the page doesn't. */
  readonly narrow: 'stacked' | 'scrolled';
  /** The last row adds the others up. */
  readonly withSum?: boolean;
};

/** A table whose first column names its rows. The roles keep it a table for screen readers where style rules turn its rows into cards. */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly TableColumn<Row>[],
  { caption, narrow, withSum }: TableOptions,
): string {
  const heads = columns.map(({ head, kind }) => `<th scope="col" role="columnheader"${classOf(kind)}>${escapeHtml(head)}</th>`).join('');
  const body = rows
    .map((row, rowIndex) => {
      const cells = columns.map(({ head, cell, kind }, index) =>
        index === 0
          ? `<th scope="row" role="rowheader"${classOf(kind)}>${cell(row)}</th>`
          : `<td role="cell" data-head="${escapeHtml(head)}"${classOf(kind)}><div>${cell(row)}</div></td>`,
      );
      const sum = withSum === true && rowIndex === rows.length - 1 ? ' class="sum"' : '';
      return `<tr role="row"${sum}>${cells.join('')}</tr>`;
    })
    .join('\n');
  const table =
    `<table role="table" class="${narrow}"><caption>${escapeHtml(caption)}</caption>` +
    `<thead role="rowgroup"><tr role="row">${heads}</tr></thead><tbody role="rowgroup">\n${body}\n</tbody></table>`;
  return narrow === 'stacked' ? table : `<div class="scroll" role="region" aria-label="${escapeHtml(caption)}" tabindex="0">${table}</div>`;
}

function classOf(kind: 'text' | 'number' | undefined): string {
  return kind === 'number' ? ' class="number"' : '';
}
