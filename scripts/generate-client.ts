import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');
export const CLIENT_SCRIPT_PATH = 'report/generated/client-script.ts';
export const LIVE_SCRIPT_PATH = 'report/generated/live-script.ts';

/** The module that holds the script of report pages: report/client and what it needs of ECharts, in one piece. */
export function generatedClientModule(): Promise<string> {
  return bundle('report/client/main.ts', 'CLIENT_SCRIPT', ' ECharts and zrender: Apache-2.0 and BSD-3-Clause, see NOTICE.');
}

/** The module that holds what a live page runs beside it: follows `/events` and hands data to the pictures. */
export function generatedLiveModule(): Promise<string> {
  return bundle('report/client/live-updates.ts', 'LIVE_SCRIPT', '');
}

async function bundle(entryPoint: string, name: string, note: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [entryPoint],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    write: false,
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const [script] = outputFiles;
  if (script === undefined) throw new Error('esbuild wrote nothing');
  const text = script.text.trimEnd();
  if (/<\/script|<!--/i.test(text)) throw new Error('the script would end the element that it stands in');
  return `// Written by \`npm run generate\` from report/client. Don't edit.${note}\nexport const ${name} =\n  ${JSON.stringify(text)};\n`;
}

async function main(): Promise<void> {
  const modules = [
    [CLIENT_SCRIPT_PATH, await generatedClientModule()],
    [LIVE_SCRIPT_PATH, await generatedLiveModule()],
  ] as const;
  for (const [path, text] of modules) {
    await writeFile(join(ROOT, path), text);
    console.log(`wrote ${path} (${Math.round(text.length / 1_000)} kB)`);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
