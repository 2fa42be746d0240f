import type { Command } from 'commander';
import type { Environment } from './environment.ts';
import type { ExitCode } from './output.ts';

/** Defines one command; `act` runs its action and keeps its exit code. */
export type DefineCommand = (program: Command, environment: Environment, act: (action: () => Promise<ExitCode>) => Promise<void>) => void;
