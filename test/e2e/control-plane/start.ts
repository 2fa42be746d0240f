import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { type Api, type KubeObject, openApi, pathOf } from './api.ts';
import type { BuiltControlPlane, Say } from './build.ts';
import { makeCertificates } from './certificates.ts';
import { listInstanceTypes } from './instance-types.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { readDocumentedRights, readFolder, readManifest } from './manifests.ts';
import { reservePorts } from './ports.ts';
import { type Processes, type Program, startProcesses } from './processes.ts';
import * as programs from './programs.ts';
import { renderStages } from './stages.ts';
import { until } from './until.ts';

/** Generous, for a machine that does other things too: whoever doesn't come says so long before by ending. */
const READY_LIMIT_MS = 120_000;
const PROBE_TIMEOUT_MS = 2_000;

export type ControlPlane = {
  readonly server: string;
  /** Goes with everything in it when the control plane stops. */
  readonly folder: string;
  /** Files: of a cluster's administrator, and of Foretide's user with the documented rights. */
  readonly kubeconfigs: { readonly admin: string; readonly foretide: string };
  /** Hears of a program that ended by itself. */
  readonly onEnd: Processes['onEnd'];
  /** Kills a program, or starts it again and waits until it is ready: for tests of what happens meanwhile. */
  readonly kill: (program: Breakable) => Promise<void>;
  readonly restart: (program: Breakable) => Promise<void>;
  /** @throws {Error} when one of its programs ended by itself meanwhile */
  readonly stop: () => Promise<void>;
};

/** Programs that tests may kill and start again. */
export const BREAKABLE = ['kube-apiserver', 'keda-operator'] as const;
export type Breakable = (typeof BREAKABLE)[number];
export type ControlPlaneOptions = {
  /** 1 unless said otherwise: what tests wait for is not the 15 s of Kubernetes. */
  readonly hpaSyncSeconds?: number;
  /** 20, as KEDA has it, unless said otherwise: too few for a thousand objects at once. */
  readonly kedaRequestsPerSecond?: number;
};

/** Everything up and ready: the API server with RBAC, KEDA with its webhook, kwok and Karpenter with two GPU node pools. */
export async function startControlPlane(
  built: BuiltControlPlane,
  say: Say,
  { hpaSyncSeconds = 1, kedaRequestsPerSecond = 20 }: ControlPlaneOptions = {},
): Promise<ControlPlane> {
  const startMs = performance.now();
  const reserved = await reservePorts(programs.PORT_NAMES.length);
  const processes = await startProcesses();
  try {
    const certificates = join(processes.folder, 'certificates');
    const ports = Object.fromEntries(programs.PORT_NAMES.map((name, index) => [name, reserved.ports[index]])) as programs.Ports;
    const layout: programs.Layout = {
      bin: built.bin,
      lwsBin: built.lws.bin,
      folder: processes.folder,
      certificates,
      ports,
      hpaSyncSeconds,
      kedaRequestsPerSecond,
    };
    const { server, kubeconfigs, api } = await prepare(layout, built);
    try {
      await startKubernetes(processes, layout);
      await installKinds(api, built, layout);
      await startOperators(processes, layout, api);
    } finally {
      await api.close();
    }
    say(`the test control plane runs at ${server}, after ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
    const stop = () => processes.stop().finally(reserved.release);
    const restart = (name: Breakable) => startAgain[name](processes, layout);
    return { server, folder: processes.folder, kubeconfigs, onEnd: processes.onEnd, kill: processes.kill, restart, stop };
  } catch (error) {
    // The first failure is the one to tell: that a program had ended is in it.
    await processes.stop().catch(() => undefined);
    reserved.release();
    throw error;
  }
}

type Prepared = { readonly server: string; readonly kubeconfigs: ControlPlane['kubeconfigs']; readonly api: Api };

async function prepare(layout: programs.Layout, built: BuiltControlPlane): Promise<Prepared> {
  const { folder, certificates, ports } = layout;
  const made = await makeCertificates(certificates);
  const server = `https://127.0.0.1:${ports.apiServer}`;
  const kubeconfig = (user: string) => writeKubeconfig(made, user, server);
  await Promise.all(['kube-controller-manager', 'kube-scheduler'].map(kubeconfig));
  const kubeconfigs = { admin: await kubeconfig('admin'), foretide: await kubeconfig('foretide') };
  await writeFile(join(folder, 'instance-types.json'), JSON.stringify(listInstanceTypes()));
  await writeFile(join(folder, 'stages.yaml'), await renderStages(built.stages));
  await writeFile(programs.lwsConfigPath(folder), JSON.stringify(programs.lwsConfig(layout)));
  const text = (file: string) => readFile(join(certificates, file), 'utf8');
  const api = openApi({ server, ca: await text('ca.crt'), cert: await text('admin.crt'), key: await text('admin.key') });
  return { server, kubeconfigs, api };
}

async function startKubernetes(processes: Processes, layout: programs.Layout): Promise<void> {
  const { ports } = layout;
  await bringUp(processes, programs.etcd(layout), () => answers(`http://127.0.0.1:${ports.etcd}/health`));
  await startApiServer(processes, layout);
  await Promise.all([
    bringUp(processes, programs.controllerManager(layout), () => answers(`https://127.0.0.1:${ports.controllerManager}/healthz`)),
    bringUp(processes, programs.scheduler(layout), () => answers(`https://127.0.0.1:${ports.scheduler}/healthz`)),
  ]);
}

const Conditions = z.object({ status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })) }) });

