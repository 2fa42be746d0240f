import type { InstantMs } from '../units/quantities.ts';

/** The replica of a group whose samples are taken, and when it was heard of last. */
export type Elected = { readonly replica: string; readonly heardAtMs: InstantMs };

/** As in Mimir and in Amazon Managed Service for Prometheus: a replica that is silent for so long is followed by the next that sends. */
export const SILENT_AFTER_MS = 30_000;
/** How old what is stored of the elected one may get before it is written again: with requests every 15 s it stays clear of the silence. */
export const HEARD_AGAIN_AFTER_MS = 10_000;

export type Election = {
  readonly isTaken: boolean /** To be stored; undefined: what is stored stays. */;
  readonly store: Elected | undefined;
};

/** Whether the samples of `replica` are taken, which is heard of now, and what that changes. `known` undefined: nobody is elected. */
export function electReplica(known: Elected | undefined, replica: string, nowMs: InstantMs): Election {
  if (known?.replica === replica) {
    const isRecent = nowMs - known.heardAtMs < HEARD_AGAIN_AFTER_MS;
    return { isTaken: true, store: isRecent ? undefined : { replica, heardAtMs: nowMs } };
  }
  if (known !== undefined && nowMs - known.heardAtMs < SILENT_AFTER_MS) return { isTaken: false, store: undefined };
  return { isTaken: true, store: { replica, heardAtMs: nowMs } };
}
