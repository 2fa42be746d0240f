import type { Clock } from '../../lambda/ports/clock.ts';
import { policyOf } from '../../report/document.ts';
import { renderLivePage } from '../../report/live-page.ts';
import { applyLive, beginLive, type LiveSettings, type LiveState, type LiveUpdate, reconfigureLive } from '../../report/live-state.ts';
import { openEventStream, type StreamLimits } from './event-stream.ts';
import { startServer } from './http-server.ts';
import { jsonAnswer, type Route } from './route.ts';
import { systemTimers, type Timers } from './timers.ts';

/** A page takes a moment to draw; who asks again within this time gets the same one. */
const PAGE_KEPT_MS = 1_000;

export type LiveServerOptions = {
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  readonly onError: (message: string) => void;
  readonly timers?: Timers;
  readonly limits?: StreamLimits;
  /** What is served beside the page. */
  readonly routes?: readonly Route[];
};

export type LiveServer = {
  readonly url: string;
  readonly port: number;
  readonly token: string | undefined;
  /** Folds an update in and sends it to every page. */
  readonly publish: (update: LiveUpdate) => void;
  /** The configuration changed. */
  readonly reconfigure: (settings: LiveSettings) => void;
  readonly state: () => LiveState;
  readonly followers: () => number;
  readonly stop: () => Promise<void>;
};

/** The server with its live page. */
export async function startLiveServer(settings: LiveSettings, options: LiveServerOptions): Promise<LiveServer> {
  const { host, port, clock, onError, timers = systemTimers, limits } = options;
  let state = beginLive(settings);
  const snapshot = (): { servedAtMs: number; state: LiveState } => ({ servedAtMs: clock.now(), state });
  const stream = openEventStream(() => JSON.stringify(snapshot()), timers, limits);
  const routes: readonly Route[] = [
    { path: '/', methods: { GET: { kind: 'answer', answer: makePageAnswer(() => state, clock) } } },
    { path: '/events', methods: { GET: { kind: 'stream', open: stream.open } } },
    { path: '/state.json', methods: { GET: { kind: 'answer', answer: () => jsonAnswer(snapshot()) } } },
    { path: '/healthz', isPublic: true, methods: { GET: { kind: 'answer', answer: () => jsonAnswer({ status: 'ok' }) } } },
    ...(options.routes ?? []),
  ];
  const server = await startServer({ host, port, routes, timers, onError }).catch(async (error: unknown) => {
    await stream.stop();
    throw error;
  });
  return {
    url: server.url,
    port: server.port,
    token: server.token,
    publish(update) {
      state = applyLive(state, update);
      stream.send('update', JSON.stringify(update));
    },
    reconfigure(next) {
      state = reconfigureLive(state, next);
      stream.restart();
    },
    state: () => state,
    followers: stream.clientCount,
    stop: () => server.stop(stream.stop),
  };
}

function makePageAnswer(readState: () => LiveState, clock: Clock) {
  let last: { readonly atMs: number; readonly html: string } | undefined;
  return () => {
    const nowMs = clock.now();
    if (last === undefined || nowMs < last.atMs || nowMs - last.atMs >= PAGE_KEPT_MS)
      last = { atMs: nowMs, html: renderLivePage(readState(), nowMs) };
    return {
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': `${policyOf(last.html)}; frame-ancestors 'none'` },
      body: last.html,
    };
  };
}
