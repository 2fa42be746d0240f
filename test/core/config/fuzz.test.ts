import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig, parseEvents } from '../../../lambda/core/config/parse.ts';
import { event, file } from './smallest.ts';

const REFERENCE = readFileSync(join(import.meta.dirname, '../../../examples/reference.yaml'), 'utf8');
const { config: CONFIG } = parseConfig(file(), 'foretide.yaml');

/** Parses or refuses with a well-formed ConfigError; anything else fails the test. */
function parseOrRefuse(text: string): void {
  for (const parse of [() => parseConfig(text, 'f.yaml'), () => parseEvents(text, 'f.yaml', CONFIG)]) {
    try {
      parse();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      expect(error.problems.length).toBeGreaterThan(0);
      for (const problem of error.problems) {
        expect(problem.line).toBeGreaterThan(0);
        expect(problem.column).toBeGreaterThan(0);
        expect(problem.value.length).toBeLessThanOrEqual(64);
      }
    }
  }
}

const yamlish = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'a',
        ': ',
        '- ',
        '\n',
        '  ',
        '\t',
        '{',
        '}',
        '[',
        ']',
        ',',
        '"',
        "'",
        '&a ',
        '*a',
        '!',
        '!!binary ',
        '|',
        '>',
        '#',
        '%',
        '@',
      ),
      fc.constantFrom(
        '<<: ',
        '__proto__: ',
        'constructor: ',
        '? ',
        '---\n',
        '...\n',
        'null',
        '~',
        '.nan',
        '-.inf',
        '0x1F',
        '1e999',
        '\u0000',
        '\uFEFF',
      ),
      fc.constantFrom(
        'clusters',
        'workloads',
        'calendar',
        'events',
        'name',
        'floor',
        'start',
        'recurrence',
        'FREQ=DAILY',
        '2026-02-30',
        '12m',
        '%YAML 1.1\n',
      ),
      fc.string({ maxLength: 6 }),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

const LINES = REFERENCE.split('\n');
const WORDS = [...new Set(REFERENCE.match(/[\w.%:/-]+/g) ?? [])];

/** The reference file with lines dropped, doubled and swapped, and words replaced by others of it or by odd values. */
const mutated = fc
  .array(
    fc.record({
      line: fc.nat(LINES.length - 1),
      kind: fc.constantFrom('drop', 'double', 'indent', 'word', 'swap'),
      word: fc.oneof(
        fc.constantFrom(...WORDS),
        fc.constantFrom('.nan', '-1', '1.5', '""', 'null', '[]', '{}', '1e400', '~', '*x', '"\\u202e"'),
      ),
      at: fc.nat(20),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((edits) => {
    const lines = [...LINES];
    for (const { line, kind, word, at } of edits) {
      const text = lines[line] ?? '';
      if (kind === 'drop') lines[line] = '';
      else if (kind === 'double') lines[line] = `${text}\n${text}`;
      else if (kind === 'indent') lines[line] = ` ${text}`;
      else if (kind === 'swap') lines[line] = lines[at] ?? '';
      else {
        let index = 0;
        lines[line] = text.replace(/[\w.%/-]+/g, (found) => (index++ === at ? word : found));
      }
    }
    return lines.join('\n');
  });

describe('parseConfig and parseEvents on any text', () => {
  it('only ever return or throw a ConfigError: YAML-like text', () => {
    fc.assert(
      fc.property(yamlish, (text) => parseOrRefuse(text)),
      { numRuns: 2_000 },
    );
  });

  it('only ever return or throw a ConfigError: any string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => parseOrRefuse(text)),
      { numRuns: 500 },
    );
  });

  it('only ever return or throw a ConfigError: a mutated reference file', () => {
    fc.assert(
      fc.property(mutated, (text) => parseOrRefuse(text)),
      { numRuns: 250 },
    );
  });

  it('only ever return or throw a ConfigError: any value as any part of an event', () => {
    const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value));
    const key = fc.constantFrom(
      'name',
      'workloads',
      'timezone',
      'holidays',
      'start',
      'end',
      'recurrence',
      'except',
      'floor',
      'max',
      'ramp',
      'release',
      'x',
    );
    fc.assert(
      fc.property(key, json, (name, value) => parseOrRefuse(file({ events: `- { workloads: [chat], ${name}: ${value} }` }))),
      { numRuns: 500 },
    );
  });

  it('only ever return or throw a ConfigError: recurrence rules', () => {
    const value = fc.oneof(
      fc.constantFrom(
        'DAILY',
        'WEEKLY',
        'YEARLY',
        'SECONDLY',
        'MO',
        '-1FR',
        '54MO',
        '0',
        '-1',
        '366',
        '99999999999',
        '20261231',
        '20260230',
        '',
      ),
      fc.string({ maxLength: 4 }),
    );
    const part = fc.tuple(
      fc.constantFrom('FREQ', 'UNTIL', 'COUNT', 'INTERVAL', 'BYHOUR', 'BYDAY', 'BYMONTHDAY', 'BYWEEKNO', 'BYMONTH', 'BYSETPOS', 'WKST'),
      value,
    );
    const rule = fc.array(part, { maxLength: 4 }).map((parts) => parts.map(([key, text]) => `${key}=${text}`).join(';'));
    fc.assert(
      fc.property(rule, (text) => parseOrRefuse(file({ events: event({ recurrence: JSON.stringify(text) }) }))),
      { numRuns: 500 },
    );
  });
});
