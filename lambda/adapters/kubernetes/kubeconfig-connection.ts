import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { HttpMethod, RequestContext } from '@kubernetes/client-node/dist/gen/http/http.js';
import type { Dispatcher } from 'undici';
import { ClusterError } from '../../ports/cluster.ts';
import { type ClusterConnection, makeAgent, type OpenConnection, type TlsOptions } from './connection.ts';
import { type ChosenContext, type KubeconfigChoice, parseKubeconfig, readKubeconfig } from './kubeconfig-file.ts';
import { quoteText } from './messages.ts';

/**
 * Connects as kubectl would: certificates, tokens, exec plugins, proxies.
 * @throws {KubeconfigError} when the file or its context can't be used.
 */
export function connectByKubeconfig(choice: KubeconfigChoice = {}): ClusterConnection {
  return connectTo(readKubeconfig(choice));
}

/**
 * Likewise, from a kubeconfig's text; paths in it are relative to the working directory.
 * @throws {KubeconfigError}
 */
export function connectByKubeconfigText(text: string, context?: string): ClusterConnection {
  return connectTo(parseKubeconfig(text, context));
}

function connectTo(chosen: ChosenContext): ClusterConnection {
  let kubeConfig = kubeConfigOf(chosen);
  let shared: { readonly fingerprint: string; readonly dispatcher: Dispatcher } | undefined;

  async function openNow(): Promise<OpenConnection> {
    const options = await readCredentials(kubeConfig, chosen);
    const tls = readTls(options);
    const fingerprint = JSON.stringify(Object.values(tls).map(String));
    // A rotated client certificate needs new connections; the idle ones of the outdated agent close by themselves.
    if (shared?.fingerprint !== fingerprint) {
      const dispatcher = chosen.cluster.proxyUrl === undefined ? makeAgent(tls) : await makeProxied(kubeConfig, chosen.cluster.server);
      shared = { fingerprint, dispatcher };
    }
    return { server: chosen.cluster.server, headers: readHeaders(options), dispatcher: shared.dispatcher };
  }

  let opening: Promise<OpenConnection> | undefined;
  return {
    /** Requests that start together share one run of a credential plugin; client-node keeps its token until it expires. */
    open() {
      opening ??= openNow().finally(() => {
        opening = undefined;
      });
      return opening;
    },
    renew(why) {
      // client-node keeps a plugin's token until it expires, rejected or not.
      if (why === 'rejected') kubeConfig = kubeConfigOf(chosen);
    },
    async close() {
      await shared?.dispatcher.close();
      shared = undefined;
    },
  };
}

function kubeConfigOf({ cluster, user }: ChosenContext): KubeConfig {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser(cluster, user);
  return kubeConfig;
}

async function readCredentials(kubeConfig: KubeConfig, { cluster, user }: ChosenContext): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await kubeConfig.applyToHTTPSOptions(options);
  } catch (error) {
    // No cause: what a plugin printed may hold its token.
    const why =
      error instanceof SyntaxError
        ? 'its credential plugin did not print JSON'
        : quoteText(error instanceof Error ? error.message : String(error));
    throw new ClusterError('forbidden', `No credentials for user ${user.name} of the kubeconfig's cluster ${cluster.name}: ${why}`);
  }
  return options;
}

function readTls({ ca, cert, key, passphrase, servername, rejectUnauthorized }: RequestOptions): TlsOptions {
  const text = (value: unknown) => (typeof value === 'string' || Buffer.isBuffer(value) ? value : undefined);
  const entries = { ca: text(ca), cert: text(cert), key: text(key), passphrase, servername, rejectUnauthorized };
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}

function readHeaders({ headers = {}, auth }: RequestOptions): Record<string, string> {
  const given = Array.isArray(headers) ? [] : Object.entries(headers);
  const basic = auth ? { Authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
  return { ...basic, ...Object.fromEntries(given.map(([name, value]) => [name, String(value)])) };
}

/** client-node knows how to go through HTTP and SOCKS proxies; its dispatcher is taken once and kept. */
async function makeProxied(kubeConfig: KubeConfig, server: string): Promise<Dispatcher> {
  const probe = new RequestContext(server, HttpMethod.GET);
  await kubeConfig.applySecurityAuthentication(probe);
  return probe.getDispatcher() ?? makeAgent();
}