async function installKinds(api: Api, built: BuiltControlPlane, { ports, certificates }: programs.Layout): Promise<void> {
  await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'keda' } });
  const kinds = [...(await readFolder(built.crds)), ...(await readFolder(built.lws.crds))];
  await Promise.all(kinds.map((kind) => api.apply(kind)));
  await Promise.all(kinds.map((kind) => untilCondition(api, kind, 'Established')));
  await applyAll(api, await readDocumentedRights());
  await applyAll(api, await readManifest('external-metrics.yaml', { ADAPTER_PORT: String(ports.adapter) }));
  const authority = (await readFile(join(certificates, 'ca.crt'))).toString('base64');
  await applyAll(api, await readManifest('webhook.yaml', { WEBHOOK_PORT: String(ports.webhook), CA_BUNDLE: authority }));
  await applyAll(api, await readManifest('lws-webhooks.yaml', { WEBHOOK_PORT: String(ports.lwsWebhook), CA_BUNDLE: authority }));
  await applyAll(api, await readManifest('node-pools.yaml'));
}

async function startOperators(processes: Processes, layout: programs.Layout, api: Api): Promise<void> {
  const { ports } = layout;
  await Promise.all([
    bringUp(processes, programs.kwok(layout), () => answers(`http://127.0.0.1:${ports.kwok}/healthz`)),
    bringUp(processes, programs.karpenter(layout), () => answers(`http://127.0.0.1:${ports.karpenter}/readyz`)),
    startKedaOperator(processes, layout),
    bringUp(processes, programs.leaderWorkerSets(layout), () => answers(`http://127.0.0.1:${ports.lws}/readyz`)),
    bringUp(processes, programs.kedaWebhooks(layout), () => answers(`http://127.0.0.1:${ports.webhookHealth}/readyz`)),
    bringUp(processes, programs.kedaAdapter(layout), () => isServing(api, '/apis/external.metrics.k8s.io/v1beta1')),
  ]);
  const pools = (await readManifest('node-pools.yaml')).filter(({ kind }) => kind === 'NodePool');
  await Promise.all(pools.map((pool) => untilCondition(api, pool, 'Ready')));
}

async function startApiServer(processes: Processes, layout: programs.Layout): Promise<void> {
  // Whoever may not be known yet may look whether it is ready.
  await bringUp(processes, programs.apiServer(layout), () => answers(`https://127.0.0.1:${layout.ports.apiServer}/readyz`));
}

async function startKedaOperator(processes: Processes, layout: programs.Layout): Promise<void> {
  await bringUp(processes, programs.kedaOperator(layout), () => answers(`http://127.0.0.1:${layout.ports.operator}/readyz`));
}

const startAgain = { 'kube-apiserver': startApiServer, 'keda-operator': startKedaOperator } as const;

async function bringUp(processes: Processes, program: Program, isReady: () => Promise<boolean>): Promise<void> {
  processes.start(program);
  await processes.waitFor(program.name, isReady, READY_LIMIT_MS);
}

async function applyAll(api: Api, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects) await api.apply(object);
}

async function untilCondition(api: Api, object: KubeObject, type: string): Promise<void> {
  const check = async () => {
    const read = Conditions.safeParse((await api.send('GET', pathOf(object))).body);
    return read.success && read.data.status.conditions.some((condition) => condition.type === type && condition.status === 'True')
      ? true
      : undefined;
  };
  const explain = async () => JSON.stringify((await api.send('GET', pathOf(object))).body);
  await until(`${object.kind} ${object.metadata.name} is ${type}`, check, { deadlineMs: READY_LIMIT_MS, explain });
}

async function isServing(api: Api, path: string): Promise<boolean> {
  return unlessUnreachable(async () => (await api.send('GET', path)).status === 200);
}

/** Health endpoints prove nothing by their certificates, which some make for themselves. */
const probing = new Agent({ connect: { rejectUnauthorized: false }, pipelining: 0 });

async function answers(url: string): Promise<boolean> {
  return unlessUnreachable(async () => {
    const { statusCode, body } = await request(url, {
      dispatcher: probing,
      headersTimeout: PROBE_TIMEOUT_MS,
      bodyTimeout: PROBE_TIMEOUT_MS,
    });
    await body.dump();
    return statusCode === 200;
  });
}

/** What isn't there yet refuses connections, or drops them. */
async function unlessUnreachable(probe: () => Promise<boolean>): Promise<boolean> {
  try {
    return await probe();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (typeof code === 'string' && /^(ECONN|EPIPE|UND_ERR_)/.test(code)) return false;
    throw error;
  }
}
