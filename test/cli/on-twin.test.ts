import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SCALED_OBJECTS } from '../../sim/resources.ts';
import { startTwin, type Twin } from '../../sim/twin.ts';
import { runCli } from './run-cli.ts';

const NOW = Date.parse('2026-11-27T12:00:00Z');
const CONFIG = `
clusters: [{ name: dev, kubeconfig: { context: dev } }]
workloads:
  - name: chat
    target: { kind: ScaledObject, namespace: inference, name: llama }
    leadTime: { default: 10m }
calendar:
  events:
    - { name: launch, workloads: [chat], start: 2026-11-27T12:10Z, duration: 1h, floor: { add: 6 } }
`;

let directory: string;
let twin: Twin;
let common: string[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'foretide-cli-'));
  twin = await startTwin({ seed: 'cli', startMs: NOW - 60_000 });
  twin.addWorkload({
    namespace: 'inference',
    name: 'llama',
    minReplicas: 2,
    maxReplicas: 20,
    gpusPerReplica: 1,
    capacityPerReplicaPerMinute: 100,
    startupMedianMs: 60_000,
  });
  twin.advanceTo(NOW);
  await writeFile(join(directory, 'foretide.yaml'), CONFIG);
  await writeFile(join(directory, 'kubeconfig'), twin.kubeconfig());
  common = [
    '--config',
    join(directory, 'foretide.yaml'),
    '--kubeconfig',
    join(directory, 'kubeconfig'),
    '--state',
    join(directory, 'state'),
  ];
});
afterEach(async () => {
  await twin.stop();
  await rm(directory, { recursive: true });
});

