import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CheckRecord,
  isDue,
  isUpcoming,
  openFindings,
  parseRecords,
  recordKey,
  renderRecords,
} from '../../../lambda/core/preflight/check-records.ts';
import type { Finding } from '../../../lambda/core/prescale/findings.ts';
import { ASK, hours, MINUTE, need, occurrence, START, view } from './fixtures.ts';

const DAY = hours(24);
const finding = (key: string, changes: Partial<Finding> = {}): Finding => ({
  key,
  severity: 'critical',
  code: 'preflight-pool-limit',
  stage: '2026-11-27T00:00:00Z/critical',
  subject: 'chat: black-friday',
  facts: { missing: 4, pool: 'gpu', scoped: true, limit: null },
  ...changes,
});
const record = (checkedMs: number, findings: readonly Finding[] = [], floor: number | null = 12): CheckRecord => ({
  checkedMs,
  floor,
  findings,
});

describe('an event', () => {
  it.each([
    ['a day before its lead', ASK - DAY, true],
    ['a moment earlier', ASK - DAY - 1, false],
    ['in its lead', ASK + MINUTE, true],
    ['once it has begun', START, false],
  ])('is looked at: %s', (_, nowMs, is) => {
    expect(isUpcoming(need(12), DAY, nowMs)).toBe(is);
  });

  it.each([
    ['never checked', undefined, ASK - DAY, true],
    ['checked at this instant', record(ASK - DAY), ASK - DAY, false],
    ['checked a day before, nothing found', record(ASK - DAY), ASK - hours(2) - 1, false],
    ['two hours before', record(ASK - DAY), ASK - hours(2), true],
    ['two hours before, missed', record(ASK - DAY), ASK - hours(1), true],
    ['checked two hours before', record(ASK - hours(2)), ASK + MINUTE, false],
    ['found something 14 minutes ago', record(ASK - DAY, [finding('a')]), ASK - DAY + 14 * MINUTE, false],
    ['found something 15 minutes ago', record(ASK - DAY, [finding('a')]), ASK - DAY + 15 * MINUTE, true],
    ['another floor by now', record(ASK - DAY, [], 10), ASK - DAY + MINUTE, true],
    ['of unknown size then', record(ASK - DAY, [], null), ASK - DAY + MINUTE, true],
    ['checked in the future, by a clock that was wrong', record(ASK), ASK - DAY, true],
  ])('is due: %s', (_, before, nowMs, due) => {
    expect(isDue(need(12), before, nowMs)).toBe(due);
  });

  it('is known by workload, source, name and start', () => {
    expect(recordKey(need(12))).toBe('chat|config/black-friday@2026-11-27T00:00:00Z');
    expect(recordKey(need(12, view(), occurrence({ source: 'events.yaml' }, START + DAY, START + DAY + MINUTE)))).toBe(
      'chat|events.yaml/black-friday@2026-11-28T00:00:00Z',
    );
  });
});

it('tells of an incident once, as the next event has it', () => {
  const records = new Map([
    ['second', record(2, [finding('same', { subject: 'second' }), finding('other')])],
    ['first', record(1, [finding('same', { subject: 'first' })])],
  ]);
  expect(openFindings(records, ['first', 'second', 'third']).map(({ key, subject }) => [key, subject])).toEqual([
    ['same', 'first'],
    ['other', 'chat: black-friday'],
  ]);
});

describe('what is kept', () => {
  it('comes back as it was', () => {
    const records = new Map([
      ['one', record(1, [finding('a'), finding('b')])],
      ['two', record(2, [], null)],
    ]);
    expect(parseRecords(renderRecords(records))).toEqual(records);
  });

  it('is bounded: 500 events, 20 findings each, 500 characters of a text', () => {
    const long = finding('a', { facts: { message: 'x'.repeat(10_000) } });
    const many = new Map(
      Array.from(
        { length: 1_000 },
        (_, index) =>
          [
            `${index}`,
            record(
              1,
              Array.from({ length: 30 }, () => long),
            ),
          ] as const,
      ),
    );
    const kept = parseRecords(renderRecords(many));
    expect(kept.size).toBe(500);
    expect(kept.get('0')?.findings).toHaveLength(20);
    expect(kept.get('0')?.findings[0]?.facts.message).toBe(`${'x'.repeat(500)}…`);
  });

  it.each([
    ['nothing', undefined],
    ['no JSON', '{"a'],
    ['a list', '[1]'],
    ['null', 'null'],
  ])('is nothing from %s', (_, text) => {
    expect(parseRecords(text)).toEqual(new Map());
  });

  it('is read as far as it is whole', () => {
    const good = record(1, [finding('a')]);
    const text = JSON.stringify({
      good,
      old: { ...good, findings: [{ ...finding('a'), code: 'no-such-code' }] },
      torn: { checkedMs: 'soon' },
    });
    expect(parseRecords(text)).toEqual(new Map([['good', good]]));
  });

  it('never throws, whatever stands there', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseRecords(text)).toBeInstanceOf(Map);
      }),
    );
  });
});
