import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '../control-plane/until.ts';

const LIMIT_MS = 60_000;

export type FailingTrigger = {
  /** For the `triggers` of a ScaledObject. */
  readonly trigger: object;
  /** Waits until KEDA has asked so many times more. */
  readonly untilAsked: (times: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** A source of a trigger that answers 500, and tells when it was asked. */
export async function serveFailingTrigger(): Promise<FailingTrigger> {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.writeHead(500).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    trigger: { type: 'metrics-api', metadata: { url: `http://127.0.0.1:${port}/`, valueLocation: 'value', targetValue: '1' } },
    async untilAsked(times) {
      const enough = asked + times;
      await until(`KEDA asked ${times} times more`, async () => (asked >= enough ? true : undefined), { deadlineMs: LIMIT_MS });
    },
    async close() {
      const closed = once(server, 'close');
      server.closeAllConnections();
      server.close();
      await closed;
    },
  };
}
