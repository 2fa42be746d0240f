import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { renderDemandExample } from './render-demand-example.ts';
import { renderExample } from './render-example.ts';
import { runReadmeCommands } from './run-readme-commands.ts';

const ROOT = join(import.meta.dirname, '..');

/** The README with the true output under each command that it shows, and its pictures; by path in the repository. */
export async function generatedDocuments(): Promise<ReadonlyMap<string, string>> {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const { summary, pictures } = await renderExample();
  const demand: [string, string] = ['examples/demand.csv', renderDemandExample()];
  const outputs = new Map([['npm start', summary], ...(await runReadmeCommands(configurationOf(readme)))]);
  return new Map([['README.md', showOutputs(readme, outputs)], demand, ...pictures]);
}

/** The README's own foretide.yaml. */
export function configurationOf(readme: string): string {
  const [, text] = /^```yaml\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  if (text === undefined) throw new Error('README.md shows no configuration (a block of yaml)');
  return text;
}

/** Every block `$ command` of the README must be known, and everything known be shown. */
function showOutputs(readme: string, outputs: ReadonlyMap<string, string>): string {
  const shown = new Set<string>();
  const text = readme.replaceAll(/^```console\n\$ (.*)\n[\s\S]*?^```$/gm, (_, command: string) => {
    const output = outputs.get(command);
    if (output === undefined) throw new Error(`README.md shows the output of "${command}", which nothing here runs`);
    shown.add(command);
    return `\`\`\`console\n$ ${command}\n${stripVTControlCharacters(output).trimEnd()}\n\`\`\``;
  });
  const missing = [...outputs.keys()].filter((command) => !shown.has(command));
  if (missing.length > 0) throw new Error(`README.md does not show ${missing.join(', ')}`);
  return text;
}

async function main(): Promise<void> {
  for (const [path, text] of await generatedDocuments()) {
    await mkdir(dirname(join(ROOT, path)), { recursive: true });
    await writeFile(join(ROOT, path), text);
    console.log(`wrote ${path}`);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
