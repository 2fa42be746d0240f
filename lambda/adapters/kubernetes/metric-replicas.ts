import { z } from 'zod';
import type { FloorMetric } from '../../core/compose/observed-autoscaler.ts';
import { parseQuantity } from '../../core/inventory/parse-quantity.ts';
import { isFloorMetric } from '../../core/publish/trigger.ts';

const MetricType = z.enum(['External', 'Object', 'Pods', 'Resource', 'ContainerResource']);
const Quantity = z.union([z.string(), z.number()]);
const Amounts = z.object({ averageUtilization: z.number().nullish(), averageValue: Quantity.nullish(), value: Quantity.nullish() });
const Named = z.object({
  metric: z.object({ name: z.string() }).optional(),
  name: z.string().optional(),
  container: z.string().optional(),
});

const Target = Amounts.extend({ type: z.enum(['AverageValue', 'Value', 'Utilization']) });
const Spec = Named.extend({ target: Target });
const Status = Named.extend({ current: Amounts });

/** The metrics of an autoscaling/v2 HPA: `spec.metrics`, `status.currentMetrics`. */
export type HpaMetrics = { readonly specs: readonly unknown[]; readonly readings: readonly unknown[]; readonly currentReplicas: number };

/**
 * The replicas that an HPA's last readings ask for: the largest over its metrics, before its own tolerance,
 * bounds and policies. Undefined when no metric has a reading with a target, or with no replicas (readings are
 * per replica): unknown, which is not zero.
 *
 * Formulas as in Kubernetes' replica_calculator.go, in its thousandths: what a metric reads ÷ its target.
 */
export function estimateMetricReplicas({ specs, readings, currentReplicas }: HpaMetrics): number | undefined {
  if (currentReplicas <= 0) return undefined;
  const wanted = specs.flatMap((spec, index) => {
    const metric = readMetric(spec, Spec);
    const reading = metric && readingOf(metric, readings[index]);
    if (metric === undefined || reading === undefined || isFloorMetric(metric.source.metric?.name)) return [];
    return replicasFor(metric.type, metric.source.target, reading.source.current, currentReplicas) ?? [];
  });
  return wanted.length === 0 ? undefined : Math.max(0, ...wanted);
}

/** The metric by which KEDA hands the published floor to the HPA; undefined when none of its metrics is that. */
export function readFloorMetric({ specs, readings, currentReplicas }: HpaMetrics): FloorMetric | undefined {
  for (const [index, spec] of specs.entries()) {
    const metric = readMetric(spec, Spec);
    if (metric === undefined || metric.type !== 'External' || !isFloorMetric(metric.source.metric?.name)) continue;
    const { target } = metric.source;
    const fits = target.type === 'AverageValue' && readMilli(target.averageValue) === 1_000;
    const current = currentReplicas > 0 ? readingOf(metric, readings[index])?.source.current : undefined;
    const reading = current && replicasFor(metric.type, target, current, currentReplicas);
    return { fits, ...(reading !== undefined && { reading }) };
  }
  return undefined;
}

/** A quantity as a ratio, to a thousandth: `100m` and `0.1` are 0.1; undefined for what is none. */
export function readRatio(quantity: string | number | null | undefined): number | undefined {
  const milli = readMilli(quantity);
  return milli === undefined ? undefined : milli / 1_000;
}

/** The controller writes the readings in the order of the metrics; a failed one leaves its place empty. */
function readingOf(metric: Metric<z.infer<typeof Spec>>, reading: unknown): Metric<z.infer<typeof Status>> | undefined {
  const inPlace = readMetric(reading, Status);
  return inPlace && isSame(metric, inPlace) ? inPlace : undefined;
}

type Metric<T> = { readonly type: z.infer<typeof MetricType>; readonly source: T };

function readMetric<T>(value: unknown, schema: z.ZodType<T>): Metric<T> | undefined {
  const outer = z.looseObject({ type: MetricType }).safeParse(value);
  if (!outer.success) return undefined;
  const { type } = outer.data;
  const source = schema.safeParse(outer.data[type === 'ContainerResource' ? 'containerResource' : type.toLowerCase()]);
  return source.success ? { type, source: source.data } : undefined;
}

function isSame(a: Metric<z.infer<typeof Named>>, b: Metric<z.infer<typeof Named>>): boolean {
  return (
    a.type === b.type &&
    a.source.metric?.name === b.source.metric?.name &&
    a.source.name === b.source.name &&
    a.source.container === b.source.container
  );
}

function replicasFor(
  type: Metric<unknown>['type'],
  target: z.infer<typeof Target>,
  current: z.infer<typeof Amounts>,
  replicas: number,
): number | undefined {
  switch (target.type) {
    case 'Utilization':
      return divide(current.averageUtilization ?? undefined, target.averageUtilization ?? undefined, replicas);
    case 'Value':
      return divide(readMilli(current.value), readMilli(target.value), replicas);
    case 'AverageValue': {
      const perReplica = readMilli(current.averageValue);
      const targetPerReplica = readMilli(target.averageValue);
      if (perReplica === undefined || (type !== 'External' && type !== 'Object')) return divide(perReplica, targetPerReplica, replicas);
      // The controller divides the total by the replicas and rounds up to a thousandth: take the least total
      // that reads like this, or 100 over 3 replicas would come back as 100.002 and ask for one too many.
      const total = perReplica <= 0 ? 0 : (perReplica - 1) * replicas + 1;
      return divide(total, targetPerReplica, 1);
    }
  }
}

/** `ceil(times × current ÷ target)`; undefined without a reading or a usable target. */
function divide(current: number | undefined, target: number | undefined, times: number): number | undefined {
  if (current === undefined || target === undefined || target <= 0) return undefined;
  return Math.ceil((times * current) / target);
}

/** Thousandths, whole; undefined for what is no quantity. */
function readMilli(quantity: z.infer<typeof Quantity> | null | undefined): number | undefined {
  const value = quantity === null || quantity === undefined ? undefined : parseQuantity(quantity);
  // Scaling a binary fraction back leaves its last bits: 33.334 × 1000 is 33334.000000000004.
  return value === undefined ? undefined : Math.round(value * 1_000);
}
