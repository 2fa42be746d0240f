import { createInterface } from 'node:readline';
import { Agent, request } from 'undici';
import { z } from 'zod';

/** Who asks, and of which API server. */
export type ApiAccess = { readonly server: string; readonly ca: string; readonly cert: string; readonly key: string };

export type KubeObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
};

export type Answer = { readonly status: number; readonly body: unknown };

/** The API server without a client library: the one under test is production's. */
export type Api = {
  readonly send: (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown, type?: string) => Promise<Answer>;
  /** @throws {Error} unless it is there and of this shape */
  readonly read: <T>(path: string, shape: z.ZodType<T>) => Promise<T>;
  /** Every change of a collection after `resourceVersion`, until the signal. @throws {Error} when the server ends it */
  readonly watch: (collection: string, resourceVersion: string, signal: AbortSignal, hear: (change: Change) => void) => Promise<void>;
  /** Server-side apply. @throws {Error} when it is refused */
  readonly apply: (object: KubeObject) => Promise<void>;
  readonly close: () => Promise<void>;
};

export type Change = { readonly type: string; readonly object: unknown };
const Change = z.object({ type: z.string(), object: z.unknown() });

const TIMEOUT_MS = 30_000;

export function openApi({ server, ca, cert, key }: ApiAccess): Api {
  const dispatcher = new Agent({ connect: { ca, cert, key }, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });

  async function send(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    type = 'application/json',
  ): Promise<Answer> {
    const { statusCode, body: answer } = await request(`${server}${path}`, {
      method,
      dispatcher,
      headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': type }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: statusCode, body: text.startsWith('{') ? JSON.parse(text) : text };
  }

  return {
    send,
    async read(path, shape) {
      const { status, body } = await send('GET', path);
      if (status !== 200) throw new Error(`GET ${path}: HTTP ${status} ${explain(body)}`);
      return shape.parse(body);
    },
    async watch(collection, resourceVersion, signal, hear) {
      try {
        // No time-out on the body: nothing may happen for long.
        const url = `${server}${collection}?watch=true&resourceVersion=${resourceVersion}`;
        const { statusCode, body } = await request(url, { method: 'GET', dispatcher, signal, bodyTimeout: 0 });
        if (statusCode !== 200) throw new Error(`watching ${collection}: HTTP ${statusCode} ${await body.text()}`);
        for await (const line of createInterface(body)) hear(Change.parse(JSON.parse(line)));
        throw new Error(`watching ${collection}: the server ended it`);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
    async apply(object) {
      const path = `${pathOf(object)}?fieldManager=test-control-plane&force=true`;
      const { status, body } = await send('PATCH', path, object, 'application/apply-patch+yaml');
      if (status >= 300) throw new Error(`applying ${object.kind} ${object.metadata.name}: HTTP ${status} ${explain(body)}`);
    },
    close: () => dispatcher.close(),
  };
}

export function collectionOf({ apiVersion, kind, metadata }: KubeObject): string {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const namespace = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  return `${group}${namespace}/${kind.toLowerCase()}${kind.endsWith('s') ? 'es' : 's'}`;
}

export function pathOf(object: KubeObject): string {
  return `${collectionOf(object)}/${object.metadata.name}`;
}

const Status = z.object({ message: z.string() });

export function explain(body: unknown): string {
  const status = Status.safeParse(body);
  return status.success ? status.data.message : String(body);
}
