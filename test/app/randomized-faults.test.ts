import { describe, expect, it } from 'vitest';
import { LEASE_TTL_MS, leaseName } from '../../lambda/app/lease.ts';
import { type PrescaleDependencies, prescaleTick, TickFailedError } from '../../lambda/app/prescale.ts';
import { parseConfig } from '../../lambda/core/config/parse.ts';
import { ClusterError } from '../../lambda/ports/cluster.ts';
import { FencedError } from '../../lambda/ports/state-store.ts';
import { makeInProcessCluster } from '../../sim/in-process-cluster.ts';
import { makeSimulatedDependencies } from '../../sim/prescale-dependencies.ts';
import { createRandom } from '../../sim/random.ts';
import { SCALED_OBJECTS } from '../../sim/resources.ts';
import { startTwin } from '../../sim/twin.ts';
import { guardPorts } from '../fakes/guard-ports.ts';

const MINUTE = 60_000;
const START_MS = Date.UTC(2026, 5, 15, 10);
const TICKS = 200;
/** Minutes of an undisturbed tick, at which both runs must look the same: in the window, in the release, and when all is given back. */
const CHECKPOINTS = [60, 130, 199];
const NAMES = ['alpha', 'beta', 'gamma', 'delta', 'idle'];

const { config } = parseConfig(
  `
clusters: [{ name: main, region: us-east-1 }]
workloads:
${NAMES.map((name) => `  - { name: ${name}, target: { kind: ScaledObject, namespace: inference, name: ${name} }, leadTime: { default: 10m } }`).join('\n')}
calendar:
  events:
    - { name: match, workloads: [alpha, beta, gamma, idle], start: 2026-06-15T10:30, duration: 90m, floor: 12, ramp: { steps: 3, over: 15m }, release: { steps: 4, over: 20m } }
    - { name: sale, workloads: [beta, delta], start: 2026-06-15T10:50, duration: 40m, floor: { add: 3 }, max: 9 }
    - { name: late, workloads: [gamma], start: 2026-06-15T11:50, duration: 30m, floor: 6 }
`,
  'foretide.yaml',
);

type Disturbance = 'none' | 'requests' | 'kill' | 'conflict' | 'lost lease' | 'missed' | 'twice';
const DISTURBANCES: readonly Disturbance[] = ['none', 'requests', 'requests', 'kill', 'conflict', 'lost lease', 'missed', 'twice'];

/** What a killed process leaves undone; no Error, so that nothing in between takes it for a failure to go on from. */
const KILLED = Symbol('killed');

