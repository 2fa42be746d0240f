import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { z } from 'zod';
import { BREAKABLE, type ControlPlane } from './start.ts';

const Asked = z.tuple([z.literal(''), z.enum(['kill', 'restart']), z.enum(BREAKABLE)]);

export type Breaking = { readonly socket: string; readonly close: () => Promise<void> };

/**
 * Test files run in processes of their own: by `POST /kill/PROGRAM` and `POST /restart/PROGRAM` on this socket, which only this
 * machine's user can open, they ask the process that started the programs.
 */
export async function serveBreaking({ folder, kill, restart }: ControlPlane): Promise<Breaking> {
  const server = createServer((request, response) => {
    const asked = Asked.safeParse(request.url?.split('/'));
    if (request.method !== 'POST' || !asked.success) {
      response.writeHead(404).end(`${request.method} ${request.url}: not kill or restart of ${BREAKABLE.join(', ')}`);
      return;
    }
    const [, what, program] = asked.data;
    const done = what === 'kill' ? kill(program) : restart(program);
    done.then(
      () => response.writeHead(204).end(),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
    );
  });
  const socket = join(folder, 'breaking.sock');
  server.listen(socket);
  await once(server, 'listening');
  const close = async () => {
    const closed = once(server, 'close');
    server.closeAllConnections();
    server.close();
    await closed;
  };
  return { socket, close };
}
