import { escapeHtml } from './html.ts';
import { formatIso, formatLocalDate, formatLocalTime, formatZone } from './local-time.ts';

/** What a page is about in time, with its zone. */
export function renderPeriod({
  fromMs,
  toMs,
  timezone,
}: {
  readonly fromMs: number;
  readonly toMs: number;
  readonly timezone: string;
}): string {
  const side = (atMs: number): string => `${formatLocalDate(atMs, timezone)}, ${formatLocalTime(atMs, timezone)}`;
  const zone = escapeHtml(formatZone(fromMs, toMs, timezone));
  return `<time datetime="${formatIso(fromMs)}">${side(fromMs)}</time> to <time datetime="${formatIso(toMs)}">${side(toMs)}</time>, ${zone}`;
}
