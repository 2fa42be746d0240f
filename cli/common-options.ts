import type { Command } from 'commander';

/** Options that every command has. */
export type CommonOptions = { readonly config: string; readonly json?: boolean };

export function withCommonOptions(command: Command): Command {
  return command.option('-c, --config <file>', 'the configuration', 'foretide.yaml').option('--json', 'print JSON for machines');
}
