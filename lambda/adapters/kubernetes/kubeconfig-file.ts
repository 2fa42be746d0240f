import { statSync } from 'node:fs';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { Cluster, Context, User } from '@kubernetes/client-node/dist/config_types.js';
import { listSome } from '../../core/units/list-some.ts';
import { quoteText } from './messages.ts';

/** A kubeconfig that can't be used as asked for: the user's to correct. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError';
}

export type KubeconfigChoice = {
  /** Without it: the files of KUBECONFIG, then ~/.kube/config, then the pod's service account. */
  readonly path?: string;
  /** Without it: the file's current-context. */
  readonly context?: string;
};

/** One cluster and one user, chosen from a kubeconfig by the name of a context. */
export type ChosenContext = { readonly context: string; readonly cluster: Cluster; readonly user: User };

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_NAMED = 20;

/** @throws {KubeconfigError} */
export function readKubeconfig({ path, context }: KubeconfigChoice): ChosenContext {
  if (path === undefined) return chooseContext(loadDefault(), context, process.env.KUBECONFIG || 'the default kubeconfig');
  const kubeConfig = load(path, (loaded) => {
    const { size } = statSync(path);
    if (size > MAX_BYTES) throw new KubeconfigError(`${path} has ${size} bytes; a kubeconfig has at most ${MAX_BYTES}`);
    loaded.loadFromFile(path);
  });
  return chooseContext(kubeConfig, context, path);
}

/** @throws {KubeconfigError} */
export function parseKubeconfig(text: string, context: string | undefined): ChosenContext {
  const where = 'the given kubeconfig';
  return chooseContext(
    load(where, (loaded) => loaded.loadFromString(text)),
    context,
    where,
  );
}

function loadDefault(): KubeConfig {
  const kubeConfig = load(process.env.KUBECONFIG || 'the default kubeconfig', (loaded) => loaded.loadFromDefault());
  // What client-node falls back to when it finds nothing: http://localhost:8080.
  if (kubeConfig.getCurrentContext() === 'loaded-context') {
    throw new KubeconfigError('There is no kubeconfig: KUBECONFIG is not set and ~/.kube/config does not exist. Name one with its path');
  }
  return kubeConfig;
}

function load(where: string, read: (kubeConfig: KubeConfig) => void): KubeConfig {
  const kubeConfig = new KubeConfig();
  try {
    read(kubeConfig);
  } catch (error) {
    if (error instanceof KubeconfigError || !(error instanceof Error)) throw error;
    if ('code' in error && error.code === 'ENOENT') throw new KubeconfigError(`${where}: there is no such kubeconfig`);
    throw new KubeconfigError(`${where} is no usable kubeconfig: ${quoteText(firstLine(error.message))}`);
  }
  return kubeConfig;
}

function chooseContext(kubeConfig: KubeConfig, context: string | undefined, where: string): ChosenContext {
  const chosen = findContext(kubeConfig, context ?? kubeConfig.getCurrentContext(), where);
  const cluster = kubeConfig.getCluster(chosen.cluster);
  if (cluster === null)
    throw new KubeconfigError(`${where}: context ${chosen.name} names cluster ${chosen.cluster}, which is not in the file`);
  // Without a user client-node leaves out the CA as well.
  const user = chosen.user ? kubeConfig.getUser(chosen.user) : { name: 'anonymous' };
  if (user === null) throw new KubeconfigError(`${where}: context ${chosen.name} names user ${chosen.user}, which is not in the file`);
  return { context: chosen.name, cluster: allowLoopback(cluster, where), user };
}

function findContext(kubeConfig: KubeConfig, name: string | undefined, where: string): Context {
  const names = kubeConfig.getContexts().map((each) => each.name);
  const choose = names.length === 0 ? 'it has no contexts' : `it has ${listSome(names, MAX_NAMED)}`;
  if (!name) throw new KubeconfigError(`${where} has no current-context, so a context must be named: ${choose}`);
  const context = kubeConfig.getContextObject(name);
  if (context === null) throw new KubeconfigError(`${where} has no context ${quoteText(name)}: ${choose}`);
  return context;
}

/** Plain HTTP would show the credentials to the network; on the machine itself (the twin, kubectl proxy) it may. */
function allowLoopback(cluster: Cluster, where: string): Cluster {
  const url = URL.parse(cluster.server);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new KubeconfigError(`${where}: cluster ${cluster.name} has the server ${quoteText(cluster.server)}, which is no http(s) URL`);
  }
  if (url.protocol === 'https:' || cluster.skipTLSVerify) return cluster;
  if (!/^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)) {
    throw new KubeconfigError(
      `${where}: cluster ${cluster.name} has the plain-http server ${quoteText(cluster.server)}; use https, or say insecure-skip-tls-verify: true`,
    );
  }
  return { ...cluster, skipTLSVerify: true };
}

/** YAML errors quote the lines around the fault, which may hold a token. */
function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? '';
}
