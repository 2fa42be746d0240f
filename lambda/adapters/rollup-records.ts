import { z } from 'zod';
import type { Elected } from '../core/remote-write/elect-replica.ts';
import { isSameRollup, mergeRollups, type Rollup } from '../core/remote-write/rollup.ts';
import { DAY_MS, type InstantMs, MINUTE_MS } from '../core/units/quantities.ts';
import type { LeftOut } from '../ports/rollup-store.ts';
import { MAX_RECORD_BYTES, type RecordKind } from './record-codec.ts';
import { type FieldsOf, Instant, Text } from './stored-records.ts';

/** A rollup is deleted so long after its minute. */
export const ROLLUPS_KEPT_MS = 2 * DAY_MS;

/** The elected replica of a group, which is forgotten a day after it was heard of last. */
export type StoredElected = Elected & { readonly group: string };

/** One series as numbers: its instants count from the minute, which keeps a record of 500 series below 60 KB. */
type StoredSeries = readonly [
  key: string,
  firstAfterMs: number,
  first: number,
  lastAfterMs: number,
  last: number,
  min: number,
  max: number,
  early: number,
  late: number,
];

/** What a record holds of a rollup. */
export type StoredRollup = Pick<Rollup, 'selector' | 'minuteMs' | 'isCut'> & { readonly series: readonly StoredSeries[] };

const AfterMs = z.number().min(0).lt(MINUTE_MS);
const Bits = z.int().nonnegative();

export const rollupRecord: RecordKind<StoredRollup> = {
  name: 'rollup',
  schema: z.object({
    selector: Text,
    minuteMs: Instant,
    isCut: z.boolean(),
    series: z.array(z.tuple([Text, AfterMs, z.number(), AfterMs, z.number(), z.number(), z.number(), Bits, Bits])),
  } satisfies FieldsOf<StoredRollup>),
  remedy: 'Delete it: samples of that minute which come late start it anew; what was in it is lost.',
  maxBytes: MAX_RECORD_BYTES,
};

export const electedRecord: RecordKind<StoredElected> = {
  name: 'elected replica',
  schema: z.object({ group: z.string(), replica: z.string(), heardAtMs: Instant } satisfies FieldsOf<StoredElected>),
  remedy: 'Delete it: the next replica that sends is elected.',
  maxBytes: 16_000,
};

export function toStored({ selector, minuteMs, isCut, series }: Rollup): StoredRollup {
  return {
    selector,
    minuteMs,
    isCut,
    series: [...series].map(
      ([key, one]): StoredSeries => [
        key,
        one.firstMs - minuteMs,
        one.first,
        one.lastMs - minuteMs,
        one.last,
        one.min,
        one.max,
        ...one.seconds,
      ],
    ),
  };
}

export function fromStored({ selector, minuteMs, isCut, series }: StoredRollup): Rollup {
  return {
    selector,
    minuteMs,
    isCut,
    series: new Map(
      series.map(([key, firstAfterMs, first, lastAfterMs, last, min, max, early, late]) => [
        key,
        { firstMs: minuteMs + firstAfterMs, first, lastMs: minuteMs + lastAfterMs, last, min, max, seconds: [early, late] },
      ]),
    ),
  };
}

export type Merged = {
  /** To be stored; undefined: what is stored says it all. */
  readonly next: Rollup | undefined;
  readonly leftOut: readonly LeftOut[];
};

export function mergeInto(known: Rollup | undefined, given: Rollup): Merged {
  const empty: Rollup = { ...given, series: new Map(), isCut: false };
  const merged = mergeRollups(known ?? empty, given);
  const keys = merged.isCut ? [...given.series.keys()].filter((key) => !merged.series.has(key)) : [];
  return {
    next: known !== undefined && isSameRollup(known, merged) ? undefined : merged,
    leftOut: keys.length === 0 ? [] : [{ selector: given.selector, minuteMs: given.minuteMs, keys }],
  };
}

/** The minutes before which rollups may be deleted once one of `minuteMs` is there. */
export function expiredBefore(minuteMs: InstantMs): InstantMs {
  return minuteMs - ROLLUPS_KEPT_MS;
}
