import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTwin, type Twin } from '../../sim/twin.ts';
import { runCli } from './run-cli.ts';

const NOON = Date.parse('2026-11-27T12:00:00Z');
const MINUTE = 60_000;
const CONFIG = `
clusters: [{ name: dev, region: us-east-1, kubeconfig: { context: dev } }]
workloads:
  - name: chat
    target: { kind: ScaledObject, namespace: inference, name: llama }
    replica: { gpus: 1, instanceType: g6e.xlarge, capacity: { requestsPerMinute: 100 } }
    leadTime: { default: 10m, safety: 1m }
calendar:
  events:
    - { name: launch, workloads: [chat], start: 2026-11-27T12:00Z, duration: 2h, floor: { add: 10 } }
    - { name: encore, workloads: [chat], start: 2026-11-28T12:00Z, duration: 1h, floor: { add: 4 } }
    - { name: match, class: football, workloads: [chat], start: 2026-11-29T18:00Z, duration: 2h, floor: learned, fallbackFloor: 5 }
    - { name: earlier, class: football, workloads: [chat], start: 2026-11-20T18:00Z, duration: 2h, floor: learned, fallbackFloor: 5 }
`;

let directory: string;
let twin: Twin;
let common: string[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'foretide-explain-'));
  twin = await startTwin({ seed: 'explain', startMs: NOON - 30 * MINUTE });
  twin.addWorkload({
    namespace: 'inference',
    name: 'llama',
    minReplicas: 2,
    maxReplicas: 20,
    gpusPerReplica: 1,
    capacityPerReplicaPerMinute: 100,
    startupMedianMs: 3 * MINUTE,
  });
  await writeFile(join(directory, 'foretide.yaml'), CONFIG);
  await writeFile(join(directory, 'kubeconfig'), twin.kubeconfig());
  common = ['--config', join(directory, 'foretide.yaml'), '--state', join(directory, 'state')];
});
afterEach(async () => {
  await twin.stop();
  await rm(directory, { recursive: true });
});

const reach = () => ['--kubeconfig', join(directory, 'kubeconfig')];

async function tickAt(nowMs: number): Promise<void> {
  twin.advanceTo(nowMs);
  const { exitCode, err } = await runCli(['run', '--once', ...common, ...reach()], nowMs);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: expect.not.stringContaining('failed') });
}

async function explainAt(nowMs: number, ...options: string[]) {
  twin.advanceTo(nowMs);
  return runCli(['explain', 'chat', ...common, ...reach(), ...options], nowMs);
}

