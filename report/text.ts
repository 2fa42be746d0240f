const MINUTE_MS = 60_000;
const MINUTES_PER_HOUR = 60;
const MINUTES_PER_DAY = 1_440;
const MINUS = '−';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const cents = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** `12,900`; `unknown` for a figure nobody knows. */
export function formatCount(count: number | null): string {
  return count === null ? 'unknown' : withMinus(count, whole);
}

/** `1 event`, `12 events`. */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `$23.40`, from a hundred dollars on `$1,234`; `price unknown` for `null`, which is not free. */
export function formatUsd(usd: number | null): string {
  if (usd === null) return 'price unknown';
  const format = Math.abs(usd) < 99.995 ? cents : whole;
  const digits = format.format(Math.abs(usd));
  return `${usd < 0 && /[1-9]/.test(digits) ? MINUS : ''}$${digits}`;
}

/** `12.4`, from a thousand on `1,234`; `unknown` for `null`. */
export function formatGpuHours(gpuHours: number | null): string {
  if (gpuHours === null) return 'unknown';
  return withMinus(gpuHours, Math.abs(gpuHours) < 999.95 ? tenths : whole);
}

/** `99.7 %`, with as many places as tell it from 100 %; `unknown` for `null`. */
export function formatShare(share: number | null): string {
  if (share === null) return 'unknown';
  const percent = share * 100;
  const places = [1, 2, 3].find((digits) => percent === 100 || Number(percent.toFixed(digits)) < 100) ?? 3;
  const cut = Math.floor(percent * 10 ** places + 1e-6) / 10 ** places;
  return `${cut.toFixed(percent === 100 ? 0 : places)} %`;
}

/** `99.99 %`, two places, rounded down: 99.996 % is not all of them; `no events` for `null`. */
export function formatAttainment(share: number | null): string {
  return share === null ? 'no events' : `${(Math.floor(share * 10_000 + 1e-9) / 100).toFixed(2)} %`;
}

/** `1.14 ×`; `unknown` for `null`. */
export function formatMultiple(multiple: number | null): string {
  return multiple === null ? 'unknown' : `${cents.format(multiple)} ×`;
}

/** `$40k`, `$1.2M`: for an axis, where round amounts stand. */
export function formatShortUsd(usd: number): string {
  if (usd >= 1_000_000) return `$${Number((usd / 1_000_000).toFixed(2))}M`;
  return usd >= 10_000 ? `$${Number((usd / 1_000).toFixed(1))}k` : `$${whole.format(usd)}`;
}

/** `0 min`, `45 min`, `1 h 20 min`, `2 d 3 h`; `unknown` for `null`. */
export function formatMinutes(minutes: number | null): string {
  if (minutes === null) return 'unknown';
  if (minutes < 1 && minutes > 0) return '< 1 min';
  const rounded = Math.round(minutes);
  if (rounded >= MINUTES_PER_DAY) return twoUnits(rounded, MINUTES_PER_DAY, 'd', MINUTES_PER_HOUR, 'h');
  return rounded >= MINUTES_PER_HOUR ? twoUnits(rounded, MINUTES_PER_HOUR, 'h', 1, 'min') : `${rounded} min`;
}

/** An elapsed time in milliseconds, as {@link formatMinutes} writes it. */
export function formatElapsed(elapsedMs: number): string {
  return formatMinutes(elapsedMs / MINUTE_MS);
}

function withMinus(value: number, format: Intl.NumberFormat): string {
  const digits = format.format(Math.abs(value));
  return value < 0 && /[1-9]/.test(digits) ? `${MINUS}${digits}` : digits;
}

function twoUnits(total: number, big: number, bigName: string, small: number, smallName: string): string {
  const bigCount = Math.floor(total / big);
  const rest = Math.floor((total - bigCount * big) / small);
  return rest === 0 ? `${formatCount(bigCount)} ${bigName}` : `${formatCount(bigCount)} ${bigName} ${rest} ${smallName}`;
}
