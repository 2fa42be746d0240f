import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whyStale } from '../../scripts/ensure-installed.mjs';
import { root } from './repository-files.ts';

describe('what is installed satisfies the lockfile', () => {
  const wanted = {
    packages: { '': {}, 'node_modules/a': { version: '1.0.0', integrity: 'x' }, 'node_modules/a/node_modules/@s/b': { version: '2.0.0' } },
  };

  it.each<[string, Parameters<typeof whyStale>, string | undefined]>([
    ['the same', [wanted, wanted], undefined],
    ['more than asked for', [wanted, { packages: { ...wanted.packages, 'node_modules/c': { version: '1.0.0' } } }], undefined],
    ['nothing asked for', [{}, {}], undefined],
    ['nothing installed', [wanted, undefined], 'nothing is installed yet'],
    ['a package missing', [wanted, { packages: { 'node_modules/a': { version: '1.0.0', integrity: 'x' } } }], '@s/b 2.0.0 is missing'],
    [
      'another version',
      [wanted, { packages: { ...wanted.packages, 'node_modules/a': { version: '0.9.0', integrity: 'x' } } }],
      'a is 0.9.0, the lockfile says 1.0.0',
    ],
    [
      'another archive of the version',
      [wanted, { packages: { ...wanted.packages, 'node_modules/a': { version: '1.0.0', integrity: 'y' } } }],
      'a 1.0.0 is not the archive that the lockfile names',
    ],
    [
      "another platform's package missing",
      [{ packages: { 'node_modules/only-mac': { version: '1.0.0', optional: true } } }, { packages: {} }],
      undefined,
    ],
  ])('%s', (_, [lock, installed], expected) => {
    expect(whyStale(lock, installed)).toBe(expected);
  });
});

// A small checkout with the real scripts, and an npm that writes down its calls and installs one package and a Node.
const lock = JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' }, 'node_modules/node': { version: '24.0.0' } } });
const npm = `#!${process.execPath}
const { appendFileSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } = require('node:fs');
appendFileSync('calls', process.argv.slice(2).join(' ') + '\\n');
console.log('added 2 packages');
rmSync('node_modules', { recursive: true, force: true });
if (existsSync('npm-fails')) process.exit(7);
mkdirSync('node_modules/node/bin', { recursive: true });
if (!existsSync('npm-skips-scripts')) symlinkSync(${JSON.stringify(process.execPath)}, 'node_modules/node/bin/node');
writeFileSync('node_modules/.package-lock.json', ${JSON.stringify(lock)});
`;
const pretendNode20 = `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.12.0"}})`;

let checkout: string;
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'foretide-checkout-'));
  for (const folder of ['bin', 'scripts', 'npm']) mkdirSync(join(checkout, folder));
  for (const file of ['bin/foretide.mjs', 'scripts/ensure-installed.mjs']) copyFileSync(join(root, file), join(checkout, file));
  writeFileSync(join(checkout, 'package-lock.json'), lock);
  writeFileSync(join(checkout, 'npm/npm'), npm);
  chmodSync(join(checkout, 'npm/npm'), 0o755);
});
afterEach(() => rmSync(checkout, { recursive: true }));

function write(file: string, text = ''): void {
  writeFileSync(join(checkout, file), text);
}

