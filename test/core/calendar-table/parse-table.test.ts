import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseTable, renderTableText } from '../../../lambda/core/calendar-table/parse-table.ts';
import { CONFIG } from './table-fixture.ts';

const GOOD = { name: 'good', workloads: ['chat'], start: '2026-12-01T00:00', duration: '1h', floor: 3 };

it.each<[string, object, string]>([
  ['an unknown workload', { ...GOOD, name: 'bad', workloads: ['chta'] }, 'has workloads[0] chta, which is not the name of a workload'],
  [
    'a bad recurrence',
    { ...GOOD, name: 'bad', recurrence: 'FREQ=SECONDLY' },
    'has recurrence FREQ=SECONDLY, which FREQ=SECONDLY is not supported: MINUTELY is the shortest',
  ],
  ['a floor above max', { ...GOOD, name: 'bad', floor: 61 }, 'has floor 61, which is 61 replicas, above bounds.max of workload chat, 60'],
  ['a key of another version', { ...GOOD, name: 'bad', mood: 'good' }, 'has mood, which is not a known key'],
  [
    'the name of an event of the configuration',
    { ...GOOD, name: 'own' },
    'has name own, which is already the name of an event of the configuration',
  ],
])('leaves out an event with %s, and no other', (_, bad, problem) => {
  const { events, problems } = parseTable(renderTableText([bad, GOOD]), 'table', CONFIG);
  expect(events.map(({ name }) => name)).toEqual(['good']);
  expect(problems.map((one) => one.problem)).toEqual([problem]);
});

it('knows when a faulty event happens, unless that is what is wrong', () => {
  const when = (changes: object) =>
    parseTable(renderTableText([{ ...GOOD, ...changes }]), 'table', CONFIG).problems.map((one) => one.when?.start);
  expect(when({ workloads: ['chta'], floor: 'much' })).toEqual(['2026-12-01T00:00']);
  expect(when({ start: '2026-02-30' })).toEqual([undefined]);
});

it('has no events without text, and throws on none', () => {
  expect(parseTable('', 'table', CONFIG)).toEqual({ events: [], problems: [] });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.json().map((text) => `{"name":${text}}`),
      ),
      (text) => {
        const { events, problems } = parseTable(text, 'table', CONFIG);
        expect(events).toEqual([]);
        for (const { kind } of problems) expect(kind).toBe('left-out');
      },
    ),
    { seed: 20_261_127 },
  );
});