describe('against a cluster by kubeconfig', () => {
  it('run --once --dry-run says what it would do; run --once does it; status shows it', async () => {
    const dry = await runCli(['run', '--once', '--dry-run', ...common], NOW);
    expect(dry).toMatchObject({ exitCode: 0, err: '' });
    expect(dry.out).toContain(
      'min 2 → 8: launch starts Fri 27 Nov 2026 12:10 UTC (2026-11-27T12:10:00Z); 10 min of lead (dry run: not written)',
    );
    expect(twin.requests.count(({ method }) => method === 'PATCH')).toBe(0);

    const once = await runCli(['run', '--once', ...common], NOW);
    expect([once.exitCode, once.err]).toEqual([0, '']);
    expect(once.out).toContain('dev: 1 targets, 1 moved');
    twin.advanceTo(NOW + 60_000);

    const status = await runCli(['status', '--json', ...common], NOW + 60_000);
    expect(status.exitCode).toBe(0);
    expect(JSON.parse(status.out)).toMatchObject([
      {
        cluster: 'dev',
        workloads: [
          {
            workload: 'chat',
            bounds: { min: 8, max: 20 },
            heldMin: 8,
            baseline: { min: 2, max: 20 },
            hpa: { min: 8 },
            ready: 5,
            replicas: 8,
            event: { event: 'launch' },
          },
        ],
      },
    ]);
    const table = await runCli(['status', ...common], NOW + 60_000);
    expect(table.out).toMatch(/chat +8–20 +8 +2–20 +5\/8 +launch, Fri 27 Nov 2026 12:10 UTC/);
  });

  it('keeps its state in files from run to run, and gives back after the end', async () => {
    await runCli(['run', '--once', ...common], NOW);
    const end = NOW + 70 * 60_000;
    twin.advanceTo(end);
    const { exitCode, out } = await runCli(['run', '--once', ...common], end);
    expect([exitCode, out]).toEqual([0, expect.stringContaining('min 8 → 2')]);
    expect(twin.readWorkload('llama').min).toBe(8);
    twin.advanceBy(1_000);
    expect(twin.readWorkload('llama').min).toBe(2);
  });

  it('run --once exits with 1 when something needs a look, and says what', async () => {
    await fetch(`${twin.url}/apis/keda.sh/v1alpha1/namespaces/inference/scaledobjects/llama`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${twin.token}` },
    });
    twin.advanceBy(1_000);
    const { exitCode, out, err } = await runCli(['run', '--once', ...common], NOW);
    expect([exitCode, err]).toEqual([1, '']);
    expect(out).toContain('the target does not exist. Create it, or correct `target` in the configuration.');
  });

  it('override --resume ends a yield', async () => {
    await runCli(['run', '--once', ...common], NOW);
    for (const minute of [1, 2, 3, 4]) {
      await fetch(`${twin.url}/apis/keda.sh/v1alpha1/namespaces/inference/scaledobjects/llama`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/merge-patch+json', authorization: `Bearer ${twin.token}` },
        body: JSON.stringify({ spec: { minReplicaCount: 1 } }),
      });
      await runCli(['run', '--once', ...common], NOW + minute * 60_000);
    }
    const later = NOW + 5 * 60_000;
    const status = await runCli(['status', ...common], later);
    expect([status.exitCode, status.out]).toEqual([1, expect.stringContaining('yielded until')]);
    const resume = ['override', ...common.slice(0, 2), ...common.slice(4), '--resume'];
    expect(await runCli([...resume, 'chta'], later)).toMatchObject({
      exitCode: 2,
      err: 'no workload is named chta; the configuration has chat',
    });
    expect(await runCli([...resume, 'chat'], later)).toMatchObject({ exitCode: 0 });
    expect(await runCli([...resume, 'chat'], later)).toMatchObject({ exitCode: 1 });
    const { out } = await runCli(['run', '--once', ...common], later);
    expect(out).toContain('min 1 →');
  });

  it('refuses one kubeconfig for several clusters', async () => {
    await writeFile(
      join(directory, 'foretide.yaml'),
      CONFIG.replace('clusters: [{', 'clusters: [{ name: other, region: us-east-1 }, {').replace(
        '- name: chat',
        '- name: chat\n    cluster: dev',
      ),
    );
    const { exitCode, err } = await runCli(['run', '--once', ...common], NOW);
    expect([exitCode, err]).toEqual([2, '--kubeconfig and --context are for one cluster; say which of other, dev with --cluster']);
  });

  it('plan --live reads the baseline that the configuration leaves out', async () => {
    const offline = await runCli(['plan', '--json', '--config', join(directory, 'foretide.yaml')], NOW);
    expect(offline.exitCode).toBe(1);
    expect(JSON.parse(offline.out)).toMatchObject({ workloads: [{ baseline: null }], notes: [{ kind: 'unsized', why: 'no-baseline' }] });
    const live = await runCli(['plan', '--live', '--json', ...common.slice(0, 4)], NOW);
    expect(live.exitCode).toBe(0);
    expect(JSON.parse(live.out)).toMatchObject({
      workloads: [{ baseline: { min: 2, max: 20 }, events: [{ event: 'launch', floor: 8 }] }],
      notes: [],
    });
  });

  it('a refused write fails the tick with the server’s words', async () => {
    twin.addUser({
      name: 'reader',
      token: 'reader-token',
      rules: [{ apiGroups: ['keda.sh', 'autoscaling'], resources: ['scaledobjects', 'horizontalpodautoscalers'], verbs: ['get', 'list'] }],
    });
    await writeFile(join(directory, 'kubeconfig'), twin.kubeconfig('reader-token'));
    const { exitCode, err } = await runCli(['run', '--once', ...common], NOW);
    expect(exitCode).toBe(3);
    expect(err).toContain('User "reader" cannot patch resource "scaledobjects"');
    expect(err).not.toContain('reader-token');
  });
});

describe('cron triggers of a ScaledObject', () => {
  const cron = (start: string, end: string, desiredReplicas = '6') => ({
    type: 'cron',
    metadata: { timezone: 'America/New_York', start, end, desiredReplicas },
  });
  const setTriggers = (...triggers: readonly ReturnType<typeof cron>[]) => {
    const [scaledObject] = twin.store.list(SCALED_OBJECTS);
    if (scaledObject === undefined) throw new Error('there is no ScaledObject');
    twin.store.update(SCALED_OBJECTS, { ...scaledObject, spec: { ...scaledObject.spec, triggers } });
  };
  const plan = (...args: readonly string[]) =>
    runCli(['plan', '--from', '2026-11-27T00:00Z', '--to', '2026-11-30T00:00Z', ...args, ...common], NOW);

  it('are shown beside the calendar with the events that they cover', async () => {
    setTriggers(cron('0 7 * * 1-5', '0 18 * * *'), cron('30 7 * * *', '0 8 * * *', '3'));
    const { exitCode, out } = await plan('--live');
    expect(exitCode).toBe(0);
    const [, section = ''] = out.split('KEDA cron triggers on the cluster\n');
    expect(section.split('\n').map((row) => row.split(/ {2,}/))).toEqual([
      ['WORKLOAD', 'FROM', 'FROM (UTC)', 'TO', 'TO (UTC)', 'REPLICAS', 'CRON TRIGGER', 'EVENTS'],
      ...[
        [
          'Fri 27 Nov 2026 12:00 UTC',
          '2026-11-27T12:00:00Z',
          'Sun 29 Nov 2026 23:00 UTC',
          '2026-11-29T23:00:00Z',
          '6',
          '0 7 * * 1-5 to 0 18 * * *, America/New_York',
          'covers launch',
        ],
        [
          'Fri 27 Nov 2026 12:30 UTC',
          '2026-11-27T12:30:00Z',
          'Fri 27 Nov 2026 13:00 UTC',
          '2026-11-27T13:00:00Z',
          '3',
          '30 7 * * * to 0 8 * * *, America/New_York',
          'overlaps launch',
        ],
        [
          'Sat 28 Nov 2026 12:30 UTC',
          '2026-11-28T12:30:00Z',
          'Sat 28 Nov 2026 13:00 UTC',
          '2026-11-28T13:00:00Z',
          '3',
          '30 7 * * * to 0 8 * * *, America/New_York',
        ],
        [
          'Sun 29 Nov 2026 12:30 UTC',
          '2026-11-29T12:30:00Z',
          'Sun 29 Nov 2026 13:00 UTC',
          '2026-11-29T13:00:00Z',
          '3',
          '30 7 * * * to 0 8 * * *, America/New_York',
        ],
      ].map((row) => ['chat', ...row]),
    ]);
    const json = JSON.parse((await plan('--live', '--json')).out);
    expect(json.cronTriggers[0]).toEqual({
      workload: 'chat',
      trigger: { timezone: 'America/New_York', start: '0 7 * * 1-5', end: '0 18 * * *', desiredReplicas: '6' },
      replicas: 6,
      windows: [{ from: '2026-11-27T12:00:00Z', to: '2026-11-29T23:00:00Z', covers: ['launch'], overlaps: [] }],
    });
  });

  it('are named when KEDA can not follow them', async () => {
    setTriggers(cron('0 8 * * 7', '0 18 * * *'));
    const { exitCode, out } = await plan('--live');
    expect(exitCode).toBe(1);
    expect(out).toContain(
      'chat: a cron trigger of its ScaledObject has a start that has "7" as day of week, outside of 0 to 6 (0 8 * * 7 to 0 18 * * *, America/New_York)',
    );
    expect(JSON.parse((await plan('--live', '--json')).out).cronTriggers).toMatchObject([
      { workload: 'chat', problem: expect.stringContaining('"7"') },
    ]);
  });

  it('are unknown, not none, without a connection', async () => {
    expect(JSON.parse((await plan('--json')).out).cronTriggers).toBeNull();
  });

  it('raise replicas on the twin as KEDA has them do', async () => {
    setTriggers(cron('0 7 * * *', '0 8 * * *'));
    twin.advanceTo(NOW + 5 * 60_000);
    expect(twin.readWorkload('llama', 'inference').replicas).toBe(6);
    twin.advanceTo(NOW + 90 * 60_000);
    expect(twin.readWorkload('llama', 'inference').replicas).toBe(2);
  });
});
