import { z } from 'zod';
import { duration, Expectations, exactlyOne, flag, name, percent, positiveNumber, replicas, text, wholeNumber } from './fields.ts';
import { instanceType, kubernetesName, kubernetesNamespace } from './resource-fields.ts';

const DAY_MS = 86_400_000;

const TargetConfig = z.strictObject({
  kind: z
    .enum(['ScaledObject', 'ScaledJob', 'HorizontalPodAutoscaler'])
    .register(Expectations, { expects: 'a kind of scaler', example: 'ScaledObject, and the name of the ScaledObject that scales it' })
    .describe(
      'Kind of the object whose bounds move. A `ScaledJob` must have `rollout.strategy: gradual`, since KEDA otherwise deletes its running Jobs on every change. `HorizontalPodAutoscaler` is a plain HPA (autoscaling/v2), not one that KEDA owns.',
    ),
  namespace: kubernetesNamespace().describe('Kubernetes namespace of the object.'),
  name: kubernetesName().describe('Kubernetes name of the object.'),
});

export const DEMAND_UNITS = ['requestsPerMinute', 'tokensPerSecond', 'concurrency'] as const;

export const CapacityConfig = z
  .strictObject({
    requestsPerMinute: positiveNumber().exactOptional().describe('Requests that one replica serves in a minute.'),
    tokensPerSecond: positiveNumber().exactOptional().describe('Tokens that one replica produces in a second.'),
    concurrency: positiveNumber().exactOptional().describe('Requests that one replica serves at the same time.'),
  })
  .superRefine(exactlyOne(DEMAND_UNITS));
export type CapacityConfig = z.output<typeof CapacityConfig>;

const ReplicaConfig = z.strictObject({
  gpus: wholeNumber(0, 4_096).prefault(1).describe('GPUs that one replica holds. Default 1.'),
  capacity: CapacityConfig.exactOptional().describe(
    'What one replica serves, in exactly one unit; `demand` and demand floors are in this unit.',
  ),
  instanceType: instanceType()
    .exactOptional()
    .describe('EC2 instance type that replicas run on; gives the price of a replica. Default: price unknown.'),
});

const BoundsConfig = z
  .strictObject({
    min: replicas().describe('Lowest number of replicas outside events.'),
    max: replicas(1).describe('Highest number of replicas, in events too.'),
  })
  .superRefine(({ min, max }, context) => {
    if (min <= max) return;
    context.addIssue({ code: 'custom', path: ['min'], message: `is above max, ${max}`, params: { fix: 'lower min or raise max' } });
  });

const LeadTimeConfig = z.strictObject({
  default: duration(0, 7 * DAY_MS)
    .prefault('15m')
    .describe('Time from asking for replicas to the last of them Ready, while too little has been measured. Default 15m.'),
  learn: flag().prefault(true).describe('Learn the lead time from start-ups seen. Default true.'),
  percentile: z
    .number()
    .min(50)
    .lt(100)
    .register(Expectations, { expects: 'a percentile without a sign', example: '95' })
    .prefault(95)
    .describe('Percentile of the last of the replicas asked for, from 50 to below 100. Default 95.'),
  safety: duration(0, 7 * DAY_MS)
    .prefault('0m')
    .describe('Added to the lead time. Default 0m.'),
});

const DemandConfig = z
  .strictObject({
    prometheus: z
      .strictObject({ query: text('sum(rate(requests_total[1m])) * 60').describe('PromQL that gives one value.') })
      .exactOptional()
      .describe("Demand from the cluster's Prometheus."),
    cloudwatch: z
      .strictObject({
        namespace: text('AWS/ApplicationELB', 255).describe('CloudWatch namespace.'),
        metricName: text('RequestCount', 255).describe('CloudWatch metric.'),
        dimensions: z
          .record(text('TargetGroup', 255), text('targetgroup/a/1', 1_024))
          .exactOptional()
          .describe('Dimensions, all of them. Default: none.'),
        stat: text('Sum', 32).prefault('Sum').describe('Statistic, such as Sum, Average, p99. Default Sum.'),
        period: duration(1_000, DAY_MS).prefault('60s').describe('Period of a data point. Default 60s.'),
      })
      .exactOptional()
      .describe('Demand from a CloudWatch metric.'),
    keda: z
      .strictObject({ trigger: text('rabbitmq-jobs', 253).describe('Name of the trigger of the ScaledObject.') })
      .exactOptional()
      .describe("Demand as one of the ScaledObject's own triggers sees it."),
    remoteWrite: z
      .strictObject({
        metric: text('vllm:request_success_total', 255).describe('Metric name.'),
        match: z
          .record(text('model_name', 255), text('detector', 1_024))
          .exactOptional()
          .describe('Labels that the series must carry. Default: any.'),
        as: z.enum(['rate', 'last', 'max', 'avg']).prefault('rate').describe('How a minute of samples becomes one value. Default rate.'),
      })
      .exactOptional()
      .describe('Demand from series that are written to Foretide (Prometheus remote write).'),
    kind: z
      .enum(['rate', 'backlog'])
      .prefault('rate')
      .describe(
        '`rate`: work per time, in the unit of `replica.capacity`. `backlog`: work that waits, divided by `drainMinutes`. Default rate.',
      ),
    drainMinutes: positiveNumber(100_000).exactOptional().describe('Minutes in which a backlog should be worked off.'),
  })
  .superRefine((demand, context) => {
    exactlyOne(['prometheus', 'cloudwatch', 'keda', 'remoteWrite'])(demand, context);
    if (demand.kind === 'backlog' && demand.drainMinutes === undefined)
      context.addIssue({
        code: 'custom',
        message: 'has kind backlog but no drainMinutes',
        params: { fix: 'add for example drainMinutes: 30' },
      });
  });

