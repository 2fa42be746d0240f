import { Agent, request } from 'undici';
import { inject } from 'vitest';
import type { Breakable } from '../control-plane/start.ts';

/** For a restart on a slow machine. */
const TIMEOUT_MS = 130_000;

async function ask(what: 'kill' | 'restart', program: Breakable): Promise<void> {
  const dispatcher = new Agent({ connect: { socketPath: inject('breakingSocket') }, headersTimeout: TIMEOUT_MS });
  try {
    const { statusCode, body } = await request(`http://localhost/${what}/${program}`, { method: 'POST', dispatcher });
    const text = await body.text();
    if (statusCode !== 204) throw new Error(`${what} ${program}: ${text}`);
  } finally {
    await dispatcher.close();
  }
}

export const kill = (program: Breakable) => ask('kill', program);
/** Starts it again and waits until it is ready. */
export const restart = (program: Breakable) => ask('restart', program);

/** Does something while one of the control plane's programs is dead; it runs again afterwards, whatever happened. */
export async function without<T>(program: Breakable, work: () => Promise<T>): Promise<T> {
  await kill(program);
  try {
    return await work();
  } finally {
    await restart(program);
  }
}
