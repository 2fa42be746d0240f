import { stringify } from 'yaml';
import { type AccessRule, EVERYTHING, type User } from './api/access.ts';
import { createFaults, type Faults } from './api/faults.ts';
import { createHandler, type Handler } from './api/handler.ts';
import { createRequestLog, type RequestLog } from './api/request-log.ts';
import { type ClusterModel, createModel, type ModelOptions } from './cluster-model.ts';
import type { PoolUse } from './fleet.ts';
import { type HttpServer, renderServer, startHttpServer } from './http-server.ts';
import type { Market } from './market/market.ts';
import type { Nodes } from './nodes.ts';
import { createRandom } from './random.ts';
import type { Store } from './store.ts';
import type { TriggerSources } from './triggers.ts';
import type { NodePoolOptions, WorkloadOptions, WorkloadReading } from './workloads.ts';

export type TwinOptions = ModelOptions & {
  /** Left out: the loopback interface on a free port. `false`: no HTTP at all. */
  readonly listen?: { readonly port: number } | false;
};

/** An embedded cluster: a Kubernetes API, KEDA, HPAs, GPU nodes and demand on one simulated clock. */
export type Twin = {
  /** `http://127.0.0.1:PORT`; empty without HTTP. */
  readonly url: string;
  /** The token of a user who may do everything. */
  readonly token: string;
  readonly now: () => number;
  readonly advanceTo: (atMs: number) => void;
  readonly advanceBy: (milliseconds: number) => void;
  /** A kubeconfig for kubectl and clients, as the administrator or with another token. */
  readonly kubeconfig: (token?: string) => string;
  /** A further user; what no rule grants is answered with 403. */
  readonly addUser: (user: { readonly name: string; readonly token: string; readonly rules: readonly AccessRule[] }) => void;
  readonly addWorkload: (options: WorkloadOptions) => void;
  readonly addNodePool: (options: NodePoolOptions) => void;
  readonly readWorkload: (name: string, namespace?: string) => WorkloadReading;
  /** Makes the source of a workload's trigger fail with this message; undefined mends it. */
  readonly failTrigger: (name: string, message: string | undefined) => void;
  readonly triggers: TriggerSources;
  readonly keda: ClusterModel['keda'];
  readonly nodes: Nodes;
  /** EC2: prices, capacity, interruptions. */
  readonly market: Market;
  readonly readUse: () => readonly PoolUse[];
  /** The objects themselves, for setting up and looking without HTTP. */
  readonly store: Store;
  /** The API server as a function, for callers in the same process. */
  readonly handle: Handler;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** Everything that exists as one JSON text; the same seed and script give the same text. */
  readonly dump: () => string;
  readonly stop: () => Promise<void>;
};

export async function startTwin(options: TwinOptions): Promise<Twin> {
  const faults = createFaults();
  const model = createModel(options, faults.clockSkewMs);
  const { clock, store, workloads } = model;
  const random = createRandom(`${options.seed}/api`);
  const token = `twin-${random.uuid()}`;
  const users = new Map<string, User>([[token, { name: 'kubernetes-admin', rules: EVERYTHING }]]);
  const requests = createRequestLog();
  const handle = createHandler({ clock, store, random, findUser: (given) => users.get(given) });
  const http: HttpServer | undefined =
    options.listen === false ? undefined : await startHttpServer({ clock, store, handle, faults, requests }, options.listen?.port ?? 0);
  const url = http?.url ?? '';

  return {
    url,
    token,
    now: clock.now,
    advanceTo: clock.advanceTo,
    advanceBy: (milliseconds) => clock.advanceTo(clock.now() + milliseconds),
    kubeconfig: (given = token) => renderKubeconfig(url, given),
    addUser: ({ name, token: given, rules }) => {
      users.set(given, { name, rules });
    },
    addWorkload: workloads.add,
    addNodePool: workloads.addNodePool,
    readWorkload: workloads.read,
    failTrigger: workloads.failTrigger,
    triggers: model.sources,
    keda: model.keda,
    nodes: model.nodes,
    market: model.market,
    readUse: model.nodes.readUse,
    store,
    handle,
    faults,
    requests,
    dump: model.dump,
    stop: () => http?.stop() ?? Promise.resolve(),
  };
}

/** `insecure-skip-tls-verify` is what @kubernetes/client-node wants before it speaks plain HTTP. */
function renderKubeconfig(server: string, token: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'twin',
    clusters: [{ name: 'twin', cluster: { server: renderServer(server, token), 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'twin', user: { token } }],
    contexts: [{ name: 'twin', context: { cluster: 'twin', user: 'twin', namespace: 'inference' } }],
  });
}
