import { renderTime, type SimClock } from './clock.ts';
import type { EventObject, KubeObject } from './objects.ts';
import type { Random } from './random.ts';
import { EVENTS } from './resources.ts';
import type { Store } from './store.ts';

export type RecordedEvent = {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly component: string;
};

export type RecordEvent = (about: KubeObject, event: RecordedEvent) => void;

/** kube-apiserver's `--event-ttl` default. */
const EVENT_TTL_MS = 3_600_000;
/** The oldest go when there are more: a cluster that is in trouble for long must not grow without end. */
const MAX_EVENTS = 20_000;
/** client-go's correlator: from the tenth on, events that differ only in their message within ten minutes are one. */
const MAX_SIMILAR = 10;
const SIMILAR_MS = 600_000;

/** In the order of their last event. */
type Similar = { readonly messages: Set<string>; lastMs: number };

/** Repetitions of the same event count up one object, many similar ones become one, as client-go's correlator does. */
export function createEventRecorder(clock: SimClock, store: Store, random: Random): RecordEvent {
  const names = random.fork('event-name');
  const byText = new Map<string, EventObject>();
  const similar = new Map<string, Similar>();

  function forget(text: string): void {
    const event = byText.get(text);
    byText.delete(text);
    if (event !== undefined) store.remove(EVENTS, event);
  }

  /** What the event is known by, and what it says once it stands for others too. */
  function correlate(about: KubeObject, { type, reason, message, component }: RecordedEvent): readonly [string, string] {
    const key = JSON.stringify([about.metadata.uid, type, reason, component]);
    const nowMs = clock.now();
    const known = similar.get(key);
    const group: Similar = known === undefined || nowMs - known.lastMs > SIMILAR_MS ? { messages: new Set(), lastMs: nowMs } : known;
    similar.delete(key);
    similar.set(key, group);
    group.lastMs = nowMs;
    if (group.messages.has(message) || group.messages.size < MAX_SIMILAR) {
      group.messages.add(message);
      return [`${key}${message}`, message];
    }
    return [key, `(combined from similar events): ${message}`];
  }

  return (about, event) => {
    const { namespace, name, uid } = about.metadata;
    const [text, message] = correlate(about, event);
    const time = renderTime(clock.now());
    const inNamespace = namespace ?? 'default';
    const known = byText.get(text);
    const repeated = known === undefined ? undefined : store.get(EVENTS, inNamespace, known.metadata.name);
    if (repeated !== undefined) {
      byText.set(text, store.update(EVENTS, { ...repeated, message, count: repeated.count + 1, lastTimestamp: time }));
      return;
    }
    const created = store.create(EVENTS, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace: inNamespace, name: `${name}.${names.nameSuffix(16)}` },
      involvedObject: { apiVersion: about.apiVersion, kind: about.kind, ...(namespace === undefined ? {} : { namespace }), name, uid },
      reason: event.reason,
      message,
      type: event.type,
      count: 1,
      firstTimestamp: time,
      lastTimestamp: time,
      source: { component: event.component },
      reportingComponent: event.component,
      reportingInstance: '',
    });
    byText.delete(text);
    byText.set(text, created);
    const [oldest] = byText.keys();
    if (byText.size > MAX_EVENTS && oldest !== undefined) forget(oldest);
    clock.after(EVENT_TTL_MS, () => {
      if (byText.get(text)?.metadata.uid === created.metadata.uid) forget(text);
      const quietSinceMs = clock.now() - SIMILAR_MS;
      for (const [key, { lastMs }] of similar) {
        if (lastMs >= quietSinceMs) break;
        similar.delete(key);
      }
    });
  };
}
