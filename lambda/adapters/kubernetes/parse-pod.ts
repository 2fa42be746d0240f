import { z } from 'zod';
import type { ObservedPod } from '../../core/inventory/observed-pod.ts';
import { MAX_EVENT_TEXT, quoteText } from './messages.ts';
import { ApiTime } from './parse-instant.ts';
import { PodSpec, readRequests } from './pod-requests.ts';

const ContainerStatus = z.object({
  name: z.string(),
  restartCount: z.int().min(0).nullish(),
  state: z
    .object({
      waiting: z.object({ reason: z.string().nullish(), message: z.string().nullish() }).nullish(),
      running: z.object({ startedAt: ApiTime.nullish() }).nullish(),
    })
    .nullish(),
});

const Pod = z.object({
  metadata: z.object({
    namespace: z.string(),
    name: z.string(),
    uid: z.string(),
    creationTimestamp: ApiTime,
    deletionTimestamp: z.string().nullish(),
  }),
  spec: PodSpec.extend({ nodeName: z.string().nullish() }),
  status: z
    .object({
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), message: z.string().nullish(), lastTransitionTime: ApiTime.nullish() }))
        .nullish(),
      initContainerStatuses: z.array(ContainerStatus).nullish(),
      containerStatuses: z.array(ContainerStatus).nullish(),
    })
    .nullish(),
});

/** Reasons of containers that wait for nothing but their turn. */
const IN_ORDER: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing']);

/** @throws {z.ZodError} on an object that is no pod */
export function parsePod(value: unknown): ObservedPod {
  const { metadata, spec, status } = Pod.parse(value);
  const condition = (type: string) => status?.conditions?.find((one) => one.type === type);
  const since = (type: string) => (condition(type)?.status === 'True' ? (condition(type)?.lastTransitionTime ?? undefined) : undefined);
  const scheduled = condition('PodScheduled');
  const containers = status?.containerStatuses ?? [];
  const all = [...(status?.initContainerStatuses ?? []), ...containers];
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    createdMs: metadata.creationTimestamp,
    scheduledMs: since('PodScheduled'),
    startedMs: startOf(containers, spec.containers.length),
    readyMs: since('Ready'),
    isTerminating: Boolean(metadata.deletionTimestamp),
    nodeName: spec.nodeName || undefined,
    unschedulable: scheduled?.status === 'False' ? quoteText(scheduled.message ?? '', MAX_EVENT_TEXT) : undefined,
    waiting: all.map(readWaiting).find((waiting) => waiting !== undefined),
    restarts: all.reduce((sum, { restartCount }) => sum + (restartCount ?? 0), 0),
    requests: readRequests(spec),
  };
}

/** When the last of the containers began to run; undefined while one doesn't. */
function startOf(containers: readonly z.output<typeof ContainerStatus>[], count: number): number | undefined {
  const started = containers.flatMap(({ state }) => state?.running?.startedAt ?? []);
  return started.length === 0 || started.length < count ? undefined : Math.max(...started);
}

function readWaiting({ name, state }: z.output<typeof ContainerStatus>): ObservedPod['waiting'] {
  const waiting = state?.waiting;
  if (!waiting?.reason || IN_ORDER.has(waiting.reason)) return undefined;
  return { container: name, reason: waiting.reason, message: quoteText(waiting.message ?? '') };
}
