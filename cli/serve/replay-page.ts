import { setTimeout as wait } from 'node:timers/promises';
import { readWholeCalendar } from '../../lambda/app/calendar.ts';
import { expandOccurrences } from '../../lambda/core/calendar/expand.ts';
import type { Config } from '../../lambda/core/config/schema.ts';
import type { InstantMs } from '../../lambda/core/units/quantities.ts';
import { SECOND_MS } from '../../lambda/core/units/quantities.ts';
import type { CalendarSource } from '../../lambda/ports/calendar-source.ts';
import type { Clock } from '../../lambda/ports/clock.ts';
import { describeTick } from '../../report/live-tick.ts';
import type { Output } from '../output.ts';
import type { ReadMinute } from '../replay/replay.ts';
import { twinBounds } from '../replay/twin-workload.ts';
import { type LiveServer, startLiveServer } from './live-server.ts';
import { liveSettings, nameTargets, planOccurrences } from './live-settings.ts';

export type ReplayPageOptions = {
  readonly title: string;
  readonly generatedBy: string;
  readonly config: Config;
  readonly calendarSources: readonly CalendarSource[];
  readonly fromMs: InstantMs;
  readonly toMs: InstantMs;
  readonly host: string;
  readonly port: number;
  /** How fast the replay may go. */
  readonly minutesPerSecond: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly output: Output;
};

export type ReplayPage = {
  readonly server: LiveServer;
  /** For `replay`: shows the minute and waits until the next one may come. Rejects when told to stop. */
  readonly showMinute: (minute: ReadMinute) => Promise<void>;
  /** The replay is over; the page stays. */
  readonly end: () => void;
};

/** The live page of a replay, at a pace that people can follow. */
export async function openReplayPage(options: ReplayPageOptions): Promise<ReplayPage> {
  const { config, fromMs, toMs, clock, signal, minutesPerSecond } = options;
  const events = await readWholeCalendar(options.calendarSources, config);
  const occurrences = expandOccurrences(events, fromMs, toMs);
  const settings = liveSettings(
    { title: options.title, generatedBy: options.generatedBy, mode: 'replay', period: { fromMs, toMs } },
    config,
    config.clusters.map(({ name }) => name),
    (workload) => planOccurrences(workload, occurrences, twinBounds(workload)),
  );
  const server = await startLiveServer(settings, { host: options.host, port: options.port, clock, onError: options.output.err });
  const nameOf = nameTargets(config);
  let dueMs: number | undefined;

  return {
    server,
    async showMinute({ nowMs, reports, readings }) {
      for (const report of reports) server.publish(describeTick(report, nameOf, config.timezone));
      for (const { name } of config.clusters) {
        const own = readings.filter(({ cluster }) => cluster === name);
        server.publish({
          kind: 'reading',
          cluster: name,
          atMs: nowMs,
          readings: own.map(({ workload, minute }) => ({
            workload,
            demand: minute.demand,
            need: minute.needReplicas,
            ready: minute.readyReplicas,
            starting: minute.startingReplicas,
            floor: minute.floorReplicas,
            max: minute.maxReplicas,
            replicas: minute.readyReplicas + minute.startingReplicas,
            condition: null,
          })),
        });
      }
      const wallMs = clock.now();
      // A machine that can't keep up goes as fast as it can, and doesn't race afterwards.
      dueMs = Math.max(wallMs, (dueMs ?? wallMs) + SECOND_MS / minutesPerSecond);
      await wait(dueMs - wallMs, undefined, { signal });
    },
    end: () => server.publish({ kind: 'ended', atMs: toMs }),
  };
}
