import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { makeCertificate } from '../../fakes/self-signed-certificate.ts';
import type { Api, KubeObject } from '../control-plane/api.ts';

const Pods = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ namespace: z.string(), name: z.string() }),
      spec: z.object({ containers: z.array(z.object({ name: z.string() })) }),
    }),
  ),
});

const SERVICE: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'resource-metrics', namespace: 'default' },
};

/** A metrics server (metrics.k8s.io) after which every container uses the same: what an HPA on cpu needs to scale down. */
export async function serveResourceMetrics(admin: Api, cpu: string): Promise<{ readonly close: () => Promise<void> }> {
  const server = createServer(makeCertificate(), (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'https://localhost');
    const namespace = /^\/apis\/metrics\.k8s\.io\/v1beta1\/namespaces\/([^/]+)\/pods$/.exec(pathname)?.[1];
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (namespace === undefined) {
      answer(200, { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'metrics.k8s.io/v1beta1', resources: [RESOURCE] });
      return;
    }
    const selector = encodeURIComponent(searchParams.get('labelSelector') ?? '');
    admin.read(`/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`, Pods).then(
      ({ items }) => answer(200, { kind: 'PodMetricsList', apiVersion: 'metrics.k8s.io/v1beta1', metadata: {}, items: items.map(measure) }),
      (error: unknown) => answer(500, { kind: 'Status', status: 'Failure', message: String(error) }),
    );
  });
  const measure = ({ metadata, spec }: z.infer<typeof Pods>['items'][number]) => ({
    metadata,
    timestamp: new Date().toISOString(),
    window: '1s',
    containers: spec.containers.map(({ name }) => ({ name, usage: { cpu } })),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const service: object = { ...SERVICE, spec: { type: 'ExternalName', externalName: 'localhost' } };
  await admin.apply(service as KubeObject);
  const apiService: object = {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1beta1.metrics.k8s.io' },
    spec: {
      service: { name: SERVICE.metadata.name, namespace: SERVICE.metadata.namespace, port },
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      insecureSkipTLSVerify: true,
      groupPriorityMinimum: 100,
      versionPriority: 100,
    },
  };
  await admin.apply(apiService as KubeObject);
  return {
    async close() {
      // An API that nobody serves would keep namespaces from being deleted.
      await admin.send('DELETE', '/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io');
      await admin.send('DELETE', '/api/v1/namespaces/default/services/resource-metrics');
      const closed = once(server, 'close');
      server.closeAllConnections();
      server.close();
      await closed;
    },
  };
}

const RESOURCE = { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] };
