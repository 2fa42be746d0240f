// Prints the last line of .ci/run, `N passed, N failed`, from what the stages left: `node scripts/ci-summary.mjs check:0 test:1:out/ci/test.json`.
// A stage is name:exit-code, and the file of vitest's JSON reporter when it runs tests. Plain JavaScript, Node >= 20.12: it also counts
// when nothing could be installed.
import { readFileSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {{ name?: string, status?: string, assertionResults?: { status?: string }[] }} FileResult
 * @typedef {{ testResults?: FileResult[] }} Report
 * @typedef {{ name: string, exitCode: number, report?: Report | 'unreadable' }} Stage
 */

/**
 * Counts tests, and as one failure each: a test file that failed outside its tests (it can't be loaded, a hook threw), and a stage that
 * failed without saying in which test, that left no readable report, or that ran no test at all.
 *
 * @param {Stage[]} stages
 * @returns {{ passed: number, failed: number, notes: string[] }}
 */
export function summarize(stages) {
  let passed = 0;
  let failed = 0;
  const notes = /** @type {string[]} */ ([]);
  for (const { name, exitCode, report } of stages) {
    const files = typeof report === 'object' ? (report.testResults ?? []) : [];
    const statuses = files.map((file) => (file.assertionResults ?? []).map((test) => test.status));
    const stagePassed = statuses.flat().filter((status) => status === 'passed').length;
    const failedTests = statuses.flat().filter((status) => status === 'failed').length;
    const failedFiles = files.filter((file, index) => file.status === 'failed' && !statuses[index]?.includes('failed')).length;
    const other = statuses.flat().length - stagePassed - failedTests;
    let stageFailed = failedTests + failedFiles;
    if (other > 0) notes.push(`${name}: ${other} tests did not run to their end (skipped or to do)`);
    if (report === 'unreadable') notes.push(`${name}: left no readable report of its tests`);
    else if (report !== undefined && stagePassed + stageFailed === 0) notes.push(`${name}: ran no test`);
    else if (exitCode !== 0 && stageFailed === 0) notes.push(`${name}: exit code ${exitCode}`);
    if (stageFailed === 0 && (exitCode !== 0 || (report !== undefined && stagePassed === 0))) stageFailed = 1;
    passed += stagePassed;
    failed += stageFailed;
  }
  return { passed, failed, notes };
}

/**
 * @param {string} argument name:exit-code[:report]
 * @returns {Stage}
 */
function readStage(argument) {
  const [, name, code, path] = /^([^:]+):(\d+)(?::(.+))?$/.exec(argument) ?? [];
  if (name === undefined || code === undefined) throw new Error(`"${argument}" is no stage: expected name:exit-code[:report.json]`);
  if (path === undefined) return { name, exitCode: Number(code) };
  try {
    return { name, exitCode: Number(code), report: JSON.parse(readFileSync(path, 'utf8')) };
  } catch {
    return { name, exitCode: Number(code), report: 'unreadable' };
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { passed, failed, notes } = summarize(process.argv.slice(2).map(readStage));
  for (const note of notes) console.log(note);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
