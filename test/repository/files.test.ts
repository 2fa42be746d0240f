import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { listRepositoryFiles, readText, root } from './repository-files.ts';

const files = listRepositoryFiles();
const code = files.filter((file) => /\.(ts|mjs|js)$/.test(file) && !file.startsWith('test/fixtures/planted/'));
const self = 'test/repository/files.test.ts';

/** Every line of the files that matches, as file:line: text. */
function findLines(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    readText(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 160)}`] : [])),
  );
}

describe('the files of the repository', () => {
  it('are named in kebab case, folders too', () => {
    const name = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;
    const sources = files.filter((file) => /\.(ts|mjs|js)$/.test(file));
    expect(sources.filter((file) => !file.split('/').every((part) => name.test(part)))).toEqual([]);
  });

  it('hold no path of a machine and no address of a package registry', () => {
    const paths = ['work', 'root', 'farm', 'home/[a-z]+'].map((folder) => `(?<![\\w.~:}-])/${folder}/`);
    const hosts = ['registry\\.npmjs', 'registry\\.yarnpkg', '//npm\\.', 'artifactory', '/simple/', 'proxy\\.golang'];
    expect(
      findLines(
        files.filter((file) => file !== self),
        new RegExp([...paths, ...hosts].join('|')),
      ),
    ).toEqual([]);
  });

  it('silence no checker', () => {
    const words = ['@ts-ignore', '@ts-expect-error', '@ts-nocheck', 'biome-ignore', 'eslint-disable', 'v8 ignore'];
    expect(
      findLines(
        code.filter((file) => file !== self),
        new RegExp(words.join('|')),
      ),
    ).toEqual([]);
  });

  it('skip no test and single none out', () => {
    const tests = code.filter((file) => file.startsWith('test/') && file !== self);
    expect(findLines(tests, /\b(describe|it|test|suite)(\.\w+)*\.(only|skip|todo)\b|\b(xit|xdescribe|fit|fdescribe)\(/)).toEqual([]);
  });
});

describe('the tests', () => {
  it('are all found by `npm test` or `npm run test:e2e`', () => {
    const tests = code.filter((file) => /\.(test|spec)\.ts$/.test(file));
    const misplaced = tests.filter((file) => !file.startsWith('test/') || file.endsWith('.e2e.test.ts') !== file.startsWith('test/e2e/'));
    expect(misplaced).toEqual([]);
  });
});

describe('the documents', () => {
  const documents = files.filter((file) => file.endsWith('.md'));
  const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(readText('package.json')));

  it('name only npm scripts that exist', () => {
    const named = documents.flatMap((path) =>
      [...readText(path).matchAll(/\bnpm (?:run(?: -s| --silent)? ([\w:-]+)|(start|test)\b)/g)].map(([, run, short]) => ({
        path,
        script: run ?? short ?? '',
      })),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter(({ script }) => scripts[script] === undefined)).toEqual([]);
  });

  it('link only to files that exist', () => {
    const links = documents.flatMap((path) =>
      [...readText(path).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link]) => ({ path, link: link ?? '' })),
    );
    expect(links.filter(({ path, link }) => !existsSync(join(root, dirname(path), link)))).toEqual([]);
  });

  it('keep a changelog with an Unreleased section', () => {
    expect(readText('CHANGELOG.md')).toMatch(/^## \[Unreleased\]$/m);
  });

  it('give each decision a number of its own', () => {
    const numbers = files
      .filter((file) => file.startsWith('docs/decisions/'))
      .map((file) => basename(file).match(/^\d{4}(?=-.+\.md$)/)?.[0]);
    expect(numbers).not.toContain(undefined);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

describe('the npm scripts', () => {
  const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(readText('package.json')));
  it('that people call install what is missing first', () => {
    const called = Object.keys(scripts).filter((name) => !name.startsWith('pre') && !name.startsWith('check:'));
    expect(called.filter((name) => scripts[`pre${name}`] !== 'node scripts/ensure-installed.mjs')).toEqual([]);
  });

  it('start files that exist', () => {
    const started = Object.values(scripts).flatMap((command) => [...command.matchAll(/\bnode ([\w/.-]+)/g)].map(([, file]) => file ?? ''));
    expect(started.filter((file) => !files.includes(file))).toEqual([]);
  });
});
