import { z } from 'zod';
import { parseQuantity } from '../../core/inventory/parse-quantity.ts';
import { CLOCK_SKEW_MS } from '../../core/signals/interpret.ts';
import type { KedaQuery, MetricAnswer, MetricFailureCode } from '../../core/signals/metric-query.ts';
import { listSome } from '../../core/units/list-some.ts';
import { MINUTE_MS } from '../../core/units/quantities.ts';
import { ClusterError, type ClusterErrorCode } from '../../ports/cluster.ts';
import type { MetricsSource, MetricWindow } from '../../ports/metrics-source.ts';
import { type KubernetesApi, type KubernetesApiOptions, makeKubernetesApi } from './kubernetes-api.ts';
import { ApiTime } from './parse-instant.ts';
import { type Resource, TARGET_RESOURCES } from './resources.ts';

/** A reading is of use within its tick; a scaler that can't be read must not take the time of the others. */
const LIMITS = { requestTimeoutMs: 5_000, deadlineMs: 8_000, retries: 1 };
const NAMED_VALUES = 3;
/** Which metric a trigger has changes only with the ScaledObject. */
const NAME_KEPT_MS = 10 * MINUTE_MS;

const Scaled = z.object({
  spec: z.object({ triggers: z.array(z.object({ type: z.string(), name: z.string().nullish() })) }),
  status: z.object({ externalMetricNames: z.array(z.string()).nullish() }).nullish(),
});

/** external.metrics.k8s.io/v1beta1 ExternalMetricValue. */
const Value = z.object({ metricName: z.string(), timestamp: ApiTime, value: z.union([z.string(), z.number()]) });

type MetricName = { readonly metric: string; readonly atMs: number };

/** A query that can't be answered as it is. */
class TriggerError extends Error {
  override readonly name = 'TriggerError';
}

/**
 * What KEDA's scalers read, through the external metrics API that it serves for its own HPAs: any trigger, without a connection to what it reads. It knows the
 * newest value only. While a trigger fails and falls back, KEDA serves the fallback's value; with `useCachedMetrics` one as old as its
 * `pollingInterval`.
 */
export function makeKedaSource(options: KubernetesApiOptions): MetricsSource<KedaQuery> {
  const api = makeKubernetesApi({ ...options, limits: { ...LIMITS, ...options.limits } });
  const names = new Map<string, MetricName>();

  async function nameOf(query: KedaQuery, nowMs: number): Promise<string> {
    const key = JSON.stringify([query.target.namespace, query.target.name, query.trigger]);
    const kept = names.get(key);
    if (kept !== undefined && nowMs - kept.atMs < NAME_KEPT_MS) return kept.metric;
    const metric = await resolveName(api, query);
    names.set(key, { metric, atMs: nowMs });
    return metric;
  }

  return {
    read: (queries, window) =>
      Promise.all(
        queries.map(async (query): Promise<MetricAnswer> => {
          const where = `trigger ${query.trigger} of ${query.target.namespace}/${query.target.name}`;
          try {
            const answer = await readValue(api, query, await nameOf(query, window.toMs), window);
            return answer.kind === 'failed' ? { ...answer, message: `${where}: ${answer.message}` } : answer;
          } catch (error) {
            names.clear();
            if (error instanceof TriggerError) return { kind: 'failed', code: 'refused', message: `${where}: ${error.message}` };
            if (error instanceof ClusterError) return { kind: 'failed', code: FAILURES[error.code], message: `${where}: ${error.message}` };
            throw error;
          }
        }),
      ),
  };
}

const FAILURES: Readonly<Record<ClusterErrorCode, MetricFailureCode>> = {
  conflict: 'unavailable',
  'not-found': 'refused',
  refused: 'refused',
  forbidden: 'forbidden',
  unavailable: 'unavailable',
};

/** KEDA names the metric of the trigger at index 3 `s3-…`, and lists the names in the status. @throws {TriggerError} */
async function resolveName(api: KubernetesApi, { target, trigger }: KedaQuery): Promise<string> {
  if (target.kind !== 'ScaledObject')
    throw new TriggerError(`a ${target.kind} has no metric that KEDA serves; read its source in another way`);
  const found = await api.get(TARGET_RESOURCES.ScaledObject, target, (value) => Scaled.parse(value));
  if (found === undefined) throw new TriggerError('the ScaledObject does not exist');
  const { triggers } = found.spec;
  const index = triggers.findIndex(({ name }) => name === trigger);
  if (index < 0) {
    const named = triggers.map(({ name }) => name).filter((name) => typeof name === 'string' && name !== '');
    const there =
      named.length === 0 ? 'none of its triggers has a name: set spec.triggers[].name' : `its named triggers are ${named.join(', ')}`;
    throw new TriggerError(`no trigger has this name; ${there}`);
  }
  const metric = found.status?.externalMetricNames?.find((name) => name.startsWith(`s${index}-`));
  if (metric !== undefined) return metric;
  const type = triggers[index]?.type ?? '';
  throw new TriggerError(
    ['cpu', 'memory'].includes(type)
      ? `a ${type} trigger is read by the HPA itself; KEDA has no value of it`
      : 'KEDA has not taken it over yet: status.externalMetricNames does not list it',
  );
}

async function readValue(api: KubernetesApi, { target }: KedaQuery, metric: string, { fromMs, toMs }: MetricWindow): Promise<MetricAnswer> {
  const selection = { namespace: target.namespace, labelSelector: `scaledobject.keda.sh/name=${target.name}` };
  const items = await api.list(externalMetric(metric), (value) => Value.parse(value), api.startDeadline(), selection);
  if (items.length > 1) {
    const names = items.map(({ metricName }) => metricName);
    return { kind: 'failed', code: 'ambiguous', message: `${items.length} values answer: ${listSome(names, NAMED_VALUES)}` };
  }
  const samples = items.flatMap(({ timestamp: atMs, value }) => {
    // An answer comes a moment after it was asked for; it is the newest all the same.
    const asked = atMs > toMs && atMs <= toMs + CLOCK_SKEW_MS ? toMs : atMs;
    return asked > fromMs && asked <= toMs ? [{ atMs: asked, value: parseQuantity(value) ?? Number.NaN }] : [];
  });
  return { kind: 'samples', samples, warnings: [] };
}

function externalMetric(name: string): Resource {
  return {
    group: 'external.metrics.k8s.io',
    version: 'v1beta1',
    plural: name,
    kind: 'external metric',
    unknown: "KEDA's metrics server is not installed: external.metrics.k8s.io is unknown to this cluster",
  };
}
