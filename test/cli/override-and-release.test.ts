import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NODE_POOLS, SCALED_OBJECTS } from '../../sim/resources.ts';
import { startTwin, type Twin } from '../../sim/twin.ts';
import { runCli } from './run-cli.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-27T12:00:00Z');
const CONFIG = `
clusters: [{ name: dev, kubeconfig: { context: dev } }]
workloads:
  - name: chat
    target: { kind: ScaledObject, namespace: inference, name: llama }
    leadTime: { default: 10m }
  - name: idle
    target: { kind: ScaledObject, namespace: inference, name: idle }
    leadTime: { default: 10m }
calendar:
  events:
    - { name: launch, workloads: [chat, idle], start: 2026-11-27T12:05Z, duration: 1h, floor: 8 }
`;

let directory: string;
let twin: Twin;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'foretide-override-'));
  twin = await startTwin({ seed: 'override', startMs: NOW - MINUTE });
  const common = { namespace: 'inference', maxReplicas: 20, gpusPerReplica: 1, capacityPerReplicaPerMinute: 100, startupMedianMs: MINUTE };
  twin.addWorkload({ ...common, name: 'llama', minReplicas: 2 });
  twin.addWorkload({ ...common, name: 'idle', minReplicas: 0 });
  twin.advanceTo(NOW);
  await writeFile(join(directory, 'foretide.yaml'), CONFIG);
  await writeFile(join(directory, 'kubeconfig'), twin.kubeconfig());
});
afterEach(async () => {
  await twin.stop();
  await rm(directory, { recursive: true });
});

const state = () => ['--config', join(directory, 'foretide.yaml'), '--state', join(directory, 'state')];
const reach = () => ['--kubeconfig', join(directory, 'kubeconfig')];

function run(minute: number, command: string, ...args: readonly string[]) {
  const nowMs = NOW + minute * MINUTE;
  twin.advanceTo(Math.max(twin.now(), nowMs));
  const reached = command === 'override' ? [] : reach();
  return runCli([command, ...args, ...state(), ...reached], nowMs);
}

function bounds(name = 'llama') {
  const { min, max } = twin.readWorkload(name, 'inference');
  return [min, max];
}

async function tick(minute: number) {
  const result = await run(minute, 'run', '--once');
  twin.advanceBy(1_000);
  return result;
}

describe('foretide override', () => {
  it('holds bounds until it expires, above what events want', async () => {
    const given = await run(0, 'override', '--workload', 'chat', '--min', '3', '--max', '5', '--for', '30m', '--reason', 'incident 4711');
    expect(given).toMatchObject({
      exitCode: 0,
      out: 'chat: at least 3, at most 5 until Fri 27 Nov 2026 12:30 UTC (2026-11-27T12:30:00Z), from the next tick on',
    });
    const { out } = await tick(1);
    expect(out).toMatch(
      /ScaledObject\/inference\/llama: min 2 → 5, max 20 → 5: override by \S+ until Fri 27 Nov 2026 12:30 UTC .*: incident 4711/,
    );
    expect(bounds()).toEqual([5, 5]);
    expect((await run(2, 'override', '--list')).out).toMatch(
      /dev ScaledObject\/inference\/llama: at least 3; override by .*\n.*at most 5; override by/,
    );
    await tick(29);
    expect(bounds()).toEqual([5, 5]);
    await tick(30);
    expect(bounds()).toEqual([8, 20]);
    expect((await run(31, 'override', '--list')).out).toBe('no exception is in force');
  });

  it('ends when a person ends it', async () => {
    await run(0, 'override', '--workload', 'chat', '--max', '4', '--for', '2h', '--reason', 'test');
    await tick(1);
    expect(bounds()).toEqual([4, 4]);
    expect(await run(2, 'override', '--workload', 'chat', '--end')).toMatchObject({
      exitCode: 0,
      out: 'chat: ended; the next tick composes without it',
    });
    await tick(3);
    expect(bounds()).toEqual([8, 20]);
    expect(await run(4, 'override', '--workload', 'chat', '--end')).toMatchObject({ exitCode: 1, out: 'chat: has no exception in force' });
  });

  it('never raises max above the user’s own', async () => {
    await run(0, 'override', '--workload', 'chat', '--min', '50', '--for', '2h', '--reason', 'test');
    await tick(1);
    expect(bounds()).toEqual([20, 20]);
  });

  it.each<[readonly string[], string]>([
    [[], 'say one of --workload NAME, --list, --resume NAME'],
    [['--workload', 'chat', '--list'], 'say one of --workload NAME, --list, --resume NAME'],
    [['--workload', 'nobody', '--end'], 'no workload is named nobody; the configuration has chat, idle'],
    [['--workload', 'chat', '--for', '2h', '--reason', 'x'], 'an exception needs --min, --max, or both'],
    [['--workload', 'chat', '--min', '3', '--reason', 'x'], 'say with --for how long it holds, such as 2h'],
    [['--workload', 'chat', '--min', '3', '--for', '2h'], 'say with --reason why; whoever finds it will ask'],
    [['--workload', 'chat', '--min', '3', '--for', '2h', '--reason', ' '], 'say with --reason why; whoever finds it will ask'],
    [['--workload', 'chat', '--min', '9', '--max', '3', '--for', '2h', '--reason', 'x'], '--min 9 is above --max 3'],
    [['--workload', 'chat', '--min', '-1', '--for', '2h', '--reason', 'x'], '--min must be a whole number from 0 on (got -1)'],
    [['--workload', 'chat', '--max', '0', '--for', '2h', '--reason', 'x'], '--max must be a whole number from 1 on (got 0)'],
    [['--workload', 'chat', '--min', '3', '--for', '40d', '--reason', 'x'], '--for 40d is longer than 31d'],
    [['--list', '--table', 't'], '--state and --table are two places for the same state; give one'],
  ])('refuses %j', async (args, message) => {
    const { exitCode, err } = await run(0, 'override', ...args);
    expect(err).toContain(message);
    expect(exitCode).toBe(2);
  });
});

