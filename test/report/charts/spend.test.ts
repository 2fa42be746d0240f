import { describe, expect, it } from 'vitest';
import { buildSpend } from '../../../report/charts/spend.ts';
import type { SpendData } from '../../../report/spend-data.ts';
import { renderSpendTables } from '../../../report/tables/spend-tables.ts';
import { buildExampleSpend } from '../../fixtures/pictures-example.ts';
import { textsOf } from './texts-of.ts';

const DAY_MS = 86_400_000;
const example = buildExampleSpend();
/** Three days of a month of 30. */
const small: SpendData = {
  ...example,
  nowMs: example.fromMs + 2 * DAY_MS,
  spent: [0, 1, 2].map((day) => ({ atMs: example.fromMs + day * DAY_MS, usd: day === 1 ? null : day * 1_000 })),
  forecast: [
    { atMs: example.fromMs + 2 * DAY_MS, lowUsd: 2_000, likelyUsd: 2_000, highUsd: 2_000 },
    { atMs: example.toMs, lowUsd: 20_000, likelyUsd: 30_000, highUsd: 45_000 },
  ],
  actions: [{ atMs: example.fromMs + 2 * DAY_MS - 1, what: 'told somebody' }],
};

describe('the spend', () => {
  it('draws what was spent with its gaps, and the forecast as a line within a cone', () => {
    const { option } = buildSpend(small, { size: 'wide' });
    const at = (day: number): number => example.fromMs + day * DAY_MS;
    expect([option.series ?? []].flat().map(({ name, data }) => [name, data])).toEqual([
      [
        'forecast from',
        [
          [at(2), 2_000],
          [at(30), 20_000],
        ],
      ],
      [
        'forecast range',
        [
          [at(2), 0],
          [at(30), 25_000],
        ],
      ],
      [
        'forecast',
        [
          [at(2), 2_000],
          [at(30), 30_000],
        ],
      ],
      [
        'spent',
        [
          [at(0), 0],
          [at(1), '-'],
          [at(2), 2_000],
        ],
      ],
    ]);
    expect(option).toMatchObject({ yAxis: { min: 0, max: 50_000, interval: 10_000 } });
  });

  it('says what each stage does, where the cap is, what was done, and who spends', () => {
    expect(textsOf(buildSpend(small, { size: 'wide' }))).toEqual([
      'spent since the period began, $',
      'UTC',
      '50 % · notify',
      '80 % · notify, freeze batch pre-scaling',
      '90 % · prefer spot for standard and batch',
      '95 % · clamp NodePool limits at what runs',
      '100 % · lower max of batch then standard, pause batch',
      'cap',
      '$40k',
      'forecast',
      '$30k',
      'now 00:00',
      '1',
      'by workload, so far',
      'chat',
      '$12,480',
      'embeddings',
      '$5,210',
      'highlights',
      '$2,944',
      'nightly-batch-with-a-ra…',
      '$1,803',
      'vision',
      'price unknown',
    ]);
  });

  it('leaves out what the reader takes out', () => {
    const { option } = buildSpend(small, { size: 'wide', hidden: ['forecast', 'stages', 'actions'] });
    expect([option.series ?? []].flat().map(({ name }) => name)).toEqual(['spent']);
    expect(textsOf({ option })).not.toContain('50 % · notify');
  });

  it('says what is missing rather than drawing it', () => {
    const words = textsOf(buildSpend({ ...small, spent: [], forecast: [], actions: [], capUsd: null }, { size: 'narrow' }));
    expect(words).toContain('no reading in this period');
    expect(words).not.toContain('cap');
    const stale = { ...small, nowMs: small.nowMs + 14 * 3_600_000 };
    expect(textsOf(buildSpend(stale, { size: 'wide' }))).toContain('no reading since Tue 3 Nov, 00:00');
  });

  it('answers a pointer with the amount, its share of the cap, and the forecast', () => {
    expect(buildSpend(small, { size: 'wide' }).notes.map(({ text }) => text)).toEqual([
      '2026-11-01 00:00 UTC\nspent $0.00\n0.0 % of the cap',
      '2026-11-02 00:00 UTC\nno reading',
      '2026-12-01 00:00 UTC\nforecast $30,000, from $20,000 to $45,000',
    ]);
  });

  it('says in words what it shows', () => {
    expect(buildSpend(small, { size: 'wide' }).description).toBe(
      'Spent $2,000 by Tue 3 Nov, 00:00. That is 5.0 % of the cap of $40,000. Forecast for Tue 1 Dec, 00:00: $30,000, from $20,000 to $45,000. 1 action.',
    );
  });

  it('has tables of the same, an unknown amount said to be unknown', () => {
    const html = renderSpendTables(small);
    for (const words of ['no reading', '$30,000 ($20,000 to $45,000)', 'told somebody', 'pause batch', 'price unknown', '$38,000'])
      expect(html).toContain(words);
  });
});
