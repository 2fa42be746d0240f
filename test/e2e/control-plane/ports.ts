import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Below every system's range for outgoing connections, which would take a port between our choosing and using it. */
const FIRST = 10_000;
const BLOCKS = 900;
const BLOCK_SIZE = 20;

export type PortBlock = { readonly ports: readonly number[]; readonly release: () => void };

/**
 * Free ports of the loopback interface that no other control plane takes meanwhile: listening on a block's first port, which only one
 * process can, reserves the block, and the system gives it back however that process ends.
 */
export async function reservePorts(count: number): Promise<PortBlock> {
  if (count >= BLOCK_SIZE) throw new RangeError(`${count} ports: a block has ${BLOCK_SIZE - 1}`);
  const start = Math.floor(Math.random() * BLOCKS);
  for (let tried = 0; tried < BLOCKS; tried += 1) {
    const first = FIRST + ((start + tried) % BLOCKS) * BLOCK_SIZE;
    const holder = await listen(first);
    if (holder === undefined) continue;
    const ports = Array.from({ length: count }, (_, index) => first + 1 + index);
    if (await areFree(ports)) {
      // Holding it must not keep the process alive.
      holder.unref();
      return { ports, release: () => void holder.close() };
    }
    await close(holder);
  }
  throw new Error(`no ${count} free ports in a row from ${FIRST} to ${FIRST + BLOCKS * BLOCK_SIZE}: end what listens there`);
}

async function areFree(ports: readonly number[]): Promise<boolean> {
  const servers = (await Promise.all(ports.map(listen))).filter((server) => server !== undefined);
  await Promise.all(servers.map(close));
  return servers.length === ports.length;
}

/** undefined when the port is taken. */
async function listen(port: number): Promise<Server | undefined> {
  const server = createServer();
  server.listen({ port, host: '127.0.0.1', exclusive: true });
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES')) return undefined;
    throw error;
  }
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await closed;
}
