import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { withProcessLock } from '../../../lambda/adapters/files/process-lock.ts';
import { COMPONENTS, type Component, CRDS, LWS_COMPONENTS, LWS_CRDS, type ModuleFiles, STAGES } from './components.ts';
import { dieWithParent } from './die-with-parent.ts';
import { requireGo } from './tools.ts';

const run = promisify(execFile);
const WRAPPERS = fileURLToPath(new URL('go/', import.meta.url));
/** For all of it, downloads included, on two slow cores. */
const BUILD_LIMIT_MS = 60 * 60_000;
const STILL_BUILDING_MS = 60_000;
/** The toolchain is never fetched behind one's back, and go.mod and go.sum are never changed. */
const GO_SETTINGS = { CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly' };

/** Folders of programs and of what belongs to them. */
export type Built = { readonly bin: string; readonly crds: string };
export type BuiltControlPlane = Built & { readonly stages: string; readonly lws: Built };

/** What is built and kept together: another version of a part builds the parts of its own set again, and no others. */
type Parts = {
  readonly components: readonly Component[];
  readonly crds: readonly ModuleFiles[];
  readonly stages: ModuleFiles | undefined;
  readonly what: string;
};

const MAIN: Parts = {
  components: COMPONENTS,
  crds: CRDS,
  stages: STAGES,
  what: 'the test control plane once: about 35 minutes on two cores, 8 GB of disk for the Go caches',
};
const LWS: Parts = {
  components: LWS_COMPONENTS,
  crds: LWS_CRDS,
  stages: undefined,
  what: 'the controller of LeaderWorkerSets once: about 2 minutes',
};

/** Hears of what takes minutes. */
export type Say = (line: string) => void;

/**
 * The control plane's programs and the files that belong to them, built when the cache doesn't hold them yet. Complete programs
 * stay there if a build is cut short, so the next one goes on from them.
 * @throws {Error} with the end of the compiler's output
 */
export async function buildControlPlane(say: Say): Promise<BuiltControlPlane> {
  const main = await buildParts(MAIN, say);
  return { ...main, lws: await buildParts(LWS, say) };
}

type BuiltParts = Built & { readonly stages: string };

async function buildParts(parts: Parts, say: Say): Promise<BuiltParts> {
  const root = await cacheFolder(parts);
  const built = { bin: join(root, 'bin'), crds: join(root, 'crds'), stages: join(root, 'stages') };
  const complete = join(root, 'complete');
  if (existsSync(complete)) return built;
  await requireGo();
  const lock = join(root, 'build.lock');
  if (existsSync(lock)) say(`waiting for another build of the same programs, if it goes on (${lock})`);
  await withProcessLock(lock, () => fill(parts, built, complete, say), { waitMs: BUILD_LIMIT_MS });
  return built;
}

/** One folder for each set of versions: other wrappers or stamps mean other programs. */
async function cacheFolder({ components, crds, stages }: Parts): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([process.platform, process.arch, components, crds, stages]));
  for (const wrapper of new Set(components.map((component) => component.wrapper))) {
    for (const file of ['go.mod', 'go.sum']) hash.update(await readFile(join(WRAPPERS, wrapper, file)));
  }
  const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(caches, 'foretide', 'test-control-plane', hash.digest('hex').slice(0, 16));
}

async function fill({ components, crds, stages, what }: Parts, built: BuiltParts, complete: string, say: Say): Promise<void> {
  if (existsSync(complete)) return;
  const startMs = Date.now();
  say(`building ${what}`);
  for (const folder of Object.values(built)) await mkdir(folder, { recursive: true });
  // Left by a build that was killed; the lock says that none is under way.
  for (const name of await readdir(built.bin)) if (name.startsWith('.')) await rm(join(built.bin, name));
  const signal = AbortSignal.timeout(BUILD_LIMIT_MS);
  for (const [index, component] of components.entries()) {
    const target = join(built.bin, component.name);
    if (existsSync(target)) continue;
    await buildOne(component, target, signal, (line) => say(`[${index + 1}/${components.length}] ${component.name} ${line}`));
  }
  for (const files of crds) await copyFiles(files, built.crds);
  if (stages !== undefined) await copyFiles(stages, built.stages);
  await writeFile(complete, '');
  say(`all of it is built, after ${seconds(startMs)} s`);
}

async function buildOne({ name, wrapper, package: main, stamps }: Component, target: string, signal: AbortSignal, say: Say): Promise<void> {
  const startMs = Date.now();
  const partial = join(target, '..', `.${name}.partial`);
  const flags = ['-s', '-w', ...stamps.map((stamp) => `-X ${stamp}`)].join(' ');
  say('is being built');
  const ticking = setInterval(() => say(`is still being built, after ${seconds(startMs)} s`), STILL_BUILDING_MS);
  try {
    await runGo(['build', '-trimpath', '-ldflags', flags, '-o', partial, main], join(WRAPPERS, wrapper), name, signal);
  } finally {
    clearInterval(ticking);
  }
  await chmod(partial, 0o755);
  await rename(partial, target);
  say(`is built: ${seconds(startMs)} s, ${Math.round((await stat(target)).size / 1e6)} MB`);
}

function runGo(args: readonly string[], cwd: string, name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    // Whoever waits for it may want to go on working meanwhile.
    const [command, wrapped] = dieWithParent('nice', ['-n', '10', 'go', ...args]);
    const go = spawn(command, wrapped, {
      cwd,
      env: { ...process.env, ...GO_SETTINGS },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    let output = '';
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-4_000);
    };
    go.stdout.on('data', keep);
    go.stderr.on('data', keep);
    go.on('error', (cause) => {
      const why = signal.aborted ? `not done within ${BUILD_LIMIT_MS / 60_000} minutes` : cause.message;
      reject(new Error(`building ${name}: ${why}\n${output}`, { cause }));
    });
    go.on('close', (code, killedBy) => {
      if (code === 0) resolve();
      else reject(new Error(`building ${name} in ${cwd}: go ended with ${killedBy ?? code}:\n${output}`));
    });
  });
}

async function copyFiles({ wrapper, module, paths }: ModuleFiles, folder: string): Promise<void> {
  const { stdout } = await run('go', ['list', '-m', '-f', '{{.Dir}}', module], {
    cwd: join(WRAPPERS, wrapper),
    env: { ...process.env, ...GO_SETTINGS },
  });
  const directory = stdout.trim();
  if (directory === '') throw new Error(`the Go module cache lost ${module}: run \`go mod download\` in ${join(WRAPPERS, wrapper)}`);
  for (const path of paths) {
    const source = join(directory, path);
    const files = (await stat(source)).isDirectory() ? (await readdir(source)).map((file) => join(source, file)) : [source];
    for (const file of files) {
      const copy = join(folder, basename(file));
      await copyFile(file, copy);
      // The module cache is read-only, and so would be its copies, also to the next build.
      await chmod(copy, 0o644);
    }
  }
}

function seconds(sinceMs: number): string {
  return ((Date.now() - sinceMs) / 1000).toFixed(0);
}
