import { asList, asMap } from './loose.ts';
import type { Path } from './problem.ts';

/** A key that is read and checked but moves nothing in this version. */
export type NotYet = {
  /** `[]` stands for every entry of a list. */
  readonly key: string;
  /** Only this value is meant; absent: any. */
  readonly value?: string;
  /** This value asks for nothing, so it is no news that it does nothing. */
  readonly unless?: string | boolean;
  /** What happens instead, where that isn't obvious. */
  readonly instead?: string;
};

export const NOT_YET: readonly NotYet[] = [
  { key: 'clusters[].prometheus' },
  { key: 'workloads[].slo' },
  { key: 'workloads[].demand', instead: 'a release looks at the metrics of the HPA' },
  { key: 'workloads[].sizing' },
  { key: 'workloads[].overflowFor' },
  { key: 'workloads[].releaseGuard' },
  { key: 'calendar.events[].class' },
  { key: 'calendar.events[].importance' },
  { key: 'calendar.events[].spot' },
  { key: 'calendar.events[].floor', value: 'learned', instead: 'fallbackFloor serves; `foretide simulate` shows what it will do' },
  { key: 'capacity.groups[].policy.extraReplicas' },
  { key: 'capacity.groups[].policy.coolOff' },
  { key: 'capacity.groups[].policy.minZones' },
  { key: 'capacity.groups[].protect' },
  { key: 'spend.regions' },
  { key: 'spend.accounts' },
  { key: 'spend.prices.perGpuHour' },
  { key: 'spend.prices.bedrock' },
  { key: 'spend.caps' },
  { key: 'spend.ladder' },
  { key: 'spend.runRateHours' },
  { key: 'spend.allowCritical', unless: false },
  { key: 'notifications.slack' },
  { key: 'notifications.amazonQ' },
  { key: 'notifications.email' },
];

export type NotYetFound = { readonly path: Path; readonly message: string };

/**
 * The keys of `written` (a file's plain values, without defaults) that have no effect in this version, in the
 * order of NOT_YET. `within` is the key of NOT_YET that the root of `written` stands for, such as `calendar`.
 */
export function listNotYet(written: unknown, within = ''): NotYetFound[] {
  return NOT_YET.flatMap((entry) => {
    if (within !== '' && !entry.key.startsWith(`${within}.`)) return [];
    const parts = (within === '' ? entry.key : entry.key.slice(within.length + 1)).split('.');
    return find(written, parts, [])
      .filter(({ value }) => (entry.value === undefined || value === entry.value) && (entry.unless === undefined || value !== entry.unless))
      .map(({ path, value }) => ({
        path,
        message: `${entry.value === undefined ? 'has' : `${String(value)} has`} no effect yet in this version${entry.instead === undefined ? '' : `; ${entry.instead}`}`,
      }));
  });
}

type Found = { readonly path: Path; readonly value: unknown };

function find(value: unknown, parts: readonly string[], path: Path): Found[] {
  const [part, ...rest] = parts;
  if (part === undefined) return [{ path, value }];
  const key = part.replace(/\[\]$/, '');
  const map = asMap(value);
  if (!Object.hasOwn(map, key)) return [];
  if (key === part) return find(map[key], rest, [...path, key]);
  return asList(map[key]).flatMap((entry, index) => find(entry, rest, [...path, key, index]));
}
