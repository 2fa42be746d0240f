import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');
export const CLIENT_SCRIPT_PATH = 'report/generated/client-script.ts';

/** The module that holds the script of report pages: report/client and what it needs of ECharts, in one piece. */
export async function generatedClientModule(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['report/client/main.ts'],
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
  return `// Written by \`npm run generate\` from report/client. Don't edit. ECharts and zrender: Apache-2.0 and BSD-3-Clause, see NOTICE.\nexport const CLIENT_SCRIPT =\n  ${JSON.stringify(text)};\n`;
}

async function main(): Promise<void> {
  const text = await generatedClientModule();
  await writeFile(join(ROOT, CLIENT_SCRIPT_PATH), text);
  console.log(`wrote ${CLIENT_SCRIPT_PATH} (${Math.round(text.length / 1_000)} kB)`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
