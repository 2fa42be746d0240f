/** Production ticks on a cluster, measured in a process of their own: node measure-ticks.ts KUBECONFIG WORKLOADS CHANGES PAIRS. Prints JSON. */
import type { Dispatcher } from 'undici';
import { stringify } from 'yaml';
import type { ClusterConnection } from '../../../lambda/adapters/kubernetes/connection.ts';
import { connectByKubeconfig } from '../../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { makeKubernetesCluster } from '../../../lambda/adapters/kubernetes/kubernetes-cluster.ts';
import { prescaleTick, type TickReport } from '../../../lambda/app/prescale.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import { MINUTE_MS } from '../../../lambda/core/units/quantities.ts';
import { makeSimulatedDependencies } from '../../../sim/prescale-dependencies.ts';
import { nameOf, namespaceOf } from './fleets.ts';
import type { MeasuredTick, TickKind } from './render.ts';

const [kubeconfig = '', workloads = '', changes = '', pairs = ''] = process.argv.slice(2);
const START_MS = Date.parse('2026-11-27T12:00:00Z');
const HOUR_MS = 60 * MINUTE_MS;

const indices = Array.from({ length: Number(workloads) }, (_, index) => index);
const { config } = parseConfig(
  stringify({
    clusters: [{ name: 'real', region: 'us-east-1' }],
    workloads: indices.map((index) => ({
      name: nameOf(index),
      target: { kind: 'ScaledObject', namespace: namespaceOf(index), name: nameOf(index) },
      leadTime: { default: '0m' },
    })),
    calendar: {
      events: [
        {
          name: 'launch',
          workloads: indices.slice(0, Math.max(1, Number(changes))).map(nameOf),
          start: '2026-11-27T12:30Z',
          duration: '10m',
          recurrence: 'FREQ=HOURLY',
          floor: 3,
          release: { maxHold: '0m' },
        },
      ],
    },
  }),
  'bench.yaml',
);

let requests = 0;
let receivedBytes = 0;
/** Counts what goes over the wire, compressed as it is there. */
const counting: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
  requests += 1;
  return dispatch(options, {
    ...passOn(handler),
    onResponseData(controller, chunk) {
      receivedBytes += chunk.byteLength;
      handler.onResponseData?.(controller, chunk);
    },
  });
};

function passOn(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (...given) => handler.onRequestStart?.(...given),
    onRequestUpgrade: (...given) => handler.onRequestUpgrade?.(...given),
    onResponseStart: (...given) => handler.onResponseStart?.(...given),
    onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
    onResponseError: (...given) => handler.onResponseError?.(...given),
  };
}

const plain = connectByKubeconfig({ path: kubeconfig });
const composed = new WeakMap<Dispatcher, Dispatcher>();
const connection: ClusterConnection = {
  ...plain,
  async open() {
    const opened = await plain.open();
    const dispatcher = composed.get(opened.dispatcher) ?? opened.dispatcher.compose(counting);
    composed.set(opened.dispatcher, dispatcher);
    return { ...opened, dispatcher };
  },
};
const dependencies = makeSimulatedDependencies(makeKubernetesCluster({ name: 'real', connection }));

async function measure(kind: TickKind, nowMs: number, expected: number): Promise<MeasuredTick> {
  requests = 0;
  receivedBytes = 0;
  const startMs = performance.now();
  const report: TickReport = await prescaleTick(dependencies, { config, clusterName: 'real', holder: `bench-${nowMs}`, nowMs });
  const tookMs = performance.now() - startMs;
  const changed = report.outcomes.filter(({ kind: decided, applied }) => decided === 'set' && applied === 'done').length;
  if (changed !== expected) throw new Error(`a tick that should change ${expected} objects changed ${changed}`);
  return { kind, tookMs, requests, receivedBytes };
}

const idleRssMb = process.memoryUsage().rss / 1_000_000;
const ticks: MeasuredTick[] = [];
// The first tick opens connections and warms the code up.
await measure('rest', START_MS, 0);
for (let pair = 0; pair < Number(pairs); pair += 1) {
  const hourMs = START_MS + pair * HOUR_MS;
  if (Number(changes) === 0) {
    ticks.push(await measure('rest', hourMs + MINUTE_MS, 0));
    continue;
  }
  ticks.push(await measure('raise', hourMs + 30 * MINUTE_MS, Number(changes)));
  ticks.push(await measure('hold', hourMs + 35 * MINUTE_MS, 0));
  ticks.push(await measure('release', hourMs + 40 * MINUTE_MS, Number(changes)));
}
await connection.close();
// Kilobytes on Linux, as getrusage gives them.
console.log(JSON.stringify({ ticks, idleRssMb, peakRssMb: process.resourceUsage().maxRSS / 1_000 }));