describe('foretide release', () => {
  it('gives every baseline back at once, and a later run finds nothing', async () => {
    await tick(0);
    expect([bounds(), bounds('idle')]).toEqual([
      [8, 20],
      [8, 20],
    ]);
    const dry = await run(1, 'release', '--all', '--dry-run');
    expect(dry.out).toContain('ScaledObject/inference/llama: min 8 → 2: no event needs it; back to min 2, max 20 (dry run: not written)');
    expect(bounds()).toEqual([8, 20]);
    // From 8 to 0 goes by way of 1, for the length of KEDA's cool-down.
    const first = await run(2, 'release', '--all');
    expect(first.exitCode).toBe(1);
    expect(first.out).toContain(
      'ScaledObject/inference/idle: min 8 → 1: no event needs it; one replica stays for the cool-down before it goes to 0',
    );
    twin.advanceBy(1_000);
    expect(bounds()).toEqual([2, 20]);
    expect(await run(8, 'release', '--all')).toMatchObject({ exitCode: 0 });
    expect(await run(9, 'release', '--all')).toMatchObject({ exitCode: 0, out: 'dev: nothing is held' });
    const annotations = twin.store.list(SCALED_OBJECTS).flatMap(({ metadata }) => Object.keys(metadata.annotations ?? {}));
    expect(annotations.filter((name) => name.startsWith('foretide/'))).toEqual([]);
  });

  it('gives NodePools back too, whatever moved them; status shows what is held', async () => {
    const held = {
      weight: 81,
      annotations: { 'foretide/baseline': '{"weight":null}', 'foretide/applied': '{"held":{"weight":"81"}}', 'foretide/event': 'launch' },
    };
    twin.addNodePool({ name: 'od', instanceTypes: ['g6e.xlarge'], limitGpus: 4 });
    const pool = twin.store.get(NODE_POOLS, undefined, 'od');
    if (pool === undefined) throw new Error('no NodePool od');
    const { annotations, weight } = held;
    twin.store.update(NODE_POOLS, {
      ...pool,
      metadata: { ...pool.metadata, annotations: { ...pool.metadata.annotations, ...annotations } },
      spec: { ...pool.spec, weight },
    });
    await writeFile(
      join(directory, 'foretide.yaml'),
      `${CONFIG}capacity: { groups: [{ name: l40s, pools: { onDemand: od, spot: gone } }] }\n`,
    );
    const { out } = await run(0, 'status');
    expect(out).toMatch(/od +l40s +81 +nvidia\.com\/gpu 4 +nvidia\.com\/gpu 0 +weight 81 \(user: none\)/);
    expect(out).toMatch(/gone +l40s +missing/);
    expect(JSON.parse((await run(0, 'status', '--json')).out)[0].pools[0]).toMatchObject({
      nodePool: 'od',
      held: { weight: '81' },
      baseline: { weight: null },
    });
    const dry = await run(0, 'release', '--all', '--dry-run');
    expect(dry.out).toContain(
      'NodePool/od: weight 81 → none: nothing needs it any more; back to what its user wants (dry run: not written)',
    );
    expect((await run(0, 'release', '--workload', 'chat')).out).not.toContain('NodePool');
    expect(await run(0, 'release', '--all')).toMatchObject({ exitCode: 0, out: expect.stringContaining('NodePool/od: weight 81 → none') });
    const after = twin.store.get(NODE_POOLS, undefined, 'od');
    expect(after?.spec).not.toHaveProperty('weight');
    expect(Object.keys(after?.metadata.annotations ?? {}).filter((name) => name.startsWith('foretide/'))).toEqual([]);
    expect((await run(1, 'release', '--all')).out).toBe('dev: nothing is held');
  });

  it('gives one workload back, and leaves the other', async () => {
    await tick(0);
    expect((await run(1, 'release', '--workload', 'chat')).exitCode).toBe(0);
    twin.advanceBy(1_000);
    expect([bounds(), bounds('idle')]).toEqual([
      [2, 20],
      [8, 20],
    ]);
  });

  it('is undone by the next tick where the calendar still wants it', async () => {
    await tick(0);
    await run(1, 'release', '--workload', 'chat');
    await tick(2);
    expect(bounds()).toEqual([8, 20]);
  });

  it.each<[readonly string[], string]>([
    [[], 'say what to give back: --all, or --workload NAME'],
    [['--all', '--workload', 'chat'], 'say what to give back: --all, or --workload NAME'],
    [['--workload', 'nobody'], 'no workload is named nobody'],
  ])('refuses %j', async (args, message) => {
    expect(await run(0, 'release', ...args)).toMatchObject({ exitCode: 2, err: expect.stringContaining(message) });
  });
});
