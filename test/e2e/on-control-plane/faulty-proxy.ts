import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { Agent, request as send } from 'undici';
import { stringify } from 'yaml';
import type { ClusterConnection } from '../../../lambda/adapters/kubernetes/connection.ts';
import { connectByKubeconfigText } from '../../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { createFaults, type Faults } from '../../../sim/api/faults.ts';
import { readBody } from '../../fakes/http-server.ts';
import { makeCertificate } from '../../fakes/self-signed-certificate.ts';
import type { ApiAccess } from '../control-plane/api.ts';

export type FaultyProxy = {
  /** Production's client, to the proxy. */
  readonly connection: ClusterConnection;
  readonly faults: Faults;
  /** How often each fault was met, by its kind or status. */
  readonly met: ReadonlyMap<string, number>;
  readonly stop: () => Promise<void>;
};

/** Stands before a real API server, over TLS on both sides, passes on as `access` what it is asked, and fails as `faults` say. */
export async function startFaultyProxy({ server, ca, cert, key }: ApiAccess): Promise<FaultyProxy> {
  const upstream = new Agent({ connect: { ca, cert, key } });
  const faults = createFaults();
  const met = new Map<string, number>();
  const own = makeCertificate();

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = incoming;
    const { pathname, searchParams } = new URL(url, server);
    const fault = faults.take({ method, path: pathname, query: searchParams });
    if (fault !== undefined) {
      const name = fault.kind === 'status' ? String(fault.status) : fault.kind;
      met.set(name, (met.get(name) ?? 0) + 1);
    }
    if (fault?.kind === 'reset') {
      incoming.socket.destroy();
      return;
    }
    const body = await readBody(incoming);
    if (fault?.kind === 'status') {
      response.writeHead(fault.status, { 'content-type': 'application/json', 'retry-after': '0' });
      response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: fault.status, message: 'the proxy fails' }));
      return;
    }
    const {
      statusCode,
      headers: answered,
      body: stream,
    } = await send(`${server}${url}`, {
      method,
      dispatcher: upstream,
      headers: { accept: 'application/json', 'content-type': headers['content-type'] ?? 'application/json' },
      ...(body !== '' && { body }),
    });
    const text = Buffer.from(await stream.arrayBuffer());
    response.writeHead(statusCode, { 'content-type': String(answered['content-type']), 'content-length': text.length });
    // Done, and yet whoever asked can't know.
    if (fault?.kind === 'truncate') response.write(text.subarray(0, text.length >> 1), () => incoming.socket.destroy());
    else response.end(text);
  }

  const proxy = createServer(own, (incoming, response) => {
    answer(incoming, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))));
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const connection = connectByKubeconfigText(renderKubeconfig(`https://127.0.0.1:${address.port}`, own.cert));
  return {
    connection,
    faults,
    met,
    async stop() {
      await connection.close();
      await new Promise<void>((resolve, reject) => {
        proxy.close((error) => (error === undefined ? resolve() : reject(error)));
        proxy.closeAllConnections();
      });
      await upstream.close();
    },
  };
}

function renderKubeconfig(server: string, certificate: string): string {
  const authority = Buffer.from(certificate).toString('base64');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'proxy', cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: 'proxy', user: {} }],
    contexts: [{ name: 'proxy', context: { cluster: 'proxy', user: 'proxy' } }],
    'current-context': 'proxy',
  });
}
