import { Duration } from 'aws-cdk-lib';
import { Alarm, type AlarmProps, ComparisonOperator, type IMetric, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { TICK_METRICS } from '../lambda/functions/prescale/contract.ts';
import type { Alerts } from './alerts.ts';
import type { DeployedCluster } from './plan-deployments.ts';
import type { PrescaleFunction } from './prescale-function.ts';
import type { PrescaleSchedules } from './prescale-schedules.ts';

export type PrescaleAlarmsProps = {
  readonly prescale: PrescaleFunction;
  readonly schedules: PrescaleSchedules;
  readonly clusters: readonly DeployedCluster[];
  readonly alerts: Alerts;
};

const MINUTE = Duration.minutes(1);
/** Of the last five minutes: one bad tick heals at the next, three are a condition. */
const BAD_MINUTES = { evaluationPeriods: 5, datapointsToAlarm: 3 } as const;
const SLOW_SHARE_OF_TIMEOUT = 0.8;

type Watched = Pick<AlarmProps, 'alarmDescription' | 'threshold' | 'evaluationPeriods' | 'datapointsToAlarm'> & {
  readonly metric: IMetric;
  readonly below?: boolean;
};

/** What tells people that pre-scaling itself is not well. */
export class PrescaleAlarms extends Construct {
  private readonly alerts: Alerts;

  constructor(scope: Construct, id: string, { prescale, schedules, clusters, alerts }: PrescaleAlarmsProps) {
    super(scope, id);
    this.alerts = alerts;
    const { function: fn, timeout } = prescale;
    this.watch('Errors', {
      alarmDescription: 'Foretide: ticks fail in most minutes. The log says which cluster and why (message = "tick failed").',
      metric: fn.metricErrors({ period: MINUTE, statistic: Stats.SUM }),
      threshold: 1,
      ...BAD_MINUTES,
    });
    this.watch('Throttles', {
      alarmDescription: "Foretide: ticks are throttled; the account's Lambda concurrency is used up.",
      metric: fn.metricThrottles({ period: MINUTE, statistic: Stats.SUM }),
      threshold: 1,
      ...BAD_MINUTES,
    });
    this.watch('Slow', {
      alarmDescription: `Foretide: ticks come near their limit of ${timeout.toSeconds()} s. Is an API server slow to answer?`,
      metric: fn.metricDuration({ period: MINUTE, statistic: Stats.MAXIMUM }),
      threshold: timeout.toMilliseconds() * SLOW_SHARE_OF_TIMEOUT,
      ...BAD_MINUTES,
    });
    this.watch('Undelivered', {
      alarmDescription: 'Foretide: schedules could not start ticks. The messages in the queue say why; purge it afterwards.',
      metric: schedules.undelivered.metricApproximateNumberOfMessagesVisible({ period: MINUTE, statistic: Stats.MAXIMUM }),
      threshold: 1,
      evaluationPeriods: 1,
    });
    for (const { name } of clusters) {
      this.watch(`Missed-${name}`, {
        alarmDescription: `Foretide: no tick of ${name} ran to its end for five minutes; floors stay as they are.`,
        metric: ticksOf(name),
        below: true,
        threshold: 1,
        evaluationPeriods: 5,
      });
    }
  }

  private watch(id: string, { below = false, ...watched }: Watched): void {
    const alarm = new Alarm(this, id, {
      ...watched,
      comparisonOperator: below ? ComparisonOperator.LESS_THAN_THRESHOLD : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: below ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    this.alerts.notifyOf(alarm);
  }
}

function ticksOf(cluster: string): Metric {
  const { namespace, useCase, dimensions, ticks } = TICK_METRICS;
  return new Metric({
    namespace,
    metricName: ticks,
    dimensionsMap: { [dimensions.cluster]: cluster, [dimensions.useCase]: useCase },
    period: MINUTE,
    statistic: Stats.SUM,
  });
}
