import { parseArgs } from 'node:util';
import { UsageError } from '../usage-error.ts';
import { DEFAULT_PORT, parsePort } from './serve-options.ts';

/** 18 hours in about a minute. */
const DEFAULT_MINUTES_PER_SECOND = 20;
const FASTEST = 1_000;

export const START_USAGE = `npm start                       replay the example day; the report is in out/index.html
npm start -- --serve            the same on a live page, which stays until Ctrl-C
  --port <number>               of the page (default ${DEFAULT_PORT}; 0: any that is free)
  --speed <minutes>             simulated minutes a second (default ${DEFAULT_MINUTES_PER_SECOND}: the day in about a minute)`;

export type StartOptions = {
  readonly help: boolean;
  readonly serve: { readonly port: number; readonly minutesPerSecond: number } | undefined;
};

/** What stands after `npm start --`. @throws {UsageError} */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const { help, serve, port, speed } = readArgs(args);
  if (serve !== true) {
    if (port !== undefined || speed !== undefined) throw new UsageError('--port and --speed are for the live page: add --serve');
    return { help: help === true, serve: undefined };
  }
  const minutesPerSecond = speed === undefined ? DEFAULT_MINUTES_PER_SECOND : Number(speed);
  if (!(minutesPerSecond > 0 && minutesPerSecond <= FASTEST)) {
    throw new UsageError(`--speed is a number of simulated minutes a second, above 0 and up to ${FASTEST} (got ${speed})`);
  }
  return { help: help === true, serve: { port: port === undefined ? DEFAULT_PORT : parsePort(port), minutesPerSecond } };
}

function readArgs(args: readonly string[]) {
  try {
    const options = { help: { type: 'boolean' }, serve: { type: 'boolean' }, port: { type: 'string' }, speed: { type: 'string' } } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(`${error.message}\n\n${START_USAGE}`, { cause: error });
  }
}
