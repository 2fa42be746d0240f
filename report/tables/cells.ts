import { escapeHtml } from '../html.ts';
import { formatIso, formatLocalMinute, formatOffset, formatUtcMinute } from '../local-time.ts';
import { formatCount, formatPlural } from '../text.ts';

/** Words in the place of a table or picture that has nothing to show. */
export function renderEmpty(text: string): string {
  return `<p class="empty">${escapeHtml(text)}</p>`;
}

/** Local time to read, UTC below it. */
export function renderInstant(atMs: number, timezone: string): string {
  const local = `<time datetime="${formatIso(atMs)}" title="${formatOffset(atMs, timezone)}">${formatLocalMinute(atMs, timezone)}</time>`;
  return timezone === 'UTC' ? local : `${local}<small>${formatUtcMinute(atMs)}</small>`;
}

/** The first `most` rows, and how many more there are. */
export function renderBounded<Row>(rows: readonly Row[], most: number, render: (kept: readonly Row[]) => string): string {
  if (rows.length <= most) return render(rows);
  return `${render(rows.slice(0, most))}<p class="note">And ${formatPlural(rows.length - most, 'more row')}: the first ${formatCount(most)} are shown.</p>`;
}
