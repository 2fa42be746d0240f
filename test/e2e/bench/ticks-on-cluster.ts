/**
 * Ticks over 100 and 1,000 ScaledObjects on the real API server, with no change, with 10 and with 1,000: time, requests, bytes, memory.
 * Writes out/bench/ticks-on-cluster.json and .md. Usage: npm run bench:cluster [-- --docs]   (--docs: write docs/benchmarks/ticks-on-cluster.md too)
 */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { z } from 'zod';
import { openApi } from '../control-plane/api.ts';
import { buildControlPlane } from '../control-plane/build.ts';
import { startControlPlane } from '../control-plane/start.ts';
import { requireOpenssl } from '../control-plane/tools.ts';
import { addFleets, installFleets } from './fleets.ts';
import { type Measured, renderTicksBench } from './render.ts';

const RUNS = [
  { workloads: 100, changes: 0, pairs: 9 },
  { workloads: 1_000, changes: 0, pairs: 9 },
  { workloads: 1_000, changes: 10, pairs: 5 },
  { workloads: 1_000, changes: 1_000, pairs: 2 },
];
const MEASURE = fileURLToPath(new URL('measure-ticks.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const Ticks = z.object({
  ticks: z.array(
    z.object({ kind: z.enum(['rest', 'raise', 'hold', 'release']), tookMs: z.number(), requests: z.number(), receivedBytes: z.number() }),
  ),
  idleRssMb: z.number(),
  peakRssMb: z.number(),
});

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await requireOpenssl();
const controlPlane = await startControlPlane(await buildControlPlane(say), say, { hpaSyncSeconds: 15, kedaRequestsPerSecond: 400 });
try {
  const { admin: adminFile, foretide } = controlPlane.kubeconfigs;
  const admin = await openAdmin(adminFile);
  await installFleets(admin);
  const measured: Measured[] = [];
  let there = 0;
  for (const { workloads, changes, pairs } of RUNS) {
    const added = Array.from({ length: workloads - there }, (_, index) => there + index);
    if (added.length > 0) await addFleets(admin, added, workloads);
    there = workloads;
    const args = [MEASURE, foretide, workloads, changes, pairs].map(String);
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 });
    measured.push({ workloads, changes, ...Ticks.parse(JSON.parse(stdout)), load: loadavg()[0] ?? Number.NaN });
    say(`${workloads} ScaledObjects, ${changes} changes: measured`);
  }
  await admin.close();
  const text = renderTicksBench(measured, availableParallelism());
  await mkdir(`${ROOT}out/bench`, { recursive: true });
  await writeFile(`${ROOT}out/bench/ticks-on-cluster.json`, `${JSON.stringify(measured, null, 2)}\n`);
  await writeFile(`${ROOT}out/bench/ticks-on-cluster.md`, text);
  if (process.argv.includes('--docs')) await writeFile(`${ROOT}docs/benchmarks/ticks-on-cluster.md`, text);
  say(text);
} finally {
  await controlPlane.stop();
}

async function openAdmin(file: string) {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromString(await readFile(file, 'utf8'));
  const { server = '', caData = '' } = kubeConfig.getCurrentCluster() ?? {};
  const { certData = '', keyData = '' } = kubeConfig.getCurrentUser() ?? {};
  const decoded = (text: string) => Buffer.from(text, 'base64').toString('utf8');
  return openApi({ server, ca: decoded(caData), cert: decoded(certData), key: decoded(keyData) });
}
