import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { ConfigError } from '../lambda/core/config/parse.ts';
import { addStacks } from '../lib/add-stacks.ts';
import { DeploymentError } from '../lib/deployment-error.ts';
import { loadConfiguration } from '../lib/load-configuration.ts';

const USAGE = 2;
const EXAMPLE = join(import.meta.dirname, '..', 'examples', 'foretide.yaml');

/** `-c config=FILE`, else foretide.yaml where the command is given, else the example, so that `cdk synth` shows something at once. */
function chooseFile(app: App): string {
  const given: unknown = app.node.tryGetContext('config');
  if (given !== undefined) return String(given);
  if (existsSync('foretide.yaml')) return 'foretide.yaml';
  console.error('There is no foretide.yaml here: this is the bundled example. Write one, or pass -c config=FILE.');
  return EXAMPLE;
}

try {
  // Not by itself at exit: what is wrong must leave nothing behind that looks deployable.
  const app = new App({ autoSynth: false });
  const configuration = loadConfiguration(chooseFile(app));
  for (const note of configuration.notes) console.error(note);
  addStacks(app, configuration, { accessEntries: String(app.node.tryGetContext('accessEntries') ?? true) === 'true' });
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof DeploymentError)) throw error;
  console.error(error.message);
  process.exitCode = USAGE;
}
