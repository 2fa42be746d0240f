import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const DAYS = '30';
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
/** Without it openssl would add the extensions of the machine's own configuration. */
const CONFIGURATION = '[req]\ndistinguished_name = dn\n[dn]\n';

const LOCAL = 'DNS:localhost,IP:127.0.0.1';
const API_SERVER_NAMES = `${LOCAL},DNS:kubernetes.default.svc,DNS:kubernetes.default,DNS:kubernetes,IP:10.96.0.1`;

/** Folder of every key and certificate: `<name>.crt`, `<name>.key`. */
export type Certificates = { readonly folder: string };

/** Subjects of client certificates: the API server takes CN as the user and O as its groups. */
const CLIENTS: Readonly<Record<string, string>> = {
  admin: '/O=system:masters/CN=admin',
  'kube-controller-manager': '/CN=system:kube-controller-manager',
  'kube-scheduler': '/CN=system:kube-scheduler',
  foretide: '/O=foretide/CN=foretide-function',
};

/** The cluster's authorities, what each server shows, and who each client is. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  // KEDA takes a folder, in which the files have names of its own.
  await mkdir(join(folder, 'keda'), { recursive: true });
  await writeFile(join(folder, 'openssl.cnf'), CONFIGURATION);
  await Promise.all([
    makeAuthority(folder, 'ca', '/CN=test-control-plane'),
    makeAuthority(folder, 'front-proxy-ca', '/CN=front-proxy'),
    makeServiceAccountKeys(folder),
  ]);
  await Promise.all([
    makeLeaf(folder, 'kube-apiserver', 'ca', '/CN=kube-apiserver', 'serverAuth', API_SERVER_NAMES),
    makeLeaf(folder, 'keda/tls', 'ca', '/CN=localhost', 'serverAuth,clientAuth', LOCAL),
    makeLeaf(folder, 'front-proxy-client', 'front-proxy-ca', '/CN=front-proxy-client', 'clientAuth'),
    ...Object.entries(CLIENTS).map(([name, subject]) => makeLeaf(folder, name, 'ca', subject, 'clientAuth')),
  ]);
  await writeFile(join(folder, 'keda', 'ca.crt'), await readFile(join(folder, 'ca.crt')));
  return { folder };
}

async function makeAuthority(folder: string, name: string, subject: string): Promise<void> {
  await openssl(folder, [
    ...['req', '-x509', '-config', 'openssl.cnf', ...KEY, '-days', DAYS, '-subj', subject],
    ...['-keyout', `${name}.key`, '-out', `${name}.crt`],
    ...['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign,digitalSignature'],
  ]);
}

async function makeLeaf(folder: string, name: string, ca: string, subject: string, usage: string, names?: string): Promise<void> {
  await openssl(folder, [
    ...['req', '-x509', '-config', 'openssl.cnf', ...KEY, '-days', DAYS, '-subj', subject],
    ...['-CA', `${ca}.crt`, '-CAkey', `${ca}.key`, '-keyout', `${name}.key`, '-out', `${name}.crt`],
    ...['-addext', 'basicConstraints=CA:FALSE', '-addext', 'keyUsage=critical,digitalSignature'],
    ...['-addext', `extendedKeyUsage=${usage}`, ...(names === undefined ? [] : ['-addext', `subjectAltName=${names}`])],
  ]);
}

/** The API server signs service account tokens with RSA. */
async function makeServiceAccountKeys(folder: string): Promise<void> {
  await openssl(folder, ['genrsa', '-out', 'service-accounts.key', '2048']);
  await openssl(folder, ['rsa', '-in', 'service-accounts.key', '-pubout', '-out', 'service-accounts.pub']);
}

async function openssl(folder: string, args: readonly string[]): Promise<void> {
  try {
    await run('openssl', args, { cwd: folder, timeout: 60_000 });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`no certificate could be made in ${dirname(folder)} (OpenSSL 3 is needed): ${why}`, { cause: error });
  }
}
