import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { renderConfigDocs } from './render-config-docs.ts';
import { renderJsonSchema } from './render-json-schema.ts';

const ROOT = join(import.meta.dirname, '..');

/** What is generated from the schema of the configuration, by path in the repository. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const schema = renderJsonSchema();
  return new Map([
    ['schema/foretide.schema.json', `${JSON.stringify(schema, null, 2)}\n`],
    ['docs/reference/configuration.md', renderConfigDocs(schema)],
  ]);
}

/** Those generated files that differ from what is committed. */
export async function staleFiles(): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, text] of generatedFiles()) {
    const committed = await readFile(join(ROOT, path), 'utf8').catch(() => undefined);
    if (committed !== text) stale.push(path);
  }
  return stale;
}

async function main(): Promise<void> {
  for (const [path, text] of generatedFiles()) {
    await mkdir(dirname(join(ROOT, path)), { recursive: true });
    await writeFile(join(ROOT, path), text);
    console.log(`wrote ${path}`);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
