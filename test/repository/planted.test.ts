import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readText, root } from './repository-files.ts';

// The very commands of `npm run check`, run on small trees under test/fixtures/planted. Each planted file is one violation, named for it.

const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(readText('package.json')));

type Outcome = { code: number | null; output: string };

function runCheck(name: string, tree: string): Promise<Outcome> {
  const command = scripts[name];
  if (command === undefined) throw new Error(`package.json has no script ${name}`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, {
      cwd: join(root, 'test/fixtures/planted', tree),
      shell: true,
      env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}`, FORCE_COLOR: '0', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString('utf8') }));
  });
}

const checks = ['check:core', 'check:lint', 'check:imports'] as const;
type Check = (typeof checks)[number];

async function runChecks(tree: string): Promise<Map<Check, Outcome>> {
  return new Map(await Promise.all(checks.map(async (name) => [name, await runCheck(name, tree)] as const)));
}

describe('a tree that keeps the rules', () => {
  let outcomes: Map<Check, Outcome>;
  beforeAll(async () => {
    outcomes = await runChecks('clean');
  }, 120_000);

  it.each(checks)('passes %s', (name) => {
    expect(outcomes.get(name)).toMatchObject({ code: 0 });
  });
});

describe('a planted violation is reported, and nothing else', () => {
  let outcomes: Map<Check, Outcome>;
  beforeAll(async () => {
    outcomes = await runChecks('violations');
  }, 120_000);

  function outputOf(name: Check): string {
    return outcomes.get(name)?.output ?? '';
  }

  it.each(checks)('%s fails', (name) => {
    expect(outcomes.get(name)?.code).toBeGreaterThan(0);
  });

  it('in the types of the core: nothing of Node, of a browser or of a host', () => {
    const reported = [...outputOf('check:core').matchAll(/^(\S+?)\(.*?Cannot find name '([^']+)'/gm)].map(
      ([, file, name]) => `${file} ${name}`,
    );
    expect(reported.sort()).toEqual([
      'lambda/core/imports-node-fs.ts node:fs',
      'lambda/core/uses-buffer.ts Buffer',
      'lambda/core/uses-console.ts console',
      'lambda/core/uses-crypto.ts crypto',
      'lambda/core/uses-fetch.ts fetch',
      'lambda/core/uses-performance.ts performance',
      'lambda/core/uses-process.ts process',
      'lambda/core/uses-set-timeout.ts setTimeout',
    ]);
  });

  it('in lint: hidden inputs of the core, promises and switches of everything', () => {
    const reported: string[] = [];
    let file = '';
    for (const line of outputOf('check:lint').split('\n')) {
      file = /planted\/violations\/(\S+)$/.exec(line)?.[1] ?? file;
      const rule = /^ +\d+:\d+ +error .* (\S+)$/.exec(line)?.[1];
      if (rule !== undefined) reported.push(`${file} ${rule}`);
    }
    expect(reported.sort()).toEqual([
      'lambda/core/uses-crypto.ts no-restricted-globals',
      'lambda/core/uses-date-despite-comment.ts no-restricted-globals',
      'lambda/core/uses-date.ts no-restricted-globals',
      'lambda/core/uses-dynamic-import.ts no-restricted-syntax',
      'lambda/core/uses-formatted-now.ts no-restricted-syntax',
      'lambda/core/uses-global-this.ts no-restricted-globals',
      'lambda/core/uses-host-locale.ts no-restricted-syntax',
      'lambda/core/uses-host-zone.ts no-restricted-syntax',
      'lambda/core/uses-math-random-taken-apart.ts no-restricted-properties',
      'lambda/core/uses-math-random.ts no-restricted-properties',
      'lambda/core/uses-new-date.ts no-restricted-globals',
      'lambda/core/uses-performance.ts no-restricted-globals',
      'lambda/core/uses-temporal-now-of-namespace.ts no-restricted-syntax',
      'lambda/core/uses-temporal-now-taken-apart.ts no-restricted-properties',
      'lambda/core/uses-temporal-now.ts no-restricted-properties',
      'sim/awaits-nothing.ts @typescript-eslint/await-thenable',
      'sim/floating-promise.ts @typescript-eslint/no-floating-promises',
      'sim/misused-promise.ts @typescript-eslint/no-misused-promises',
      'sim/switch-hides-a-case-in-default.ts @typescript-eslint/switch-exhaustiveness-check',
      'sim/switch-misses-a-case.ts @typescript-eslint/switch-exhaustiveness-check',
    ]);
  });

  it('in imports: every arrow that the import rule lacks', () => {
    const reported = [...outputOf('check:imports').matchAll(/^ *error ([\w-]+): (\S+) →/gm)].map(([, rule, file]) => `${file} ${rule}`);
    expect(reported.sort()).toEqual([
      'bench/imports-cli.ts bench-layer',
      'cli/imports-bin.ts cli-layer',
      'cli/imports-bin.ts nothing-imports-test-or-bin',
      'cli/imports-lib.ts cli-layer',
      'lambda/adapters/imports-app.ts adapters-layer',
      'lambda/adapters/imports-development-package.ts production-dependencies',
      'lambda/adapters/imports-nothing-there.ts resolvable',
      'lambda/adapters/imports-test.ts adapters-layer',
      'lambda/adapters/imports-test.ts nothing-imports-test-or-bin',
      'lambda/app/imports-adapter.ts app-layer',
      'lambda/app/imports-node-fs.ts app-builtins',
      'lambda/app/imports-package.ts app-packages',
      'lambda/app/imports-sim.ts app-layer',
      'lambda/core/imports-adapter.ts core-layer',
      'lambda/core/imports-node-fs.ts core-builtins',
      'lambda/core/imports-package.ts core-packages',
      'lambda/core/imports-port.ts core-layer',
      'lambda/functions/prescale/imports-sim.ts functions-layer',
      'lambda/ports/imports-app.ts ports-layer',
      'lambda/ports/imports-code-of-core.ts ports-types-only',
      'lambda/ports/imports-package.ts ports-packages',
      'lambda/runtime/imports-adapter.ts runtime-layer',
      'lib/imports-core-beyond-config.ts lib-layer',
      'lib/imports-handler.ts lib-layer',
      'lib/imports-handler.ts lib-reaches-no-handler',
      'lib/imports-heavy-contract.ts lib-reaches-no-handler',
      'report/imports-app.ts report-layer',
      'sim/cycle-a.ts no-cycles',
      'sim/imports-cli.ts sim-layer',
    ]);
  });
});
