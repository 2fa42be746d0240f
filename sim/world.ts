import { renderTime, type SimClock } from './clock.ts';
import type { KubeObject } from './objects.ts';
import type { Random } from './random.ts';
import { EVENTS } from './resources.ts';
import type { Store } from './store.ts';

/** What every controller of the twin stands on. */
export type World = {
  readonly clock: SimClock;
  readonly store: Store;
  readonly random: Random;
  readonly recordEvent: (about: KubeObject, event: RecordedEvent) => void;
};

export type RecordedEvent = {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly component: string;
};

/** kube-apiserver's `--event-ttl` default. */
const EVENT_TTL_MS = 3_600_000;

/** Repetitions of the same event count up one object, as client-go's correlator does. */
export function createEventRecorder(clock: SimClock, store: Store, random: Random): World['recordEvent'] {
  const names = random.fork('event-name');
  const nameByText = new Map<string, string>();

  return (about, event) => {
    const { namespace, name, uid } = about.metadata;
    const text = JSON.stringify([uid, event.reason, event.message, event.component]);
    const time = renderTime(clock.now());
    const inNamespace = namespace ?? 'default';
    const repeated = store.get(EVENTS, inNamespace, nameByText.get(text) ?? '');
    if (repeated !== undefined) {
      store.update(EVENTS, { ...repeated, count: repeated.count + 1, lastTimestamp: time });
      return;
    }
    const created = store.create(EVENTS, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace: inNamespace, name: `${name}.${names.nameSuffix(16)}` },
      involvedObject: { apiVersion: about.apiVersion, kind: about.kind, ...(namespace === undefined ? {} : { namespace }), name, uid },
      reason: event.reason,
      message: event.message,
      type: event.type,
      count: 1,
      firstTimestamp: time,
      lastTimestamp: time,
      source: { component: event.component },
    });
    nameByText.set(text, created.metadata.name);
    clock.after(EVENT_TTL_MS, () => {
      nameByText.delete(text);
      store.remove(EVENTS, created);
    });
  };
}
