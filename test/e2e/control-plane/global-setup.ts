import { readFile } from 'node:fs/promises';
import type { TestProject } from 'vitest/node';
import { serveBreaking } from './breaking.ts';
import { buildControlPlane } from './build.ts';
import { startControlPlane } from './start.ts';
import { requireOpenssl } from './tools.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Texts of kubeconfigs. */
    readonly kubeconfigs: { readonly admin: string; readonly foretide: string };
    /** Where `serveBreaking` listens. */
    readonly breakingSocket: string;
  }
}

function say(line: string): void {
  // Not through console: vitest holds that back while nothing runs yet.
  process.stdout.write(`test control plane: ${line}\n`);
}

/** One control plane for all test files of the project; throws, and so fails the run, when there can be none. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await requireOpenssl();
  const controlPlane = await startControlPlane(await buildControlPlane(say), say);
  const { admin, foretide } = controlPlane.kubeconfigs;
  project.provide('kubeconfigs', { admin: await readFile(admin, 'utf8'), foretide: await readFile(foretide, 'utf8') });
  const breaking = await serveBreaking(controlPlane);
  project.provide('breakingSocket', breaking.socket);
  return async () => {
    await breaking.close();
    await controlPlane.stop();
  };
}