const AddedFloor = z.strictObject({ add: replicas().describe('Replicas above the baseline min.') });

export const OverflowConfig = z.strictObject({
  bedrock: z
    .strictObject({
      modelId: text('meta.llama3-8b-instruct-v1:0', 2_048).describe('Bedrock model whose overflow this workload takes.'),
      throttlesPerMinuteAbove: positiveNumber().exactOptional().describe('Throttled requests a minute above which the floor rises.'),
      quotaUsageAbove: percent().exactOptional().describe('Share of the tokens-per-minute quota above which the floor rises.'),
      tpmQuota: positiveNumber().exactOptional().describe('Tokens-per-minute quota; without it `quotaUsageAbove` says nothing.'),
      floor: z
        .union([replicas(), AddedFloor])
        .describe('The floor while Bedrock overflows: replicas, or `{ add: n }` above the baseline min.'),
    })
    .describe('Overflow of an Amazon Bedrock model.'),
});
export type OverflowConfig = z.output<typeof OverflowConfig>;

const SizingConfig = z.strictObject({
  outsideEvents: z
    .enum(['off', 'learned'])
    .prefault('off')
    .describe('Raise the floor between events as learned from demand. Needs `bounds`. Default off.'),
  missedMinuteUsd: z
    .strictObject({
      event: positiveNumber().prefault(5).describe('Dollars that a minute with too few replicas costs in an event. Default 5.'),
      other: positiveNumber().prefault(0.5).describe('Dollars that such a minute costs otherwise. Default 0.5.'),
    })
    .prefault({})
    .describe('What a minute with too few replicas costs, against the price of idle GPUs.'),
});

const Tier = z.enum(['critical', 'standard', 'batch']);

/** A workload as written; after parsing, `cluster` is always there. */
export const WorkloadConfig = z.strictObject({
  name: name('chat').describe('Name of the workload, unique in the file.'),
  cluster: name('prod-use1').exactOptional().describe('Name of its cluster. Default: the only cluster.'),
  target: TargetConfig.describe('The Kubernetes object whose replica bounds move.'),
  tier: Tier.prefault('standard').describe('The order in which workloads give way: batch first, critical last. Default standard.'),
  slo: z
    .strictObject({
      class: z
        .enum(['realtime', 'batch'])
        .prefault('realtime')
        .describe('`realtime` workloads are kept off spot in event windows. Default realtime.'),
      latencyP99: duration(1).exactOptional().describe('Latency that 99% of the requests stay below.'),
    })
    .exactOptional()
    .describe('The service level that the workload promises.'),
  replica: ReplicaConfig.prefault({}).describe('What one replica is.'),
  bounds: BoundsConfig.exactOptional().describe('The baseline, in replicas. Default: read from the object once, outside events.'),
  delivery: z
    .enum(['patch', 'metricsApi'])
    .prefault('patch')
    .describe(
      'How a floor reaches the object. `patch`: Foretide writes its bounds. `metricsApi`: it writes nothing; a KEDA trigger of the ScaledObject reads the floor from Foretide (`foretide render keda-trigger`). Default patch.',
    ),
  leadTime: LeadTimeConfig.prefault({}).describe('How long before an event its replicas are asked for.'),
  demand: DemandConfig.exactOptional().describe('Where the demand on the workload is read. Default: the metrics of its HPA.'),
  sizing: SizingConfig.prefault({}).describe('Learned sizing.'),
  group: name('l40s').exactOptional().describe('The pool group of `capacity.groups` that its replicas run on.'),
  overflowFor: OverflowConfig.exactOptional().describe('A managed service whose overflow this workload takes.'),
  releaseGuard: z
    .strictObject({
      gpuUtilizationAbove: percent().describe(
        "No step down in a release while the GPUs (DCGM, as the cluster's Prometheus has them) are busier than this.",
      ),
    })
    .exactOptional()
    .describe('What holds a release back.'),
});
export type WorkloadConfig = z.output<typeof WorkloadConfig> & { cluster: string };
