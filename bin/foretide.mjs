#!/usr/bin/env node
// What `npx foretide` runs. Foretide itself needs Node 24; this file runs on any Node >= 20.12 and finds it one.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const REQUIRED_MAJOR = 24;
const RUNTIME_FAILURE = 3;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'bin', 'foretide.ts');
const isCheckout = existsSync(source);
const entry = isCheckout ? source : join(root, 'dist', 'bin', 'foretide.js');

/**
 * Runs the entry on another Node, as if it were this process: same standard streams, signals passed on, same end.
 *
 * @param {string} node
 */
function runOn(node) {
  const child = spawn(node, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both processes: the child decides, and this one waits for it.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  child.on('error', (error) => {
    console.error(`foretide: ${node} can't be started: ${error.message}`);
    process.exitCode = RUNTIME_FAILURE;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? (code ?? RUNTIME_FAILURE) : 128 + constants.signals[signal];
  });
}

async function main() {
  let node = process.execPath;
  if (isCheckout) {
    const { ensureInstalled, localNode } = await import('../scripts/ensure-installed.mjs');
    try {
      if ((await ensureInstalled(root)) !== 0) process.exit(RUNTIME_FAILURE);
    } catch (error) {
      console.error(`foretide: ${error instanceof Error ? error.message : error}`);
      process.exit(RUNTIME_FAILURE);
    }
    node = localNode(root);
  }
  if (Number.parseInt(process.versions.node, 10) >= REQUIRED_MAJOR) await import(pathToFileURL(entry).href);
  else if (node !== process.execPath) runOn(node);
  else {
    console.error(`foretide: needs Node ${REQUIRED_MAJOR} or later, this is ${process.version}.`);
    console.error(`foretide: run it as: npx -p node@${REQUIRED_MAJOR} -p foretide foretide ${process.argv.slice(2).join(' ')}`.trimEnd());
    process.exitCode = RUNTIME_FAILURE;
  }
}

await main();
