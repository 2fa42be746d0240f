import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Certificates } from './certificates.ts';

/** Writes `<user>.kubeconfig` beside the user's certificate; everything is in the file itself, so that it can be copied. */
export async function writeKubeconfig({ folder }: Certificates, user: string, server: string): Promise<string> {
  const encoded = async (file: string) => (await readFile(join(folder, file))).toString('base64');
  const text = stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': await encoded('ca.crt') } }],
    users: [
      {
        name: user,
        user: { 'client-certificate-data': await encoded(`${user}.crt`), 'client-key-data': await encoded(`${user}.key`) },
      },
    ],
    contexts: [{ name: 'test', context: { cluster: 'test', user } }],
    'current-context': 'test',
  });
  const path = join(folder, `${user}.kubeconfig`);
  await writeFile(path, text, { mode: 0o600 });
  return path;
}
