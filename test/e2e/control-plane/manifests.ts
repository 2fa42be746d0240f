import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { KubeObject } from './api.ts';

const MANIFESTS = fileURLToPath(new URL('manifests/', import.meta.url));
const GUIDES = fileURLToPath(new URL('../../../docs/how-to/', import.meta.url));

const Manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().exactOptional() }),
});

/** The objects of one of our manifests, words in capitals replaced. */
export async function readManifest(name: string, values: Readonly<Record<string, string>> = {}): Promise<readonly KubeObject[]> {
  const text = await readFile(join(MANIFESTS, name), 'utf8');
  return parseObjects(Object.entries(values).reduce((filled, [word, value]) => filled.replaceAll(word, value), text));
}

/** Every object of a folder's YAML files. */
export async function readFolder(folder: string): Promise<readonly KubeObject[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml');
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts.flatMap(parseObjects);
}

/** What a guide, usually the deployment guide, tells people to apply: the cluster's users are told no less than is tested. */
export async function readDocumentedRights(guide = 'deploy.md'): Promise<readonly KubeObject[]> {
  const text = await readFile(join(GUIDES, guide), 'utf8');
  const block = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)]
    .map(([, yaml]) => yaml ?? '')
    .find((yaml) => yaml.includes('kind: ClusterRole\n'));
  if (block === undefined) throw new Error(`${guide} has no YAML block with a ClusterRole: the test control plane takes rights from it`);
  return parseObjects(block);
}

function parseObjects(text: string): readonly KubeObject[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as unknown)
    .filter((value) => value !== null && value !== undefined)
    .map((value) => Manifest.parse(value));
}
