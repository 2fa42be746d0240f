import type { KeyEntry } from './charts/chart.ts';
import { escapeHtml } from './html.ts';

/** What the marks of a picture mean. */
export function renderKey(entries: readonly KeyEntry[]): string {
  return `<ul class="key">${entries.map((entry) => `<li>${renderKeyEntry(entry)}</li>`).join('')}</ul>`;
}

export function renderKeyEntry({ words, swatch }: Omit<KeyEntry, 'id'>): string {
  return `<svg class="ft-chart" viewBox="0 0 26 12" aria-hidden="true" focusable="false">${swatch}</svg>${escapeHtml(words)}`;
}
