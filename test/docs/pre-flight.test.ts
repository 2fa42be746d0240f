import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PREFLIGHT_CODES } from '../../lambda/core/preflight/codes.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/concepts/pre-flight.md'), 'utf8');

it('the page on pre-flight has a line for each thing that it can find, in the same order', () => {
  expect([...page.matchAll(/^\| `(preflight-[a-z-]+)` \|/gm)].map(([, code]) => code)).toEqual([...PREFLIGHT_CODES]);
});
