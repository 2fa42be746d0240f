import { describe, expect, it } from 'vitest';
import { parsePercent } from '../../../lambda/core/units/percent.ts';
import { QuantityError } from '../../../lambda/core/units/quantity-error.ts';

describe('parsePercent', () => {
  it.each([
    ['85%', 0.85],
    ['0%', 0],
    ['100%', 1],
    ['0.5%', 0.005],
    ['85 %', 0.85],
  ])('%s is %d', (text, ratio) => {
    expect(parsePercent(text)).toEqual({ ratio });
  });

  it.each([
    ['85', 'is not a percentage', 'write 85%'],
    ['0.85', 'is not a percentage', 'write 85%'],
    ['-1%', 'is not a percentage', 'write a number and a percent sign, such as 85%'],
    ['', 'is not a percentage', 'write a number and a percent sign, such as 85%'],
    ['most', 'is not a percentage', 'write a number and a percent sign, such as 85%'],
    ['101%', 'is more than 100%', 'write a percentage from 0% to 100%'],
  ])('refuses %j', (text, message, fix) => {
    let caught: unknown;
    try {
      parsePercent(text);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(QuantityError);
    expect(caught).toMatchObject({ message, fix });
  });
});
