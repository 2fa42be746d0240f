import { expect, it } from 'vitest';
import { prescaleTick } from '../../../lambda/app/prescale.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import type { Cluster } from '../../../lambda/ports/cluster.ts';
import { makeInProcessCluster } from '../../../sim/in-process-cluster.ts';
import { createMinuteCluster } from '../../../sim/minutes/minute-cluster.ts';
import { makeObject } from '../../../sim/minutes/minute-objects.ts';
import { makeSimulatedDependencies } from '../../../sim/prescale-dependencies.ts';
import { startTwin } from '../../../sim/twin.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START_MS = Date.UTC(2026, 5, 15, 6);
const MINUTES = 12 * 60;
const CAPACITY = 100;
const STARTUP_MS = 7.5 * MINUTE;
const REF = { cluster: 'main', kind: 'ScaledObject', namespace: 'inference', name: 'llm' } as const;

const { config } = parseConfig(
  `
clusters: [{ name: main, region: us-east-1 }]
workloads:
  - name: chat
    target: { kind: ScaledObject, namespace: inference, name: llm }
    bounds: { min: 2, max: 40 }
    leadTime: { default: 12m }
calendar:
  events:
    - { name: match, workloads: [chat], start: 2026-06-15T12:00, duration: 3h, floor: 20, ramp: { steps: 3, over: 20m }, release: { steps: 3, over: 30m } }
`,
  'foretide.yaml',
);

/** A morning that fills in steps far beyond the HPA's tolerance, an event, and an evening. */
function demandAt(minute: number): number {
  const hour = minute / 60;
  if (hour < 1.5) return 350;
  if (hour < 3) return 950;
  if (hour < 6) return 550;
  if (hour < 8) return 1_750;
  return hour < 10 ? 2_650 : 450;
}

async function replay(cluster: Cluster, step: (minute: number) => { ready: number; replicas: number }) {
  const dependencies = makeSimulatedDependencies(cluster);
  const rows = [];
  for (let minute = 0; minute < MINUTES; minute += 1) {
    await prescaleTick(dependencies, { config, clusterName: 'main', holder: 'test', nowMs: START_MS + minute * MINUTE });
    const min = (await cluster.readTarget(REF))?.bounds.min;
    rows.push({ min, ...step(minute) });
  }
  return rows;
}

it('has the replicas that the twin has, a minute sooner or later at most, under the same bounds', async () => {
  const twin = await startTwin({ seed: 'agreement', startMs: START_MS - HOUR, listen: false });
  twin.addWorkload({
    namespace: 'inference',
    name: 'llm',
    minReplicas: 2,
    maxReplicas: 40,
    gpusPerReplica: 1,
    capacityPerReplicaPerMinute: CAPACITY,
    startupMedianMs: STARTUP_MS,
    startupSigma: 0,
    // As a rate over the last minute, which is what is known of a minute that isn't over.
    demand: (atMs) => demandAt(Math.floor((atMs - START_MS) / MINUTE) - 1),
  });
  twin.advanceTo(START_MS);
  const byEvents = await replay(makeInProcessCluster(twin, 'main'), (minute) => {
    // What the minute had once KEDA took its bounds over.
    twin.advanceTo(START_MS + minute * MINUTE + 20_000);
    const { ready, replicas } = twin.readWorkload('llm', 'inference');
    twin.advanceTo(START_MS + (minute + 1) * MINUTE);
    return { ready, replicas };
  });
  await twin.stop();

  const minutes = createMinuteCluster('main', START_MS, 'agreement');
  const values = Float64Array.from({ length: MINUTES + 60 }, (_, index) => demandAt(index - 60));
  minutes.add({
    name: 'chat',
    object: makeObject(REF, { min: 2, max: 40 }),
    capacity: CAPACITY,
    demand: { startMs: START_MS - HOUR, values },
    startupMedianMs: STARTUP_MS,
    startupSigma: 0,
  });
  const byMinutes = await replay(minutes, (minute) => {
    const { ready = 0, starting = 0 } = minutes.step(START_MS + minute * MINUTE).get('chat') ?? {};
    return { ready, replicas: ready + starting };
  });

  const differing = (column: 'min' | 'ready' | 'replicas') =>
    byMinutes.flatMap((row, minute) => {
      const around = byEvents.slice(Math.max(0, minute - 1), minute + 2).map((other) => other[column]);
      return around.includes(row[column]) ? [] : [{ minute, minutes: row[column], twin: byEvents[minute]?.[column] }];
    });
  expect(differing('min')).toEqual([]);
  expect(differing('replicas')).toEqual([]);
  expect(differing('ready')).toEqual([]);
});
