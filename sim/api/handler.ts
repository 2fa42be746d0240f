import type { SimClock } from '../clock.ts';
import type { KubeObject } from '../objects.ts';
import type { Random } from '../random.ts';
import type { Resource } from '../resources.ts';
import type { Store } from '../store.ts';
import { forbidden, isAllowed, type User, unauthorized } from './access.ts';
import { discover } from './discovery.ts';
import { parsePath, type Target } from './path.ts';
import { createReader, type Reader } from './read.ts';
import { type Predicate, parseFieldSelector, parseLabelSelector } from './selectors.ts';
import { ApiError, badRequest, failure, notFound } from './status.ts';
import { renderScale } from './stored-object.ts';
import { createWriter, type Writer } from './write.ts';
import type { WriteOptions, Written } from './write-rules.ts';

export type ApiRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
};

export type ApiResponse =
  | {
      readonly kind: 'body';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      readonly user: string;
    }
  | {
      readonly kind: 'watch';
      readonly resource: Resource;
      readonly matches: Predicate;
      readonly sinceRevision: number | undefined;
      readonly asTable: boolean;
      /** Everything there is first, and then a bookmark that says so. */
      readonly initialEvents: boolean;
      readonly user: string;
    };

export type Handler = (request: ApiRequest) => ApiResponse;

const JSON_TYPE = { 'content-type': 'application/json' };
const TEXT_TYPE = { 'content-type': 'text/plain; charset=utf-8' };

/** The API server as a function from request to answer, without a socket. `findUser` knows the bearer tokens. */
export function createHandler(parts: {
  readonly clock: SimClock;
  readonly store: Store;
  readonly random: Random;
  readonly findUser: (token: string) => User | undefined;
}): Handler {
  const reader = createReader(parts.clock, parts.store);
  const writer = createWriter(parts.store, parts.random);

  return (request) => {
    let userName = '';
    try {
      if (['/healthz', '/livez', '/readyz'].includes(request.path))
        return { kind: 'body', status: 200, headers: TEXT_TYPE, body: 'ok', user: userName };
      const user = authenticate(request, parts.findUser);
      userName = user.name;
      const found = request.method === 'GET' ? discover(request.path) : undefined;
      if (found !== undefined) return { kind: 'body', status: 200, headers: JSON_TYPE, body: JSON.stringify(found), user: userName };
      const target = parsePath(request.path);
      if (target === undefined) return { kind: 'body', status: 404, headers: TEXT_TYPE, body: '404 page not found\n', user: userName };
      const verb = verbOf(request, target);
      if (verb === undefined) throw failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
      if (!isAllowed(user, verb, target)) throw forbidden(user, verb, target);
      return answer(request, target, verb, user);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { kind: 'body', status: error.body.code, headers: JSON_TYPE, body: JSON.stringify(error.body), user: userName };
    }
  };

  function answer(request: ApiRequest, target: Target, verb: string, by: User): ApiResponse {
    const { name: user } = by;
    if (verb === 'watch') return watch(request, target, user);
    const text = readText(reader, request, target, verb);
    if (text !== undefined) return { kind: 'body', status: 200, headers: JSON_TYPE, body: text, user };
    const { status, body, warnings } = write(
      writer,
      request,
      target,
      verb,
      isAllowed(by, 'create', target) ? undefined : forbidden(by, 'create', target),
    );
    const headers = warnings.length === 0 ? JSON_TYPE : { ...JSON_TYPE, warning: warnings.slice(0, 20).map(renderWarning).join(', ') };
    return { kind: 'body', status, headers, body: JSON.stringify(body), user };
  }

  function readText(from: Reader, request: ApiRequest, target: Target, verb: string): string | undefined {
    const asTable = wantsTable(request);
    if (verb === 'list') return from.list(target, request.query, asTable);
    if (verb !== 'get' || target.name === undefined) return undefined;
    if (target.subresource !== 'scale') return from.get(target, target.name, asTable);
    const object = parts.store.get(target.resource, target.namespace, target.name);
    if (object === undefined) throw notFound(target.resource, target.name);
    return JSON.stringify(renderScale(object));
  }
}

