import { CustomObjectsApi, KubeConfig, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { startTwin, type Twin, type TwinOptions } from '../../sim/twin.ts';
import type { WorkloadOptions } from '../../sim/workloads.ts';

/** Monday 23 November 2026, 18:40:00 UTC. */
export const START_MS = 1_795_459_200_000;

export const LLM: WorkloadOptions = {
  namespace: 'inference',
  name: 'llm',
  minReplicas: 1,
  maxReplicas: 20,
  gpusPerReplica: 1,
  capacityPerReplicaPerMinute: 100,
  startupMedianMs: 60_000,
  pollingIntervalSeconds: 5,
  cooldownSeconds: 30,
};

export function startTestTwin(options: Partial<TwinOptions> = {}): Promise<Twin> {
  return startTwin({ seed: 'test', startMs: START_MS, ...options });
}

export const SCALED_OBJECTS_PATH = '/apis/keda.sh/v1alpha1/namespaces/inference/scaledobjects';
export const LLM_PATH = `${SCALED_OBJECTS_PATH}/llm`;

export type Answer = { readonly status: number; readonly headers: Headers; readonly body: Record<string, unknown> };

/** One request over HTTP as the administrator. */
export async function call(
  twin: Twin,
  method: string,
  path: string,
  body?: unknown,
  options: { readonly contentType?: string; readonly token?: string; readonly accept?: string } = {},
): Promise<Answer> {
  const response = await fetch(`${twin.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${options.token ?? twin.token}`,
      ...(body === undefined
        ? {}
        : { 'content-type': options.contentType ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json') }),
      ...(options.accept === undefined ? {} : { accept: options.accept }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { text },
  };
}

/** The official client on the twin's kubeconfig. */
export function customObjects(twin: Twin): CustomObjectsApi {
  const config = new KubeConfig();
  config.loadFromString(twin.kubeconfig());
  return config.makeApiClient(CustomObjectsApi);
}

export const MERGE_PATCH = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

export function scaledObject(name: string, spec: object = {}, metadata: object = {}): object {
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name, ...metadata },
    spec: {
      scaleTargetRef: { name },
      triggers: [{ type: 'prometheus', metadata: { threshold: '100', query: 'q', serverAddress: 'http://p' } }],
      ...spec,
    },
  };
}
