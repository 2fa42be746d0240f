import { z } from 'zod';
import type { ClusterWarning } from '../../core/inventory/cluster-warning.ts';
import { MAX_EVENT_TEXT, quoteText } from './messages.ts';
import { ApiTime } from './parse-instant.ts';

const Event = z.object({
  metadata: z.object({ creationTimestamp: ApiTime }),
  involvedObject: z.object({
    kind: z.string().nullish(),
    namespace: z.string().nullish(),
    name: z.string().nullish(),
    uid: z.string().nullish(),
  }),
  reason: z.string().nullish(),
  message: z.string().nullish(),
  source: z.object({ component: z.string().nullish() }).nullish(),
  reportingComponent: z.string().nullish(),
  lastTimestamp: ApiTime.nullish(),
  eventTime: ApiTime.nullish(),
  series: z.object({ lastObservedTime: ApiTime.nullish() }).nullish(),
});

/** @throws {z.ZodError} on an object that is no event */
export function parseWarning(value: unknown): ClusterWarning {
  const { metadata, involvedObject: about, series, ...event } = Event.parse(value);
  return {
    kind: about.kind ?? '',
    namespace: about.namespace || undefined,
    name: about.name ?? '',
    uid: about.uid || undefined,
    reason: event.reason ?? '',
    message: quoteText(event.message ?? '', MAX_EVENT_TEXT),
    component: event.reportingComponent || event.source?.component || '',
    lastMs: series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? metadata.creationTimestamp,
  };
}
