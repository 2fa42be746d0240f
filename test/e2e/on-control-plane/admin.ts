import { randomUUID } from 'node:crypto';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { inject } from 'vitest';
import { type Api, type ApiAccess, openApi } from '../control-plane/api.ts';

/** The API server as a user of the control plane: `admin` may do everything, `foretide` what the deployment guide grants. */
export function openApiAs(user: 'admin' | 'foretide'): Api {
  return openApi(readAccess(user));
}

/** Where the API server is and by which certificate it knows the user. */
export function readAccess(user: 'admin' | 'foretide'): ApiAccess {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromString(inject('kubeconfigs')[user]);
  const cluster = kubeConfig.getCurrentCluster();
  const { certData, keyData } = kubeConfig.getCurrentUser() ?? {};
  if (!cluster?.caData || !certData || !keyData) throw new Error(`the kubeconfig of ${user} has no certificates`);
  const decoded = (text: string) => Buffer.from(text, 'base64').toString('utf8');
  return { server: cluster.server, ca: decoded(cluster.caData), cert: decoded(certData), key: decoded(keyData) };
}

/** A namespace that no other test has. */
export async function createNamespace(admin: Api): Promise<string> {
  const name = `test-${randomUUID().slice(0, 8)}`;
  await admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  return name;
}

/** Its objects go in the background; nobody asks for that namespace again. */
export async function deleteNamespace(admin: Api, name: string): Promise<void> {
  const { status } = await admin.send('DELETE', `/api/v1/namespaces/${name}`);
  if (status !== 200) throw new Error(`namespace ${name} could not be deleted: HTTP ${status}`);
}