function write(writer: Writer, request: ApiRequest, target: Target, verb: string, cannotCreate: Error | undefined): Written {
  const options = { ...readOptions(request), cannotCreate };
  const { name = '' } = target;
  switch (verb) {
    case 'create':
      return writer.create(target, request.body, options);
    case 'update':
      return writer.replace(target, name, request.body, options);
    case 'patch':
      return writer.patch(target, name, request.headers['content-type'] ?? '', request.body, options);
    default:
      return writer.remove(target, name, request.body, options);
  }
}

function watch(request: ApiRequest, { resource, namespace, name }: Target, user: string): ApiResponse {
  const labels = request.query.get('labelSelector') ?? '';
  const fields = request.query.get('fieldSelector') ?? '';
  const predicates: Predicate[] = [
    ({ metadata }: KubeObject) =>
      (namespace === undefined || metadata.namespace === namespace) && (name === undefined || metadata.name === name),
  ];
  if (labels !== '') predicates.push(parseLabelSelector(labels));
  if (fields !== '') predicates.push(parseFieldSelector(fields));
  const since = request.query.get('resourceVersion') ?? '';
  if (!/^[0-9]{0,15}$/.test(since)) throw badRequest(`Invalid value: ${JSON.stringify(since)}: strconv.ParseUint: invalid syntax`);
  return {
    kind: 'watch',
    resource,
    matches: (object) => predicates.every((matches) => matches(object)),
    sinceRevision: since === '' || since === '0' ? undefined : Number(since),
    asTable: wantsTable(request),
    initialEvents: request.query.get('sendInitialEvents') === 'true',
    user,
  };
}

function authenticate({ headers }: ApiRequest, findUser: (token: string) => User | undefined): User {
  const [, token] = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const user = token === undefined ? undefined : findUser(token);
  if (user === undefined) throw unauthorized();
  return user;
}

function verbOf({ method, query }: ApiRequest, { name, namespace, resource }: Target): string | undefined {
  const one = name !== undefined;
  const watching = ['true', '1'].includes(query.get('watch') ?? '');
  switch (method) {
    case 'GET':
      return watching ? 'watch' : one ? 'get' : 'list';
    case 'POST':
      return one || (resource.namespaced && namespace === undefined) ? undefined : 'create';
    case 'PUT':
      return one ? 'update' : undefined;
    case 'PATCH':
      return one ? 'patch' : undefined;
    case 'DELETE':
      return one ? 'delete' : undefined;
    default:
      return undefined;
  }
}

function readOptions({ query, headers }: ApiRequest): Omit<WriteOptions, 'cannotCreate'> {
  const dryRun = query.get('dryRun') ?? '';
  if (dryRun !== '' && dryRun !== 'All') throw badRequest(`dryRun: Unsupported value: ${JSON.stringify(dryRun)}: supported values: "All"`);
  const validation = query.get('fieldValidation') ?? '';
  if (!['', 'Ignore', 'Warn', 'Strict'].includes(validation)) {
    throw badRequest(`fieldValidation: Unsupported value: ${JSON.stringify(validation)}: supported values: "", "Ignore", "Warn", "Strict"`);
  }
  // Without a name of its own a client is known by the first word of its User-Agent.
  const [agent = ''] = (headers['user-agent'] ?? '').split('/');
  const manager = query.get('fieldManager') ?? '';
  return {
    dryRun: dryRun === 'All',
    strict: validation === 'Strict',
    ignoreUnknown: validation === 'Ignore',
    force: ['true', '1'].includes(query.get('force') ?? ''),
    namedManager: manager !== '',
    fieldManager: (manager === '' ? agent : manager).slice(0, 128) || 'unknown',
  };
}

function wantsTable({ headers }: ApiRequest): boolean {
  return (headers.accept ?? '').includes('as=Table');
}

function renderWarning(text: string): string {
  return `299 - ${JSON.stringify(text)}`;
}
