import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

// Half a day off UTC and rich in history: Samoa skipped 30 December 2011, and gave up daylight saving in 2021.
it('the tests, and what they start, run in another zone than any developer', () => {
  expect(new Date('2026-01-01T00:00:00Z').getTimezoneOffset()).toBe(-13 * 60);
  const print = 'console.log(new Date("2026-01-01T00:00:00Z").getTimezoneOffset())';
  expect(execFileSync(process.execPath, ['--eval', print], { encoding: 'utf8' })).toBe('-780\n');
});
