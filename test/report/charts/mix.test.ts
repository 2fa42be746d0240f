import { describe, expect, it } from 'vitest';
import { buildMix } from '../../../report/charts/mix.ts';
import type { MixData } from '../../../report/mix-data.ts';
import { renderMixTables } from '../../../report/tables/mix-tables.ts';
import { textsOf } from './texts-of.ts';

const HOUR_MS = 3_600_000;
/** 2026-11-27 12:00 UTC. */
const FROM_MS = 1_795_780_800_000;
const at = (hour: number): number => FROM_MS + hour * HOUR_MS;

const data: MixData = {
  poolGroup: 'l40s',
  timezone: 'UTC',
  fromMs: at(0),
  toMs: at(6),
  readings: [
    { startMs: at(0), endMs: at(1), reservedGpus: 8, onDemandGpus: 2, spotGpus: 10 },
    { startMs: at(1), endMs: at(2), reservedGpus: 8, onDemandGpus: 6, spotGpus: null },
    { startMs: at(2), endMs: at(4), reservedGpus: 8, onDemandGpus: 6, spotGpus: 7 },
  ],
  preemptions: [{ atMs: at(2), gpus: 3, zone: 'us-east-1a' }],
  weights: [
    {
      startMs: at(0),
      endMs: at(6),
      pools: [
        { pool: 'spot', weight: 50 },
        { pool: 'on-demand', weight: 10 },
      ],
      why: 'spot was calm',
    },
  ],
};

describe('the mix', () => {
  it('stacks reserved, on-demand and spot, and leaves a gap where one of them is not known', () => {
    const { option } = buildMix(data, { size: 'wide' });
    expect([option.series ?? []].flat().map((each) => [each.name, 'stack' in each && each.stack, each.data])).toEqual([
      [
        'reserved',
        'gpus',
        [
          [at(0), 8],
          [at(1), 8],
          [at(1), '-'],
          [at(1), '-'],
          [at(2), 8],
          [at(4), 8],
        ],
      ],
      [
        'on-demand',
        'gpus',
        [
          [at(0), 2],
          [at(1), 2],
          [at(1), '-'],
          [at(1), '-'],
          [at(2), 6],
          [at(4), 6],
        ],
      ],
      [
        'spot',
        'gpus',
        [
          [at(0), 10],
          [at(1), 10],
          [at(1), '-'],
          [at(1), '-'],
          [at(2), 7],
          [at(4), 7],
        ],
      ],
    ]);
    expect(option).toMatchObject({ yAxis: { min: 0, max: 25, interval: 5 } });
  });

  it('names the bands, losses, weights, and what was not read', () => {
    expect(textsOf(buildMix(data, { size: 'wide' }))).toEqual([
      'GPUs',
      'UTC',
      'no reading',
      'no reading since 16:00',
      'reserved 8',
      'on-demand 6',
      'spot 7',
      '−3',
      'weights of the pools, heaviest first',
      'spot 50 · on-demand 10',
    ]);
    expect(textsOf(buildMix({ ...data, readings: [], preemptions: [], weights: [] }, { size: 'narrow' }))).toEqual([
      'GPUs',
      'UTC',
      'no reading in this period',
    ]);
  });

  it('never tells kinds apart by colour alone', () => {
    const { option } = buildMix(data, { size: 'wide' });
    const decals = [option.series ?? []]
      .flat()
      .map((each) => ('itemStyle' in each ? JSON.stringify(each.itemStyle) : '').replace(/"color":"[^"]*"/g, ''));
    expect(new Set(decals).size).toBe(3);
  });

  it('answers a pointer', () => {
    expect(buildMix(data, { size: 'wide' }).notes.map(({ text }) => text)).toEqual([
      'Fri 27 Nov, 12:00 to 13:00, UTC\nfrom 2026-11-27 12:00 UTC\nspot 10, on-demand 2, reserved 8',
      'Fri 27 Nov, 13:00 to 14:00, UTC\nfrom 2026-11-27 13:00 UTC\nspot unknown, on-demand 6, reserved 8',
      'Fri 27 Nov, 14:00 to 16:00, UTC\nfrom 2026-11-27 14:00 UTC\nspot 7, on-demand 6, reserved 8\n3 GPUs taken back in us-east-1a',
      'Fri 27 Nov, 12:00 to Fri 27 Nov, 18:00\nfrom 2026-11-27 12:00 UTC\nspot 50\non-demand 10\nspot was calm',
    ]);
  });

  it('says in words what it shows, and has tables of the same', () => {
    expect(buildMix(data, { size: 'wide' }).description).toBe(
      'Fri 27 Nov, 12:00 to Fri 27 Nov, 18:00, UTC. At Fri 27 Nov, 14:00: 8 reserved, 6 on-demand, 7 spot. 3 GPUs taken back by the provider.',
    );
    const html = renderMixTables(data);
    for (const words of ['unknown', 'us-east-1a', 'spot was calm']) expect(html).toContain(words);
  });
});
