import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findKubectl } from '../find-kubectl.ts';

const run = promisify(execFile);

/** What Karpenter's module asks for, the newest of all. */
const GO = [1, 26, 6] as const;

/** A tool that this needs is not there; the message says how to get it. */
class MissingToolError extends Error {
  override readonly name = 'MissingToolError';
}

/**
 * Go of the least version that every module builds with.
 * @throws {MissingToolError}
 */
export async function requireGo(): Promise<void> {
  const wanted = GO.join('.');
  const how = `Install Go ${wanted} or later (https://go.dev/dl) and put its bin folder on PATH; it builds the test control plane once.`;
  const version = await outputOf('go', ['env', 'GOVERSION'], how);
  const [, major, minor, patch] = /^go(\d+)\.(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  if (major === undefined) throw new MissingToolError(`\`go env GOVERSION\` says "${version}", which is no version. ${how}`);
  const found = [Number(major), Number(minor), Number(patch ?? 0)];
  const differing = GO.findIndex((part, index) => part !== found[index]);
  if (differing !== -1 && (found[differing] ?? 0) < (GO[differing] ?? 0)) throw new MissingToolError(`go is ${version}. ${how}`);
}

/**
 * OpenSSL that can sign with another certificate's key in one step, which LibreSSL and 1.1 can't.
 * @throws {MissingToolError}
 */
export async function requireOpenssl(): Promise<void> {
  const how =
    "Install OpenSSL 3 with your system's package manager (Debian: apt install openssl; macOS: brew install openssl) and put it on PATH; it makes the test control plane's certificates.";
  const version = await outputOf('openssl', ['version'], how);
  if (Number(/^OpenSSL (\d+)\./.exec(version)?.[1] ?? 0) < 3) throw new MissingToolError(`openssl is ${version}. ${how}`);
}

/** @throws {MissingToolError} */
export async function requireKubectl(): Promise<string> {
  try {
    return await findKubectl();
  } catch (error) {
    throw new MissingToolError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function outputOf(tool: string, args: readonly string[], how: string): Promise<string> {
  try {
    return (await run(tool, args, { timeout: 60_000 })).stdout.trim();
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const why = missing ? 'is not on PATH' : `can't be run: ${error instanceof Error ? error.message : String(error)}`;
    throw new MissingToolError(`${tool} ${why}. ${how}`, { cause: error });
  }
}
