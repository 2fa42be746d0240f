import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStartups, renderStartups, StartupRecordsError } from '../../../lambda/core/startup/startup-codec.ts';
import { NO_STARTUPS } from '../../../lambda/core/startup/startup-records.ts';
import { anyRecords, censored, MINUTE, NOON, onNewNode, records, SECOND, sample } from './fixtures.ts';

const RUNS = { seed: 20_261_127, numRuns: 200 };

describe('the text of start-up records', () => {
  const kept = records(
    [
      onNewNode(sample('a1b2c3', 5 * MINUTE)),
      censored(sample('d4e5f6', 90 * SECOND, { createdMs: NOON + 4 * SECOND, instanceType: undefined })),
    ],
    { lookedAtMs: NOON + 6 * MINUTE, pending: [{ key: '0a0b0c', createdMs: NOON + 5 * MINUTE }] },
  );
  const text =
    '{"version":1,"lookedAt":1795781160,"classes":[["p5.48xlarge","spot"],[null,"spot"]],' +
    '"samples":[["a1b2c3",1795780800,[0,0,0,0,0,0,300],0],["d4e5f6",4,90,1]],"pending":[["0a0b0c",60]]}';

  it('is this, which later versions must still read', () => {
    expect(renderStartups(kept)).toBe(text);
    expect(parseStartups(text)).toEqual(kept);
  });

  it('gives back what it was made of, where that fits', () => {
    fc.assert(
      fc.property(anyRecords(14), (one) => {
        expect(parseStartups(renderStartups(one))).toEqual(one);
      }),
      RUNS,
    );
  });

  it('has at most 2 KB, whatever there is, and what it leaves out are samples', () => {
    fc.assert(
      fc.property(anyRecords(60), (one) => {
        const rendered = renderStartups(one);
        expect(Buffer.byteLength(rendered)).toBeLessThanOrEqual(2_048);
        const read = parseStartups(rendered);
        expect(read.pending).toEqual(one.pending);
        expect(read.samples.every((each) => one.samples.some(({ key }) => key === each.key))).toBe(true);
      }),
      RUNS,
    );
  });

  it('has room for 40 start-ups on new nodes of two kinds', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({
      ...sample(`${100_000 + index}`, 0, {
        createdMs: NOON + Math.floor(index / 4) * 3 * 86_400_000 + (index % 4) * SECOND,
        capacityType: index % 4 === 0 ? 'on-demand' : 'spot',
        tookMs: 481 * SECOND,
      }),
      phases: {
        claim: 2 * SECOND,
        launch: 9 * SECOND,
        register: 64 * SECOND,
        initialize: 75 * SECOND,
        schedule: SECOND,
        image: 110 * SECOND,
        load: 220 * SECOND,
      },
    }));
    expect(parseStartups(renderStartups(records(many))).samples).toHaveLength(40);
  });

  it('of no look is empty', () => {
    expect(renderStartups(NO_STARTUPS)).toBe('');
  });
});

describe('a damaged text', () => {
  const good = renderStartups(records([onNewNode(sample('a1b2c3', 5 * MINUTE)), sample('d4e5f6', MINUTE)]));

  it.each([
    ['', 'it is not JSON'],
    ['null', 'it is not version 1 of start-up records'],
    [good.replace('"version":1', '"version":2'), 'it is not version 1 of start-up records: version'],
    [good.replace('[0,0,60],0]', '[0,0,60],7]'), 'sample d4e5f6 is of class 7, and there are 1'],
    [good.replace('[0,0,60],0]', '[0,-9,60],0]'), 'it is not version 1'],
    [good + ' '.repeat(2_048), 'more than 2048'],
  ])('is refused with what is wrong: %j', (text, message) => {
    expect(() => parseStartups(text)).toThrow(StartupRecordsError);
    expect(() => parseStartups(text)).toThrow(message);
  });

  it('never throws anything else, nor reads numbers that are none', () => {
    const cut = fc.tuple(fc.nat(good.length), fc.nat(20), fc.string({ maxLength: 5 }));
    fc.assert(
      fc.property(
        fc.oneof(
          cut.map(([at, length, text]) => good.slice(0, at) + text + good.slice(at + length)),
          fc.string(),
          fc.json(),
        ),
        (text) => {
          try {
            for (const { tookMs, createdMs } of parseStartups(text).samples) expect(Number.isFinite(tookMs + createdMs)).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(StartupRecordsError);
          }
        },
      ),
      { ...RUNS, numRuns: 1_000 },
    );
  });
});
