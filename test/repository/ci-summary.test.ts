import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { summarize } from '../../scripts/ci-summary.mjs';
import { root } from './repository-files.ts';

function file(statuses: readonly string[], status = statuses.includes('failed') ? 'failed' : 'passed') {
  return { status, assertionResults: statuses.map((one) => ({ status: one })) };
}

function report(...testResults: ReturnType<typeof file>[]) {
  return { testResults };
}

describe('what .ci/run counts', () => {
  it.each<[string, Parameters<typeof summarize>[0], { passed: number; failed: number; notes: string[] }]>([
    ['no stage', [], { passed: 0, failed: 0, notes: [] }],
    ['a stage without tests that passed', [{ name: 'check', exitCode: 0 }], { passed: 0, failed: 0, notes: [] }],
    ['one that failed', [{ name: 'check', exitCode: 1 }], { passed: 0, failed: 1, notes: ['check: exit code 1'] }],
    [
      'tests of several files and levels',
      [
        { name: 'test', exitCode: 0, report: report(file(['passed', 'passed']), file(['passed'])) },
        { name: 'test:e2e', exitCode: 0, report: report(file(['passed'])) },
      ],
      { passed: 4, failed: 0, notes: [] },
    ],
    [
      'failed tests, once each, not once more for their stage',
      [{ name: 'test', exitCode: 1, report: report(file(['passed', 'failed', 'failed']), file(['passed'])) }],
      { passed: 2, failed: 2, notes: [] },
    ],
    [
      'a file that cannot be loaded',
      [{ name: 'test', exitCode: 1, report: report(file([], 'failed'), file(['passed'])) }],
      { passed: 1, failed: 1, notes: [] },
    ],
    [
      'a hook that threw after its tests passed',
      [{ name: 'test', exitCode: 1, report: report(file(['passed'], 'failed')) }],
      { passed: 1, failed: 1, notes: [] },
    ],
    [
      'a stage that failed outside any test',
      [{ name: 'test', exitCode: 1, report: report(file(['passed'])) }],
      { passed: 1, failed: 1, notes: ['test: exit code 1'] },
    ],
    ['a stage that ran nothing', [{ name: 'test', exitCode: 0, report: report() }], { passed: 0, failed: 1, notes: ['test: ran no test'] }],
    [
      'a report that is missing',
      [{ name: 'test', exitCode: 137, report: 'unreadable' }],
      { passed: 0, failed: 1, notes: ['test: left no readable report of its tests'] },
    ],
    [
      'skipped tests: neither passed nor failed, but said',
      [{ name: 'test', exitCode: 0, report: report(file(['passed', 'pending', 'todo'])) }],
      { passed: 1, failed: 0, notes: ['test: 2 tests did not run to their end (skipped or to do)'] },
    ],
    [
      'a failing check beside passing tests',
      [
        { name: 'check', exitCode: 2 },
        { name: 'test', exitCode: 0, report: report(file(['passed'])) },
      ],
      { passed: 1, failed: 1, notes: ['check: exit code 2'] },
    ],
  ])('%s', (_, stages, expected) => {
    expect(summarize(stages)).toEqual(expected);
  });
});

describe('its command', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ci-summary-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function run(...args: string[]) {
    const { status, stdout } = spawnSync(process.execPath, [join(root, 'scripts/ci-summary.mjs'), ...args], { encoding: 'utf8' });
    return { status, lastLine: stdout.trimEnd().split('\n').at(-1) };
  }

  it.each([
    ['all passed', 0, JSON.stringify(report(file(['passed', 'passed']))), { status: 0, lastLine: '2 passed, 0 failed' }],
    ['one failed', 1, JSON.stringify(report(file(['passed', 'failed']))), { status: 1, lastLine: '1 passed, 1 failed' }],
    ['a report cut short', 1, '{"testResults": [', { status: 1, lastLine: '0 passed, 1 failed' }],
  ])('%s', (_, code, text, expected) => {
    const path = join(folder, 'test.json');
    writeFileSync(path, text);
    expect(run('install:0', 'check:0', `test:${code}:${path}`)).toEqual(expected);
  });

  it('fails when nothing ran', () => {
    expect(run('install:0')).toEqual({ status: 1, lastLine: '0 passed, 0 failed' });
  });
});