describe('foretide explain', () => {
  it('before anything was measured says what is configured, and what is missing', async () => {
    const { exitCode, out } = await explainAt(NOON - 25 * MINUTE);
    expect(exitCode).toBe(0);
    expect(out).toContain('chat: ScaledObject inference/llama on dev, Fri 27 Nov 2026 11:35 UTC (2026-11-27T11:35:00Z)');
    expect(out).toContain('Baseline: min 2, max 20; from the object itself: Foretide holds nothing of it');
    expect(out).toContain('nobody wants anything: the baseline is in force');
    expect(out).toContain('Lead time: 11 min, as configured');
    expect(out).toContain('Seen: 0 starts that became Ready, 0 that did not, 0 on their way. From 8 that became Ready on it is learned.');
    expect(out).toMatch(
      /launch +Fri 27 Nov 2026 12:00 UTC \(2026-11-27T12:00:00Z\) +12 +Fri 27 Nov 2026 11:49 UTC \(2026-11-27T11:49:00Z\) +10 +not measured/,
    );
  });

  it('afterwards says of how many starts the lead was learned, where their time goes, and who wants what', async () => {
    for (const minute of [-26, -11, -8, -5, 0, 5]) await tickAt(NOON + minute * MINUTE);
    const { exitCode, out } = await explainAt(NOON + 6 * MINUTE);
    expect(exitCode).toBe(0);
    expect(out).toContain('Baseline: min 2, max 20; from the annotation foretide/baseline');
    expect(out).toContain('Now: min 12, max 20, 12 replicas');
    expect(out).toContain('Held by Foretide: min 12, max 20, wanted since Fri 27 Nov 2026 11:49 UTC');
    expect(out).toMatch(/prescale: at least 12, until .*: launch runs until Fri 27 Nov 2026 14:00 UTC/);
    expect(out).toMatch(/Lead time: \d+ min( \d+ s)?, learned/);
    expect(out).toContain(
      'In 95 of 100 cases the last of the replicas that its largest event asks for at once is Ready within it, 1 min of safety included.',
    );
    expect(out).toContain(
      'Seen: 12 starts that became Ready, 0 that did not, 0 on their way. Only starts that waited for a new node count.',
    );
    expect(out).toMatch(/g6e\.xlarge, on-demand +100 % +12 +0 +\d min.* yes/);
    expect(out).toMatch(/node: register +█+ .*\n/);
    expect(out).toMatch(/model load +█{10,} .*%\)/);
    expect(out).toContain('match: level of demand now × growth over the lead, as in 1 earlier occurrence of class football within 90 days');
    expect(out).toContain('a minute with too few costs $5.00, a minute of an idle replica $0.0310');
  });

  it('says the same to machines, and plan goes by it', async () => {
    for (const minute of [-26, -11, -8, -5, 0, 5]) await tickAt(NOON + minute * MINUTE);
    const { out } = await explainAt(NOON + 6 * MINUTE, '--json');
    const explained = JSON.parse(out);
    expect(explained).toMatchObject({
      workload: 'chat',
      cluster: 'dev',
      baseline: { min: 2, max: 20, from: 'annotation' },
      bounds: { min: 12, max: 20 },
      held: { min: 12, max: 20, since: '2026-11-27T11:49:00Z' },
      intents: [{ owner: 'prescale', want: { kind: 'floor', replicas: 12 }, reason: 'event-window', facts: { eventFloor: 12 } }],
      leadTime: { learned: true, percentile: 95, safetySeconds: 60 },
      startups: {
        newNodesOnly: true,
        pending: 0,
        groups: [
          { node: 'all', ready: 12, counts: false },
          { node: { instanceType: 'g6e.xlarge', capacityType: 'on-demand' }, counts: true },
        ],
      },
      events: [
        { event: 'launch', together: 10, floor: 12 },
        { event: 'encore', together: 4, floor: 6 },
        { event: 'match', together: 10, learned: { class: 'football', earlierEvents: 1, missedMinuteUsd: 5, fallbackFloor: 5 } },
      ],
      failures: [],
    });
    const [launch, encore] = explained.events;
    expect(encore.lastReadySeconds).toBeLessThan(launch.lastReadySeconds);
    expect(explained.leadTime.seconds).toBe(launch.lastReadySeconds);

    const plan = await runCli(['plan', '--json', ...common], NOON + 6 * MINUTE);
    expect(JSON.parse(plan.out).workloads).toMatchObject([{ leadMinutes: explained.leadTime.seconds / 60, leadLearned: true }]);
    const text = await runCli(['plan', ...common], NOON + 6 * MINUTE);
    expect(text.out).toMatch(/chat +unknown \(bounds, or --live\) +[\d.]+ min, learned/);
  });

  it('explains what it can while the cluster does not answer, and exits with 3', async () => {
    for (const minute of [-26, -11, -8, -5, 0, 5]) await tickAt(NOON + minute * MINUTE);
    twin.faults.add({ answer: { kind: 'status', status: 403 } });
    const { exitCode, out, err } = await explainAt(NOON + 6 * MINUTE);
    expect(exitCode).toBe(3);
    expect(out).toContain('Now: the target does not exist, or can not be read');
    expect(out).toMatch(/Lead time: .*, learned/);
    expect(err).toContain('target of chat: reading ScaledObject inference/llama of cluster dev: HTTP 403');
  });

  it('names the workloads that there are', async () => {
    const { exitCode, err } = await runCli(['explain', 'chatt', ...common], NOON);
    expect(exitCode).toBe(2);
    expect(err).toContain('no workload is named chatt; the configuration has chat');
  });
});
