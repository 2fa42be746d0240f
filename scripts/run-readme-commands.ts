import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../cli/program.ts';
import { MINUTE_MS } from '../lambda/core/units/quantities.ts';
import { startTwin } from '../sim/twin.ts';

/** The commands that the README shows with their output, in order, each at its instant. `cluster`: it needs one. */
const COMMANDS = [
  { command: 'npx foretide plan --from 2026-11-26 --to 2026-11-29', at: '2026-11-27T04:00:00Z', cluster: false },
  { command: 'npx foretide calendar list --from 2026-11-25 --to 2026-12-01', at: '2026-11-27T04:00:00Z', cluster: false },
  { command: 'npx foretide simulate --demand examples/demand.csv --gaps hold', at: '2026-11-27T04:00:00Z', cluster: false },
  { command: 'npx foretide run --once', at: '2026-11-27T04:45:00Z', cluster: true },
  { command: 'npx foretide status', at: '2026-11-27T04:55:00Z', cluster: true },
] as const;

/** Runs the README's commands on its configuration, against an embedded cluster with its workload; their output by command. */
export async function runReadmeCommands(configText: string): Promise<ReadonlyMap<string, string>> {
  const directory = await mkdtemp(join(tmpdir(), 'foretide-readme-'));
  const twin = await startTwin({ seed: '7', startMs: Date.parse(COMMANDS[0].at) });
  try {
    twin.addWorkload({
      namespace: 'inference',
      name: 'llama-8b',
      minReplicas: 2,
      maxReplicas: 40,
      gpusPerReplica: 1,
      capacityPerReplicaPerMinute: 600,
      startupMedianMs: 4 * MINUTE_MS,
      demand: () => 900,
    });
    const config = join(directory, 'foretide.yaml');
    const kubeconfig = join(directory, 'kubeconfig.yaml');
    const state = join(directory, 'state');
    await writeFile(config, configText);
    await writeFile(kubeconfig, twin.kubeconfig());
    const outputs = new Map<string, string>();
    for (const { command, at, cluster } of COMMANDS) {
      const nowMs = Date.parse(at);
      twin.advanceTo(nowMs);
      const [, , ...args] = command.split(' ');
      const reached = cluster ? ['--kubeconfig', kubeconfig, '--state', state] : [];
      outputs.set(command, await runCommand([...args, '--config', config, ...reached], nowMs));
    }
    return outputs;
  } finally {
    await twin.stop();
    await rm(directory, { recursive: true });
  }
}

async function runCommand(args: readonly string[], nowMs: number): Promise<string> {
  const lines: string[] = [];
  const print = (text: string) => void lines.push(text);
  const environment = {
    output: { out: print, err: print, errStream: { write: (chunk: unknown) => lines.push(String(chunk)) > 0 } },
    clock: { now: () => nowMs },
    interactive: false,
    stopSignal: () => new AbortController().signal,
  };
  const exitCode = await runProgram(args, environment, '0');
  if (exitCode !== 0) throw new Error(`${args.join(' ')} ended with ${exitCode}: ${lines.join('\n')}`);
  return lines.join('\n');
}
