import { Command, CommanderError } from 'commander';
import { KubeconfigError } from '../lambda/adapters/kubernetes/kubeconfig-file.ts';
import { TickFailedError } from '../lambda/app/prescale.ts';
import { CalendarError } from '../lambda/core/calendar/calendar-error.ts';
import { TableFullError } from '../lambda/core/calendar-table/limits.ts';
import { ConfigError } from '../lambda/core/config/problem.ts';
import { DemandTraceError } from '../sim/simulate/demand-trace.ts';
import { SimulationError } from '../sim/simulate/simulate.ts';
import { defineCalendar } from './commands/calendar.ts';
import { defineExplain } from './commands/explain.ts';
import { defineHistory } from './commands/history.ts';
import { defineInit } from './commands/init.ts';
import { defineOverride } from './commands/override.ts';
import { definePlan } from './commands/plan.ts';
import { definePreflight } from './commands/preflight.ts';
import { defineRelease } from './commands/release.ts';
import { defineRender } from './commands/render.ts';
import { defineRun } from './commands/run.ts';
import { defineServe } from './commands/serve.ts';
import { defineSignals } from './commands/signals.ts';
import { defineSimulate } from './commands/simulate.ts';
import { defineStatus } from './commands/status.ts';
import type { Environment } from './environment.ts';
import { EXIT, type ExitCode } from './output.ts';
import { UsageError } from './usage-error.ts';

/** Runs one command line (without node and script) and returns the exit code; prints errors in words, never a stack trace for what a user did. */
export async function runProgram(args: readonly string[], environment: Environment, version: string): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const program = new Command('foretide')
    .description('Raises KEDA floors ahead of the events you know about, and gives them back.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => environment.output.out(text.trimEnd()),
      writeErr: (text) => environment.output.err(text.trimEnd()),
    })
    .showHelpAfterError('Run with --help for usage and examples.');
  const act = async (action: () => Promise<ExitCode>) => {
    exitCode = await action();
  };
  for (const define of [
    defineInit,
    defineRun,
    definePlan,
    defineExplain,
    definePreflight,
    defineSimulate,
    defineStatus,
    defineSignals,
    defineHistory,
    defineServe,
    defineCalendar,
    defineOverride,
    defineRelease,
    defineRender,
  ])
    define(program, environment, act);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    return explain(error, environment);
  }
}

/** What somebody wrote can't be done as written. */
const USER_ERRORS = [UsageError, KubeconfigError, ConfigError, CalendarError, DemandTraceError, SimulationError, TableFullError];

function explain(error: unknown, { output }: Environment): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (USER_ERRORS.some((kind) => error instanceof kind)) {
    output.err(error instanceof Error ? error.message : String(error));
    return EXIT.usage;
  }
  if (!(error instanceof Error)) throw error;
  // A bug keeps its stack trace; what the world did to us is said in words.
  output.err(error instanceof TickFailedError || error.name !== 'TypeError' ? `failed: ${error.message}` : (error.stack ?? error.message));
  return EXIT.failure;
}
