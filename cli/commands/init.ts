import { writeFile } from 'node:fs/promises';
import { makeKubernetesSurvey } from '../../lambda/adapters/kubernetes/survey/kubernetes-survey.ts';
import { surveyCluster } from '../../lambda/app/survey.ts';
import { parseConfig } from '../../lambda/core/config/parse.ts';
import { type Proposal, proposeConfig } from '../../lambda/core/propose/propose.ts';
import { type FileOptions, proposedValues, renderProposal } from '../../lambda/core/propose/render.ts';
import { withConnectionOptions } from '../common-options.ts';
import type { DefineCommand } from '../define-command.ts';
import type { Environment } from '../environment.ts';
import { type ReachOptions, reachCluster } from '../init/reach-cluster.ts';
import { renderLeftOut } from '../init/render-left-out.ts';
import { EXIT, type ExitCode, renderJson } from '../output.ts';
import { UsageError } from '../usage-error.ts';

type InitOptions = ReachOptions & {
  readonly all?: boolean;
  readonly timezone: string;
  readonly output?: string;
  readonly force?: boolean;
  readonly json?: boolean;
};

export const defineInit: DefineCommand = (program, environment, act) => {
  withConnectionOptions(program.command('init'))
    .description('read a cluster and propose a foretide.yaml for it; changes nothing there')
    .option('--cluster <name>', 'an EKS cluster, with your AWS credentials; needs --region')
    .option('--region <region>', 'its AWS region')
    .option('--role-arn <arn>', 'role to assume first, for a cluster of another account')
    .option('--name <name>', 'how a cluster of a kubeconfig is to be called (default: its context)')
    .option('--all', 'workloads without GPUs too')
    .option('--timezone <zone>', 'zone of local times in the file', 'UTC')
    .option('-o, --output <file>', 'write the proposal there instead of printing it; an existing file is kept')
    .option('--force', 'overwrite the file')
    .option('--json', 'print JSON for machines')
    .addHelpText(
      'after',
      `
Proposes a workload for each ScaledObject, ScaledJob and plain HPA whose pods ask for GPUs, pool groups from Karpenter's
NodePools, and events from cron triggers, commented out. What was left out, and why, goes to stderr.
Exits with 1 when there is nothing to propose, or when something could not be read: the missing right is named.

Examples:
  foretide init
  foretide init --context dev --output foretide.yaml
  foretide init --cluster prod-use1 --region us-east-1 --timezone America/New_York`,
    )
    .action((options: InitOptions) => act(() => init(options, environment)));
};

async function init(options: InitOptions, { output, clock }: Environment): Promise<ExitCode> {
  const { cluster, connection } = reachCluster(options);
  const file: FileOptions = { cluster, timezone: options.timezone };
  try {
    const malformed: string[] = [];
    const source = makeKubernetesSurvey({ name: cluster.name, connection, onMalformed: ({ message }) => void malformed.push(message) });
    const proposal = proposeConfig(await surveyCluster(source), { all: options.all ?? false, nowMs: clock.now() });
    const found = proposal.workloads.length > 0;
    if (found) await tell(proposal, file, options, output);
    else if (options.json) output.out(renderProposalJson(proposal, file));
    else output.err(`cluster ${cluster.name} has nothing to propose a workload for`);
    for (const line of [...renderLeftOut(proposal), ...malformed]) output.err(line);
    const whole = malformed.length === 0 && proposal.unread.every(({ why }) => why === 'missing');
    return found && whole ? EXIT.ok : EXIT.findings;
  } finally {
    await connection.close();
  }
}

async function tell(proposal: Proposal, file: FileOptions, options: InitOptions, output: Environment['output']): Promise<void> {
  const text = renderProposal(proposal, file);
  // Whatever a cluster's objects hold: what doesn't parse is not proposed. Also finds a wrong --timezone or --name.
  parseConfig(text, options.output ?? 'the proposal');
  if (options.output !== undefined) await save(options.output, text, options.force ?? false);
  if (options.json) output.out(renderProposalJson(proposal, file));
  else if (options.output === undefined) output.out(text.trimEnd());
  else
    output.out(
      `${options.output}: ${proposal.workloads.length} workloads proposed; look at what is marked TODO, then: foretide plan --live`,
    );
}

async function save(path: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(path, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const exists = 'code' in error && error.code === 'EEXIST';
    throw new UsageError(
      exists
        ? `${path} exists already; choose another --output, or overwrite it with --force`
        : `${path} can't be written: ${error.message}`,
    );
  }
}

function renderProposalJson(proposal: Proposal, file: FileOptions): string {
  const workloads = proposal.workloads.map(({ name, tier, bounds, gpus, remarks: said }) => ({
    workload: name,
    gpus: gpus ?? null,
    bounds,
    tierBecause: tier.because,
    remarks: said,
  }));
  const { events, leftOut, unread } = proposal;
  return renderJson({ config: proposedValues(proposal, file), events, workloads, leftOut, unread });
}
