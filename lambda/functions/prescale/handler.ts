import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { type PrescaleDependencies, prescaleTick, TickFailedError, type TickReport } from '../../app/prescale.ts';
import { runTick } from '../../runtime/tick.ts';
import { PrescaleEvent, TICK_METRICS } from './contract.ts';
import { type PrescaleSetup, setUpOnAws } from './set-up.ts';

/** The event is not one that this deployment can act on; sending it again changes nothing. */
export class EventError extends Error {
  override readonly name = 'EventError';
}

/** A handler that sets itself up at its first event, and keeps connections to clusters from then on. A failed set-up is tried again. */
export function makePrescaleHandler(
  setUp: () => Promise<PrescaleSetup>,
): (event: unknown, context: Pick<Context, 'awsRequestId'>) => Promise<TickReport> {
  let setup: Promise<PrescaleSetup> | undefined;
  const connected = new Map<string, PrescaleDependencies>();

  async function ready(): Promise<PrescaleSetup> {
    setup ??= setUp();
    try {
      return await setup;
    } catch (error) {
      setup = undefined;
      throw error;
    }
  }

  return async (event, { awsRequestId }) => {
    const { cluster, scheduledTime, dryRun = false } = parseEvent(event);
    const { config, shell, connect } = await ready();
    if (!config.clusters.some(({ name }) => name === cluster)) {
      throw new EventError(
        `no cluster is named ${cluster}; the configuration deployed with this function has ${config.clusters.map(({ name }) => name).join(', ')}`,
      );
    }
    const dependencies = connected.get(cluster) ?? connect(cluster);
    connected.set(cluster, dependencies);
    return runTick(
      { ...shell, metrics: TICK_METRICS },
      {
        useCase: TICK_METRICS.useCase,
        cluster,
        timezone: config.timezone,
        requestId: awsRequestId,
        scheduledTime,
        dryRun,
        run: (nowMs) => prescaleTick(dependencies, { config, clusterName: cluster, holder: awsRequestId, nowMs, dryRun }),
        resultOf: (error) => (error instanceof TickFailedError ? error.report : undefined),
      },
    );
  };
}

function parseEvent(event: unknown): PrescaleEvent {
  const parsed = PrescaleEvent.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new EventError(`event: ${z.prettifyError(parsed.error)}. Send for example {"cluster":"prod-use1"}.`);
}

export const handler = makePrescaleHandler(() => setUpOnAws(process.env));
