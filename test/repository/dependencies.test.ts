import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readText } from './repository-files.ts';

const Manifest = z.object({ dependencies: z.record(z.string(), z.string()), devDependencies: z.record(z.string(), z.string()) });
const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string(),
      license: z.string().optional(),
      dev: z.boolean().optional(),
      optionalDependencies: z.record(z.string(), z.string()).default({}),
    }),
  ),
});

const manifest = Manifest.parse(JSON.parse(readText('package.json')));
const lock = Lock.parse(JSON.parse(readText('package-lock.json')));
const direct = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });

const permissive = new Set([
  'MIT',
  'Apache-2.0',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'PSF-2.0',
  'Unlicense',
]);
/** What is not permissive by its name alone, and why it may be shipped. */
const exceptions = new Map([
  ['date-holidays (ISC AND CC-BY-3.0)', 'its holiday data, CC BY-SA in its own LICENSE file, is shipped unchanged; NOTICE names it'],
  ['case (MIT OR GPL-3.0-or-later)', 'taken under MIT'],
]);

describe('the dependencies', () => {
  it('are asked for in one exact version each, which the lockfile has', () => {
    expect(direct.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
    expect(direct.filter(([name, version]) => lock.packages[`node_modules/${name}`]?.version !== version)).toEqual([]);
  });

  it('include the CDK CLI and Node 24', () => {
    expect(Object.keys(manifest.devDependencies)).toContain('aws-cdk');
    expect(manifest.devDependencies.node).toMatch(/^24\./);
  });

  it('come from whatever registry the reader uses: the lockfile names none', () => {
    expect(readText('package-lock.json')).not.toContain('"resolved"');
  });

  // npm drops entries that its registry doesn't have, or that are not installed here; `npm ci` then fails on a fresh clone.
  it('include the optional packages of every platform', () => {
    const paths = Object.keys(lock.packages);
    const missing = Object.values(lock.packages)
      .flatMap(({ optionalDependencies }) => Object.keys(optionalDependencies))
      .filter((name) => !paths.some((path) => path.endsWith(`node_modules/${name}`)));
    expect(missing).toEqual([]);
  });

  it('that are shipped have permissive licences', () => {
    const shipped = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && dev !== true);
    const licences = shipped.map(([path, { license }]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 13),
      license: license ?? 'none',
    }));
    expect(licences.length).toBeGreaterThan(50);
    const unknown = licences.filter(({ name, license }) => !permissive.has(license) && !exceptions.has(`${name} ${license}`));
    expect(unknown).toEqual([]);
  });

  it('that need attribution get it', () => {
    expect(readText('NOTICE')).toContain('date-holidays');
  });
});
