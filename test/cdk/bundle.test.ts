import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { FLEET_FILES } from './fleet.ts';
import { resourcesOf, synthesize, writeFiles } from './synthesize.ts';

const MAX_BUNDLE_BYTES = 5_000_000;

it('packs a handler that Node 24 loads, with the configuration and its calendars beside it', async () => {
  const directory = writeFiles(FLEET_FILES);
  const synthesized = synthesize(join(directory, 'foretide.yaml'), { bundling: true });
  // Two stacks, one bundle.
  const assets = readdirSync(synthesized.outdir).filter((name) => name.startsWith('asset.'));
  expect(assets).toHaveLength(1);
  const asset = join(synthesized.outdir, assets[0] ?? '');
  for (const [path, text] of Object.entries(FLEET_FILES)) expect(readFileSync(join(asset, path), 'utf8')).toBe(text);

  const bytes = statSync(join(asset, 'index.mjs')).size;
  console.log(`prescale bundle: ${Math.round(bytes / 1000)} kB`);
  expect(bytes).toBeLessThan(MAX_BUNDLE_BYTES);

  const [fn] = resourcesOf(synthesized, 'AWS::Lambda::Function');
  expect(fn?.Properties.Handler).toBe('index.handler');
  // The configuration is read at the first event: an unknown cluster is answered with the known ones.
  const script = `
    const { handler } = await import(${JSON.stringify(pathToFileURL(join(asset, 'index.mjs')).href)});
    await handler({ cluster: 'nope' }, { awsRequestId: 'r-1' }).catch((error) => console.log(error.name, error.message));
  `;
  const env = {
    CONFIG_FILE: 'foretide.yaml',
    TABLE_NAME: 'state',
    ALERTS_TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:alerts',
    LOG_LEVEL: 'info',
    AWS_REGION: 'us-east-1',
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd: directory, env });
  expect(stdout).toBe(
    'EventError no cluster is named nope; the configuration deployed with this function has prod-use1, spoke-use1, prod-euw1, dev\n',
  );
});
