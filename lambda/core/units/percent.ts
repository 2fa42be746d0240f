import type { Percent } from './quantities.ts';
import { QuantityError } from './quantity-error.ts';

/**
 * A share from `85%` or `0.5%`, between 0 % and 100 %.
 * @throws {QuantityError} for anything else, with what to write instead.
 */
export function parsePercent(text: string): Percent {
  const match = /^(\d{1,9}(?:\.\d{1,9})?)\s*%$/.exec(text.trim());
  if (match?.[1] === undefined) throw new QuantityError('is not a percentage', percentFix(text.trim()));
  const percent = Number(match[1]);
  if (percent > 100) throw new QuantityError('is more than 100%', 'write a percentage from 0% to 100%');
  return { ratio: percent / 100 };
}

function percentFix(text: string): string {
  const number = Number(text);
  if (text === '' || !Number.isFinite(number) || number < 0) return 'write a number and a percent sign, such as 85%';
  // 0.85 is most likely a ratio, 85 a percentage without its sign.
  return number <= 1 ? `write ${Number((number * 100).toPrecision(12))}%` : `write ${number}%`;
}