function start(args: readonly string[]): ChildProcess {
  const env = { ...process.env, PATH: [join(checkout, 'node_modules/.bin'), join(checkout, 'npm'), process.env.PATH].join(delimiter) };
  return spawn(process.execPath, args, { cwd: checkout, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function finish(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const texts = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    texts.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    texts.stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, ...texts };
}

function run(...args: readonly string[]) {
  return finish(start(args));
}

function npmCalls(): string[] {
  const path = join(checkout, 'calls');
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
}

describe('ensure-installed', () => {
  const script = 'scripts/ensure-installed.mjs';

  it('installs on a fresh clone, says so in one line of its own, and leaves stdout alone', async () => {
    expect(await run(script)).toEqual({
      code: 0,
      stdout: '',
      stderr: 'foretide: installing the dependencies with `npm ci` (nothing is installed yet)\nadded 2 packages\n',
    });
    expect(npmCalls()).toEqual(['ci --loglevel=error']);
  });

  it('does and says nothing when everything is there', async () => {
    await run(script);
    expect(await run(script)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(npmCalls()).toEqual(['ci --loglevel=error']);
  });

  it('installs again after the lockfile changed, or an install was interrupted', async () => {
    await run(script);
    write('node_modules/.package-lock.json', lock.slice(0, 20));
    expect((await run(script)).code).toBe(0);
    write('package-lock.json', lock.replace('1.0.0', '1.0.1'));
    expect(await run(script)).toMatchObject({ code: 1, stderr: expect.stringContaining('a is 1.0.0, the lockfile says 1.0.1') });
    expect(npmCalls()).toHaveLength(3);
  });

  it("passes on npm's failure, and the next run tries again", async () => {
    write('npm-fails');
    expect((await run(script)).code).toBe(7);
    rmSync(join(checkout, 'npm-fails'));
    expect((await run(script)).code).toBe(0);
  });

  it('notices install scripts that npm was told not to run', async () => {
    write('npm-skips-scripts');
    expect(await run(script)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Node 24's binary is missing: is npm told to skip"),
    });
  });

  it('installs once when several start at the same time', async () => {
    const results = await Promise.all([run(script), run(script), run(script)]);
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(npmCalls()).toEqual(['ci --loglevel=error']);
  });

  it('takes over the lock of a process that is no more', async () => {
    const gone = start(['--eval', '']);
    await finish(gone);
    mkdirSync(join(checkout, '.foretide'));
    write('.foretide/install.lock', String(gone.pid));
    expect((await run(script)).code).toBe(0);
    expect(existsSync(join(checkout, '.foretide/install.lock'))).toBe(false);
  });

  it('says what to do without a lockfile', async () => {
    rmSync(join(checkout, 'package-lock.json'));
    expect(await run(script)).toMatchObject({ code: 1, stderr: expect.stringContaining('package-lock.json is missing') });
  });
});

describe('the launcher of `npx foretide`', () => {
  const entry = `import { type A } from './types.ts'; const args: A = process.argv.slice(2); console.log(JSON.stringify(args)); process.exitCode = 5;`;
  const older = ['--import', pretendNode20, 'bin/foretide.mjs'];

  beforeEach(() => {
    write('bin/foretide.ts', entry);
    write('bin/types.ts', 'export type A = string[];');
  });

  it.each([
    ['this Node', ['bin/foretide.mjs']],
    ['the installed Node, when this one is too old', older],
  ])('installs, then runs the command on %s', async (_, launch) => {
    expect(await run(...launch, 'plan', '--from', 'a b')).toEqual({
      code: 5,
      stdout: '["plan","--from","a b"]\n',
      stderr: expect.stringContaining('npm ci'),
    });
    expect(await run(...launch)).toEqual({ code: 5, stdout: '[]\n', stderr: '' });
  });

  it('fails as a runtime failure when nothing can be installed', async () => {
    write('npm-fails');
    expect(await run('bin/foretide.mjs')).toMatchObject({ code: 3, stdout: '' });
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('passes %s on and ends as the command does', async (signal) => {
    write(
      'bin/foretide.ts',
      `process.on('${signal}', () => { console.log('${signal}'); process.exit(9); }); setInterval(() => {}, 1000); console.log('ready');`,
    );
    const child = start(older);
    const ending = finish(child);
    if (child.stdout !== null) await once(child.stdout, 'data');
    child.kill(signal);
    expect(await ending).toMatchObject({ code: 9, stdout: `ready\n${signal}\n` });
  });

  it('ends with 128 + the signal that ended the command', async () => {
    write('bin/foretide.ts', `process.kill(process.pid, 'SIGKILL');`);
    expect((await run(...older)).code).toBe(137);
  });

  describe('in the published package', () => {
    beforeEach(() => {
      for (const file of ['bin/foretide.ts', 'scripts/ensure-installed.mjs', 'package-lock.json']) rmSync(join(checkout, file));
      mkdirSync(join(checkout, 'dist/bin'), { recursive: true });
      write('dist/bin/foretide.js', 'console.log("compiled");');
      write('package.json', '{ "type": "module" }');
    });

    it('runs the compiled command, through a link as npm makes it', async () => {
      symlinkSync(join(checkout, 'bin/foretide.mjs'), join(checkout, 'foretide'));
      expect(await run('foretide')).toEqual({ code: 0, stdout: 'compiled\n', stderr: '' });
      expect(npmCalls()).toEqual([]);
    });

    it('says how to get a Node that is new enough', async () => {
      expect(await run(...older, 'plan')).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('npx -p node@24 -p foretide foretide plan'),
      });
    });
  });
});
