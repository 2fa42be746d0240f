import { hostname } from 'node:os';
import { openFileStores } from '../../lambda/adapters/files/file-stores.ts';
import { type Resumption, resumeTarget } from '../../lambda/app/resume.ts';
import { resolveWorkloads } from '../../lambda/core/config/resolve-workloads.ts';
import { type CommonOptions, withCommonOptions } from '../common-options.ts';
import type { DefineCommand } from '../define-command.ts';
import type { Environment } from '../environment.ts';
import { loadConfig } from '../load.ts';
import { EXIT, type ExitCode, renderJson } from '../output.ts';
import { stateDirectory } from '../state-directory.ts';
import { UsageError } from '../usage-error.ts';

type OverrideOptions = CommonOptions & { readonly resume?: string; readonly state?: string };

export const defineOverride: DefineCommand = (program, environment, act) => {
  withCommonOptions(program.command('override'))
    .description('exceptions made by people; in this version: end a yield')
    .requiredOption('--resume <workload>', 'let events bind again a workload that Foretide yielded to another writer')
    .option('--state <directory>', 'local state (default: .foretide beside the configuration)')
    .addHelpText('after', '\nExits with 1 when there was nothing to resume.\n\nExamples:\n  foretide override --resume chat')
    .action((options: OverrideOptions) => act(() => override(options, environment)));
};

async function override(options: OverrideOptions, { output, clock }: Environment): Promise<ExitCode> {
  const { config, directory } = await loadConfig(options.config, output);
  const workloads = resolveWorkloads(config);
  const workload = workloads.find(({ name }) => name === options.resume);
  if (workload === undefined) {
    throw new UsageError(`no workload is named ${options.resume}; the configuration has ${workloads.map(({ name }) => name).join(', ')}`);
  }
  const stores = openFileStores(stateDirectory(directory, options.state));
  const result = await resumeTarget(
    { store: stores.states, leases: stores.leases },
    { target: workload.target, holder: `${hostname()}/${process.pid}/override`, nowMs: clock.now() },
  );
  output.out(options.json ? renderJson({ workload: workload.name, result }) : `${workload.name}: ${WORDS[result]}`);
  return result === 'resumed' ? EXIT.ok : result === 'busy' ? EXIT.failure : EXIT.findings;
}

const WORDS: Readonly<Record<Resumption, string>> = {
  resumed: 'resumed; the next tick gives it the floor that its events want',
  'had-not-yielded': 'had not yielded; nothing to resume',
  busy: 'a tick is at work on its cluster; try again in a moment',
};
