import type { Rollup } from '../../core/remote-write/rollup.ts';
import type { InstantMs } from '../../core/units/quantities.ts';
import type { RollupStore } from '../../ports/rollup-store.ts';
import { encodeRecord } from '../record-codec.ts';
import { expiredBefore, mergeInto, rollupRecord, toStored } from '../rollup-records.ts';

export function makeMemoryRollupStore(): RollupStore {
  const selectors = new Map<string, Map<InstantMs, Rollup>>();

  function keep(rollup: Rollup): void {
    // What could not be stored elsewhere is refused here too.
    encodeRecord(rollupRecord, toStored(rollup), rollup.selector);
    const minutes = selectors.get(rollup.selector) ?? new Map<InstantMs, Rollup>();
    selectors.set(rollup.selector, minutes);
    if (!minutes.has(rollup.minuteMs)) {
      for (const minuteMs of minutes.keys()) if (minuteMs < expiredBefore(rollup.minuteMs)) minutes.delete(minuteMs);
    }
    minutes.set(rollup.minuteMs, rollup);
  }

  return {
    async merge(rollups) {
      return rollups.flatMap((rollup) => {
        const { next, leftOut } = mergeInto(selectors.get(rollup.selector)?.get(rollup.minuteMs), rollup);
        if (next !== undefined) keep(next);
        return leftOut;
      });
    },
    async read(selector, fromMs, toMs) {
      return [...(selectors.get(selector)?.values() ?? [])]
        .filter(({ minuteMs }) => minuteMs >= fromMs && minuteMs < toMs)
        .sort((a, b) => a.minuteMs - b.minuteMs);
    },
  };
}
