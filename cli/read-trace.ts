import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { InstantMs } from '../lambda/core/units/quantities.ts';
import { type DemandTrace, parseDemandTrace } from '../sim/simulate/demand-trace.ts';
import { UsageError } from './usage-error.ts';

/** The file of `--demand`; `startMs` is the instant of minute 0, where its minutes are an index. @throws {UsageError} when it can't be read. @throws {DemandTraceError} when it is wrong. */
export async function readTrace(path: string, startMs: InstantMs | undefined): Promise<DemandTrace> {
  return parseDemandTrace(await readText(path), basename(path), startMs);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error)
      throw new UsageError(`--demand ${path} can't be read: ${error.message}`, { cause: error });
    throw error;
  }
}
