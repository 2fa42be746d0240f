import type { TickReport } from '../../lambda/app/prescale.ts';
import type { LiveSettings } from '../../report/live-state.ts';
import { describeBrokenTick, describeTick } from '../../report/live-tick.ts';
import type { Environment } from '../environment.ts';
import type { LoadedConfig } from '../load.ts';
import { VERSION } from '../version.ts';
import { type LiveServer, startLiveServer } from './live-server.ts';
import { liveSettings, nameTargets } from './live-settings.ts';
import { type ClusterReader, readClusterUpdate } from './read-cluster.ts';
import type { Route } from './route.ts';

export type LoopPageOptions = {
  readonly mode: Extract<LiveSettings['mode'], 'loop' | 'reading'>;
  readonly host: string;
  readonly port: number;
  readonly clusters: readonly string[];
  /** What is served beside the page; `loaded` is the configuration of the moment. */
  readonly routes?: (loaded: () => LoadedConfig) => readonly Route[];
};

/** The live page of clusters that are looked at once a minute. */
export type LoopPage = {
  readonly server: LiveServer;
  readonly showTick: (report: TickReport, loaded: LoadedConfig) => void;
  /** A tick that could not even report. */
  readonly showBrokenTick: (clusterName: string, nowMs: number, why: string) => void;
  /** Reads a cluster and shows what is; a failure is shown, and told, but nobody's else. */
  readonly showCluster: (reader: Omit<ClusterReader, 'calendarSources'>, loaded: LoadedConfig, clusterName: string) => Promise<void>;
  readonly stop: () => Promise<void>;
};

export async function openLoopPage(first: LoadedConfig, options: LoopPageOptions, { output, clock }: Environment): Promise<LoopPage> {
  const settingsOf = ({ config }: LoadedConfig): LiveSettings =>
    liveSettings(
      {
        title: `Foretide on ${options.clusters.join(', ')}`,
        generatedBy: `foretide ${VERSION}`,
        mode: options.mode,
        period: null,
      },
      config,
      options.clusters,
    );
  let shown = first;
  const routes = options.routes?.(() => shown) ?? [];
  const server = await startLiveServer(settingsOf(first), { host: options.host, port: options.port, clock, onError: output.err, routes });

  /** Every loop reloads for itself; the first to see the edit changes the page. */
  function follow(loaded: LoadedConfig): void {
    if (loaded.text === shown.text) return;
    shown = loaded;
    server.reconfigure(settingsOf(loaded));
  }

  return {
    server,
    showTick(report, loaded) {
      follow(loaded);
      server.publish(describeTick(report, nameTargets(loaded.config), loaded.config.timezone));
    },
    showBrokenTick: (clusterName, nowMs, why) => server.publish(describeBrokenTick(clusterName, nowMs, why)),
    async showCluster(reader, loaded, clusterName) {
      follow(loaded);
      const { config, calendarSources } = loaded;
      const update = await readClusterUpdate({ ...reader, calendarSources }, config, clusterName, clock.now());
      if (update.kind === 'reading-failed') output.err(`${clusterName}: the page has no reading: ${update.why}`);
      server.publish(update);
    },
    stop: server.stop,
  };
}

/** How to open the page, and who can. */
export function describeAddress({ url, token }: Pick<LiveServer, 'url' | 'token'>): string {
  return token === undefined
    ? `Live page: ${url} (from this machine only)`
    : `Live page: ${url}\nWhoever has this address can read the page; it is not shown again. It goes over plain HTTP: on a network that others share, put TLS in front.`;
}
