import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig, reloadConfig } from '../../cli/load.ts';

const CONFIG = `
clusters: [{ name: dev, region: us-east-1 }]
workloads: [{ name: chat, target: { kind: ScaledObject, namespace: inference, name: llama } }]
`;

let directory: string;
let file: string;
const errors: string[] = [];
const output = { out: () => undefined, err: (text: string) => void errors.push(text), errStream: process.stderr };
beforeEach(async () => {
  errors.length = 0;
  directory = await mkdtemp(join(tmpdir(), 'foretide-load-'));
  file = join(directory, 'foretide.yaml');
  await writeFile(file, CONFIG);
});
afterEach(() => rm(directory, { recursive: true }));

it('takes up an edited configuration, and keeps the one before while the new one is faulty', async () => {
  const first = await loadConfig(file, output);
  expect(await reloadConfig(first, output)).toBe(first);

  await writeFile(file, CONFIG.replace('name: dev', 'name: prod'));
  const second = await reloadConfig(first, output);
  expect(second.config.clusters.map(({ name }) => name)).toEqual(['prod']);

  await writeFile(file, CONFIG.replace('ScaledObject', 'Scaledobject'));
  expect(await reloadConfig(second, output)).toBe(second);
  await rm(file);
  expect(await reloadConfig(second, output)).toBe(second);
  expect(errors.join('\n')).toContain('did you mean ScaledObject?');
  expect(errors.join('\n')).toContain('The configuration that was read before goes on.');
  await writeFile(file, '');
});