async function replay(seed: string, disturbed: boolean) {
  const twin = await startTwin({ seed: 'randomized', startMs: START_MS - 10 * MINUTE, listen: false });
  for (const name of NAMES) {
    twin.addWorkload({
      namespace: 'inference',
      name,
      minReplicas: name === 'idle' ? 0 : 2,
      maxReplicas: 20,
      gpusPerReplica: 1,
      capacityPerReplicaPerMinute: 100,
      startupMedianMs: 3 * MINUTE,
      ...(name !== 'idle' && { demand: () => 150 }),
    });
  }
  twin.advanceTo(START_MS);
  const random = createRandom(seed);
  const plain = makeSimulatedDependencies(makeInProcessCluster(twin, 'main'));

  const guarded = (before: (call: number, method: string) => Promise<void>) => guardPorts(plain, before);

  async function steal(nowMs: number): Promise<void> {
    const stolen = await plain.leases.acquireLease(leaseName('main'), 'thief', 1_000, nowMs + LEASE_TTL_MS + 1);
    if (stolen !== undefined) await plain.leases.releaseLease(stolen);
  }

  function touch(): void {
    for (const object of twin.store.list(SCALED_OBJECTS)) {
      const annotations = { ...object.metadata.annotations, 'somebody/touched': String(twin.store.revision()) };
      twin.store.update(SCALED_OBJECTS, { ...object, metadata: { ...object.metadata, annotations } });
    }
  }

  async function tick(dependencies: PrescaleDependencies, nowMs: number): Promise<void> {
    try {
      await prescaleTick(dependencies, { config, clusterName: 'main', holder: `tick-${nowMs}`, nowMs });
    } catch (error) {
      const expected =
        error === KILLED || error instanceof TickFailedError || error instanceof ClusterError || error instanceof FencedError;
      if (!expected) throw error;
    }
  }

  async function disturb(kind: Disturbance, nowMs: number): Promise<void> {
    const at = 1 + random.integer(12);
    switch (kind) {
      case 'missed':
        return;
      case 'none':
        return tick(plain, nowMs);
      case 'twice':
        await tick(plain, nowMs);
        return tick(plain, nowMs + 1_000);
      case 'requests': {
        const rates = { tooManyRequests: 0.15, serverError: 0.15, reset: 0.15, truncate: 0.15 };
        const over = twin.faults.random({ seed: `${seed}/${nowMs}`, rates });
        await tick(plain, nowMs);
        return over();
      }
      case 'kill':
        return tick(
          guarded(async (call) => {
            if (call >= at) throw KILLED;
          }),
          nowMs,
        );
      case 'conflict':
        return tick(
          guarded(async (_, method) => {
            if (method === 'applyPatch' && random.uniform() < 0.5) touch();
          }),
          nowMs,
        );
      case 'lost lease':
        return tick(
          guarded(async (call) => {
            if (call === at) await steal(nowMs);
          }),
          nowMs,
        );
    }
  }

  const seen: Record<string, number> = {};
  const views: unknown[] = [];
  for (let minute = 0; minute < TICKS; minute += 1) {
    const nowMs = START_MS + minute * MINUTE;
    twin.advanceTo(Math.max(twin.now(), nowMs));
    const calm = !disturbed || CHECKPOINTS.some((checkpoint) => minute >= checkpoint - 2 && minute <= checkpoint);
    const kind = calm ? 'none' : (DISTURBANCES[random.integer(DISTURBANCES.length)] ?? 'none');
    seen[kind] = (seen[kind] ?? 0) + 1;
    await disturb(kind, nowMs);
    // A killed tick's lease stays until it expires, a minute later.
    twin.advanceTo(nowMs + 30_000);
    if (CHECKPOINTS.includes(minute)) views.push(await view());
  }
  await twin.stop();
  return { views, seen };

  /** What matters of the cluster and of what is remembered, without when and how often. */
  async function view() {
    const objects = twin.store.list(SCALED_OBJECTS).map(({ metadata, spec }) => {
      const own = Object.entries(metadata.annotations ?? {}).filter(([name]) => name !== 'somebody/touched');
      const annotations = Object.fromEntries(own.map(([name, text]) => [name, text.replace(/"sinceMs":\d+/, '"sinceMs":0')]));
      const { ready, replicas } = twin.readWorkload(metadata.name, 'inference');
      return { name: metadata.name, min: spec.minReplicaCount, max: spec.maxReplicaCount, annotations, ready, replicas };
    });
    const intents = (await plain.store.readIntents('main')).map(({ id, want, untilMs }) => ({ id, want, untilMs }));
    const remembered = (await plain.store.readObjectStates('main')).map(({ target, baseline, held }) => ({
      name: target.name,
      baseline,
      held: held && { ...held, sinceMs: 0 },
    }));
    // Stores answer in no particular order.
    const sorted = <T>(rows: readonly T[]) => rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    return { objects, intents: sorted(intents), remembered: sorted(remembered) };
  }
}

describe('a run of 200 ticks', () => {
  it.each(['1', '2', '3', '4', '5'])(
    'looks the same wherever it is left in peace, whatever failed before (seed %s)',
    async (seed) => {
      const undisturbed = await replay(seed, false);
      const disturbed = await replay(seed, true);
      expect(disturbed.views).toEqual(undisturbed.views);
      expect(Object.keys(disturbed.seen).toSorted()).toEqual(['conflict', 'kill', 'lost lease', 'missed', 'none', 'requests', 'twice']);
    },
    60_000,
  );

  it('ends with every baseline given back, and nothing remembered', async () => {
    const { views } = await replay('1', true);
    expect(views.at(-1)).toMatchObject({
      objects: [
        { name: 'alpha', min: 2, max: 20, annotations: {} },
        { name: 'beta', min: 2, max: 20, annotations: {} },
        { name: 'delta', min: 2, max: 20, annotations: {} },
        { name: 'gamma', min: 2, max: 20, annotations: {} },
        { name: 'idle', min: 0, max: 20, annotations: {} },
      ],
      intents: [],
      remembered: [],
    });
  });
});
