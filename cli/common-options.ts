import type { Command } from 'commander';

/** Options that every command has. */
export type CommonOptions = { readonly config: string; readonly json?: boolean };

/** For commands that talk to clusters. */
export function withConnectionOptions(command: Command): Command {
  return command
    .option('--kubeconfig <file>', "reach the cluster by this file instead of the configuration's way")
    .option('--context <name>', 'context of the kubeconfig');
}

export function withCommonOptions(command: Command): Command {
  return command.option('-c, --config <file>', 'the configuration', 'foretide.yaml').option('--json', 'print JSON for machines');
}
