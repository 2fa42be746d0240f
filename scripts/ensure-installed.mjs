// Makes `npm start`, `npm test` and `npx foretide` enough by themselves on a fresh clone: installs what package-lock.json asks for
// when node_modules doesn't hold it. Runs before anything is installed, so: plain JavaScript, Node >= 20.12, no dependencies.
import { spawn } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const WAIT_LIMIT_MS = 15 * 60_000;
const POLL_MS = 200;

/**
 * @typedef {{ version?: string, integrity?: string, resolved?: string, optional?: boolean, devOptional?: boolean, link?: boolean }} LockEntry
 * @typedef {{ packages?: Record<string, LockEntry> }} Lock
 */

/** @param {string} message */
function say(message) {
  process.stderr.write(`foretide: ${message}\n`);
}

/**
 * Why `installed` (npm's own record of node_modules) doesn't satisfy `wanted` (package-lock.json); undefined when it does. Optional
 * packages may be missing, since npm leaves out those of other platforms; packages beyond the lock don't matter.
 *
 * @param {Lock} wanted
 * @param {Lock | undefined} installed
 * @returns {string | undefined}
 */
export function whyStale(wanted, installed) {
  if (installed === undefined) return 'nothing is installed yet';
  for (const [path, want] of Object.entries(wanted.packages ?? {})) {
    if (path === '') continue;
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const have = installed.packages?.[path];
    if (have === undefined) {
      if (want.optional === true) continue;
      return `${name} ${want.version} is missing`;
    }
    if (have.version !== want.version) return `${name} is ${have.version}, the lockfile says ${want.version}`;
    if (have.integrity !== want.integrity) return `${name} ${have.version} is not the archive that the lockfile names`;
  }
  return undefined;
}

/**
 * @param {string} path
 * @returns {Lock | undefined} undefined when there is no such file, or one cut short by an interrupted install
 */
function readLock(path) {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** @param {string} root */
export function localNode(root) {
  return join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/**
 * @param {string} root
 * @returns {string | undefined}
 */
function readStaleness(root) {
  const wanted = readLock(join(root, 'package-lock.json'));
  if (wanted === undefined) throw new Error(`${join(root, 'package-lock.json')} is missing or no JSON: restore it with git`);
  const stale = whyStale(wanted, readLock(join(root, 'node_modules', '.package-lock.json')));
  if (stale !== undefined) return stale;
  const needsNode = wanted.packages?.['node_modules/node'] !== undefined;
  return needsNode && !existsSync(localNode(root)) ? "Node 24's binary is missing" : undefined;
}

/** @param {string} lock @returns {number | undefined} the process that holds the lock; undefined when nobody does */
function readHolder(lock) {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Linking a file that already holds our process id takes the lock in one step: no other process ever sees it half-made.
 *
 * @param {string} lock
 */
function tryLock(lock) {
  const mine = `${lock}.${process.pid}`;
  mkdirSync(dirname(lock), { recursive: true });
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, lock);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

/**
 * Of several that find the holder dead, only the one whose rename moved the dead holder's file may drop it.
 *
 * @param {string} lock
 * @param {number} deadPid
 */
function breakLock(lock, deadPid) {
  const moved = `${lock}.stale.${process.pid}`;
  try {
    renameSync(lock, moved);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  if (readHolder(moved) === deadPid) rmSync(moved, { force: true });
  else renameSync(moved, lock);
}

/** @param {string} lock */
async function acquire(lock) {
  const giveUpAtMs = Date.now() + WAIT_LIMIT_MS;
  let told = false;
  while (!tryLock(lock)) {
    const holder = readHolder(lock);
    if (holder === undefined) continue;
    if (!isAlive(holder)) {
      breakLock(lock, holder);
      continue;
    }
    if (Date.now() > giveUpAtMs) {
      throw new Error(`process ${holder} has been installing for ${WAIT_LIMIT_MS / 60_000} minutes (${lock}); end it and try again`);
    }
    if (!told) say(`waiting for process ${holder}, which is installing the dependencies`);
    told = true;
    await delay(POLL_MS);
  }
}

/**
 * The search path without this checkout's node_modules: npm must not run on the Node that it is about to delete.
 *
 * @param {string} root
 * @param {NodeJS.ProcessEnv} environment
 * @returns {NodeJS.ProcessEnv}
 */
function withoutOwnBinaries(root, environment) {
  const key = Object.keys(environment).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  const outside = (environment[key] ?? '').split(delimiter).filter((entry) => {
    const place = relative(join(root, 'node_modules'), entry);
    return place.startsWith('..') || place === entry;
  });
  return { ...environment, [key]: outside.join(delimiter) };
}

/**
 * @param {string} root
 * @returns {Promise<number>} npm's exit code
 */
function runNpmCi(root) {
  return new Promise((resolve, reject) => {
    const windows = process.platform === 'win32';
    // npm's own output goes to stderr: stdout belongs to the command that follows (`--json`). Its warnings would be pages about packages
    // that ask for a newer Node than the machine's, which is not the one that runs them.
    const npm = spawn(windows ? 'npm.cmd' : 'npm', ['ci', '--loglevel=error'], {
      cwd: root,
      env: withoutOwnBinaries(root, process.env),
      stdio: ['ignore', process.stderr, process.stderr],
      shell: windows,
    });
    npm.on('error', (error) => reject(new Error(`npm can't be started: ${error.message}`, { cause: error })));
    npm.on('exit', (code) => resolve(code ?? 1));
  });
}

/**
 * Installs with `npm ci` when node_modules doesn't match package-lock.json; does nothing, and says nothing, when it does.
 *
 * @param {string} root the checkout
 * @returns {Promise<number>} 0 when everything is installed, else npm's exit code
 */
export async function ensureInstalled(root) {
  if (readStaleness(root) === undefined) return 0;
  const lock = join(root, '.foretide', 'install.lock');
  await acquire(lock);
  try {
    const stale = readStaleness(root);
    if (stale === undefined) return 0;
    say(`installing the dependencies with \`npm ci\` (${stale})`);
    const code = await runNpmCi(root);
    if (code !== 0) return code;
    const left = readStaleness(root);
    if (left === undefined) return 0;
    say(`\`npm ci\` passed, but ${left}: is npm told to skip packages or install scripts (omit, ignore-scripts)?`);
    return 1;
  } finally {
    rmSync(lock, { force: true });
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = await ensureInstalled(dirname(dirname(fileURLToPath(import.meta.url))));
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
