import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTwin, type Twin } from '../../sim/twin.ts';
import { type FakePrometheus, startFakePrometheus } from '../fakes/prometheus-server.ts';
import { runCli } from './run-cli.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-27T12:00:30Z');
const NOON = NOW - 30_000;

let directory: string;
let twin: Twin;
let prometheus: FakePrometheus;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'foretide-signals-'));
  twin = await startTwin({ seed: 'signals', startMs: NOW });
  prometheus = await startFakePrometheus();
  await writeFile(join(directory, 'kubeconfig'), twin.kubeconfig());
  await writeFile(
    join(directory, 'foretide.yaml'),
    `
clusters: [{ name: dev, kubeconfig: { context: dev }, prometheus: { url: "${prometheus.url}" } }]
workloads:
  - name: chat
    target: { kind: ScaledObject, namespace: inference, name: llama }
    replica: { capacity: { requestsPerMinute: 600 } }
    demand: { prometheus: { query: requests } }
  - { name: plain, target: { kind: ScaledObject, namespace: inference, name: plain } }
calendar:
  events: [{ name: launch, workloads: [chat], start: 2026-11-28T20:00Z, duration: 1h, floor: learned, fallbackFloor: 3 }]
`,
  );
});
afterEach(async () => {
  await prometheus.close();
  await twin.stop();
  await rm(directory, { recursive: true });
});

const foretide = (...args: string[]) =>
  runCli([...args, '--config', join(directory, 'foretide.yaml'), '--kubeconfig', join(directory, 'kubeconfig')], NOW);
const at = (minutesAgo: number, value: number) => ({ atMs: NOON - minutesAgo * MINUTE, value });

describe('foretide signals', () => {
  it('shows the value, its age, what it needs, and what goes by it', async () => {
    prometheus.series.set('requests', [at(2, 600), at(1, 900), at(0, 1_300)]);
    const { exitCode, out } = await foretide('signals');
    expect(exitCode).toBe(0);
    expect(out).toContain('1,300 requests/min');
    expect(out).toContain('3 replicas');
    expect(out).toContain('30 s old');
    expect(out).toContain('Prometheus of dev: requests');
    expect(out).toContain('chat: releases of its events, the learned floor of launch go by it');
  });

  it('says that it is unknown, and why; for machines null', async () => {
    prometheus.answerOnce(503, 'starting');
    const { exitCode, out } = await foretide('signals', '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject([
      {
        workload: 'chat',
        state: 'absent',
        value: null,
        replicas: null,
        why: 'unreadable',
        detail: expect.stringContaining('503: starting'),
      },
    ]);
    expect((await foretide('signals')).out).toContain('no data within 15 min');
  });
});

describe('foretide history', () => {
  const file = () => join(directory, 'demand.csv');

  it('writes the minutes that the source knows, and counts the others', async () => {
    prometheus.series.set('requests', [at(1_441, 9), at(1_439, 0), at(1_000, 7.5), at(0, 3)]);
    const { exitCode, out } = await foretide('history', '--workload', 'chat', '--days', '1', '--out', file());
    expect(exitCode).toBe(0);
    expect(await readFile(file(), 'utf8')).toBe(
      'minute_utc,requests\n2026-11-26T12:00:00Z,0\n2026-11-26T19:19:00Z,7.5\n2026-11-27T11:59:00Z,3\n',
    );
    expect(out).toContain('3 of 1440 minutes of chat');
  });

  it('leaves what was there when the source fails half way', async () => {
    await writeFile(file(), 'from before');
    prometheus.answerOnce(200, { status: 'success', data: { resultType: 'matrix', result: [] } });
    prometheus.answerOnce(503, 'restarting');
    const { exitCode, err } = await foretide('history', '--workload', 'chat', '--days', '2', '--out', file());
    expect(exitCode).toBe(3);
    expect(err).toContain('Prometheus of dev: requests: Prometheus at');
    expect(err).toContain('503: restarting');
    expect(await readFile(file(), 'utf8')).toBe('from before');
    await expect(access(`${file()}.part`)).rejects.toThrow('ENOENT');
  });

  it.each([
    [['--workload', 'plain'], 'plain has no `demand` in the configuration'],
    [['--workload', 'chat', '--days', '0'], '--days must be a whole number from 1 to 400 (got 0)'],
    [['--workload', 'nobody'], 'no workload is named nobody'],
  ])('%j is refused', async (args, message) => {
    expect(await foretide('history', ...args, '--out', file())).toMatchObject({ exitCode: 2, err: expect.stringContaining(message) });
  });

  it('exits with 1 when nothing is known', async () => {
    expect(await foretide('history', '--workload', 'chat', '--days', '1', '--out', file())).toMatchObject({ exitCode: 1 });
  });
});
