// `npm run check`: every `check:*` script of package.json, two at a time, reported in their order. Each can be run by itself.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';

const CONCURRENCY = 2;
const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** @typedef {{ name: string, code: number, output: string, seconds: string }} Result */

/** @type {Record<string, string>} */
const scripts = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts;
const checks = Object.entries(scripts).filter(([name]) => name.startsWith('check:'));

/**
 * @param {string} name
 * @param {string} command
 * @returns {Promise<Result>}
 */
function run(name, command) {
  return new Promise((resolve, reject) => {
    const startMs = Date.now();
    const chunks = /** @type {Buffer[]} */ ([]);
    const child = spawn(command, {
      cwd: root,
      shell: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { FORCE_COLOR: process.stdout.isTTY ? '1' : '0', ...process.env },
    });
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const seconds = ((Date.now() - startMs) / 1000).toFixed(1);
      resolve({ name, code: code ?? 1, output: Buffer.concat(chunks).toString('utf8'), seconds });
    });
  });
}

/** @param {Result} result */
function report({ name, code, output, seconds }) {
  const mark = code === 0 ? styleText('green', '✓') : styleText('red', '✗');
  console.log(`${mark} ${name.padEnd(16)} ${seconds.padStart(5)} s`);
  if (code !== 0) console.log(`${output.trimEnd()}\n`);
}

const results = checks.map(() => /** @type {PromiseWithResolvers<Result>} */ (Promise.withResolvers()));
const waiting = checks.entries();

/** Runs one check after the other until none waits. */
async function lane() {
  for (const [index, [name, command]] of waiting) results[index]?.resolve(await run(name, command));
}

const lanes = Promise.all(Array.from({ length: CONCURRENCY }, lane));
const failed = /** @type {string[]} */ ([]);
for (const { promise } of results) {
  const result = await promise;
  report(result);
  if (result.code !== 0) failed.push(result.name);
}
await lanes;
console.log(
  failed.length === 0 ? `${checks.length} checks passed` : `${failed.length} of ${checks.length} checks failed: ${failed.join(', ')}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
