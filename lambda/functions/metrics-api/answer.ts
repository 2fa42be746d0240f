import { readPublishedFloor } from '../../app/publish.ts';
import type { Config } from '../../core/config/schema.ts';
import { VALUE_LOCATION } from '../../core/publish/trigger.ts';
import type { InstantMs } from '../../core/units/quantities.ts';
import { formatUtc } from '../../core/units/time.ts';
import type { StateStore } from '../../ports/state-store.ts';
import { isSameSecret, readBearer } from '../../runtime/same-secret.ts';

export type FloorRequest = {
  /** As it came; never logged. */
  readonly authorization: string | undefined;
  readonly path: string;
};

export type FloorDependencies = {
  readonly store: Pick<StateStore, 'readIntents' | 'readSnapshot'>;
  readonly config: Config;
  readonly token: string;
  readonly nowMs: InstantMs;
  /** Hears why there was no answer; the caller only learns that there is none. */
  readonly onError: (message: string) => void;
};

export type HttpAnswer = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string };

const PATH = /^\/floor\/([^/]{1,300})\/([a-z0-9-]{1,63})\/([a-z0-9.-]{1,253})$/;

/**
 * What KEDA's metrics-api trigger is told. Only a known floor is 200: whatever else there is must be an error to KEDA, which then scales
 * nothing in.
 */
export async function answerFloor({ authorization, path }: FloorRequest, dependencies: FloorDependencies): Promise<HttpAnswer> {
  const { store, config, token, nowMs, onError } = dependencies;
  const given = readBearer(authorization);
  if (given === undefined || !isSameSecret(given, token)) {
    return answer(
      401,
      { error: 'this needs the bearer token of the TriggerAuthentication' },
      { 'www-authenticate': 'Bearer realm="foretide"' },
    );
  }
  const [, cluster, namespace, name] = PATH.exec(path) ?? [];
  if (cluster === undefined || namespace === undefined || name === undefined) {
    return answer(404, { error: 'ask for /floor/CLUSTER/NAMESPACE/NAME of a ScaledObject' });
  }
  try {
    const object = { cluster: decode(cluster), namespace, name };
    const floor = await readPublishedFloor(store, { config, object, nowMs });
    switch (floor.kind) {
      case 'not-published':
        return answer(404, { error: 'no workload of the configuration has this object as its target and delivery: metricsApi' });
      case 'unknown':
        return answer(503, { error: floor.why });
      case 'known':
        return answer(200, {
          [VALUE_LOCATION]: floor.value,
          floor: floor.floor,
          event: floor.event ?? null,
          until: floor.untilMs === undefined ? null : formatUtc(floor.untilMs),
          seenAt: formatUtc(floor.seenAtMs),
        });
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    onError(`the floor of ${namespace}/${name} could not be read: ${error.message}`);
    return answer(503, { error: 'the floor could not be read; the log says why' });
  }
}

/** A cluster's name as it stands in the path; what can't be decoded is the name of none. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return part;
    throw error;
  }
}

function answer(status: number, body: object, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: `${JSON.stringify(body)}\n`,
  };
}
