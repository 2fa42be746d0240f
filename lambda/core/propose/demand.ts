import type { SurveyedTrigger } from './survey.ts';

/** `workloads[].demand` as it is written in the file. */
export type ProposedDemand = Readonly<Record<string, unknown>>;

export type DemandReading = {
  readonly demand?: ProposedDemand;
  /** For a comment: what to check about it, or why there is none. */
  readonly remark: string;
  /** The base URL of its Prometheus, without credentials. */
  readonly prometheusUrl?: string;
};

/** Triggers that count work that waits, by KEDA's documentation of 2.20. */
const BACKLOGS =
  /^(rabbitmq|aws-sqs-queue|apache-kafka|kafka|azure-queue|azure-servicebus|azure-eventhub|gcp-pubsub|nats-jetstream|stan|redis(-cluster|-sentinel)?(-streams)?|activemq|artemis-queue|ibmmq|beanstalkd|pulsar|solace-event-queue|temporal|aws-kinesis-stream|postgresql|mysql|mongodb)$/;
/** Triggers that say nothing about demand from outside. */
const NO_DEMAND = ['cpu', 'memory', 'cron', 'kubernetes-workload'];
/** Minutes in which a backlog should be worked off: a guess that the file says is one. */
const DRAIN_MINUTES = 30;

/**
 * Where a workload's demand can be read, from the triggers of its ScaledObject: the first of PromQL, CloudWatch, or any other
 * that has a name. The unit of `replica.capacity` must be the query's, which only its owner knows: the remark says so.
 */
export function readDemand(triggers: readonly SurveyedTrigger[]): DemandReading {
  const telling = triggers.filter(({ type }) => !NO_DEMAND.includes(type));
  const readings = telling.map(readTrigger);
  const found = readings.find(({ demand }) => demand !== undefined) ?? readings[0];
  if (found === undefined) return { remark: '' };
  const others = telling.length > 1 ? `; it has ${telling.length} triggers, of which KEDA takes the one that asks for most` : '';
  return { ...found, remark: `${found.remark}${others}` };
}

function readTrigger(trigger: SurveyedTrigger): DemandReading {
  if (trigger.type === 'prometheus') return readPrometheus(trigger);
  if (trigger.type === 'aws-cloudwatch') return readCloudWatch(trigger);
  return readByName(trigger);
}

function readPrometheus({ metadata, metricType }: SurveyedTrigger): DemandReading {
  const { query, serverAddress, threshold } = metadata;
  if (query === undefined || query.trim() === '' || query.length > 4_096) return { remark: 'its prometheus trigger has no usable query' };
  const url = serverAddress === undefined ? undefined : withoutCredentials(serverAddress);
  return {
    demand: { prometheus: { query: query.trim() } },
    remark: describeTarget(threshold, metricType),
    ...(url !== undefined && { prometheusUrl: url }),
  };
}

function readCloudWatch({ name, metadata, metricType }: SurveyedTrigger): DemandReading {
  const { namespace, metricName, dimensionName, dimensionValue, metricStat = 'Average', metricStatPeriod = '300' } = metadata;
  if (namespace === undefined || metricName === undefined || metadata.expression !== undefined) {
    return readByName({ type: 'aws-cloudwatch', metadata, ...(name !== undefined && { name }) });
  }
  const names = split(dimensionName);
  const values = split(dimensionValue);
  if (names.length !== values.length || !/^\d{1,5}$/.test(metricStatPeriod)) {
    return { remark: 'its aws-cloudwatch trigger has dimensions or a period that do not fit each other' };
  }
  const dimensions = Object.fromEntries(names.map((each, index) => [each, values[index]]));
  return {
    demand: {
      cloudwatch: { namespace, metricName, ...(names.length > 0 && { dimensions }), stat: metricStat, period: `${metricStatPeriod}s` },
    },
    remark: describeTarget(metadata.targetMetricValue, metricType),
  };
}

function readByName({ type, name, metadata }: SurveyedTrigger): DemandReading {
  const isBacklog = BACKLOGS.test(type) && metadata.mode !== 'MessageRate' && metadata.mode !== 'DeliverGetRate';
  const keys = isBacklog ? { kind: 'backlog', drainMinutes: DRAIN_MINUTES } : {};
  const drain = isBacklog ? `what waits should be worked off in ${DRAIN_MINUTES} minutes, a guess` : '';
  if (name === undefined || name === '' || name.length > 253) {
    const shown = `{ keda: { trigger: NAME }${isBacklog ? `, kind: backlog, drainMinutes: ${DRAIN_MINUTES}` : ''} }`;
    return { remark: `its ${type} trigger has no name; give it one (spec.triggers[].name) and write demand: ${shown}` };
  }
  return { demand: { keda: { trigger: name }, ...keys }, remark: drain };
}

/** KEDA's target is what it gives one replica to do, unless the metric is compared as a whole. */
function describeTarget(target: string | undefined, metricType: string | undefined): string {
  if (target === undefined) return '';
  return metricType === 'Value'
    ? `KEDA keeps its value at ${target}; capacity must be in its unit`
    : `KEDA adds a replica for each ${target} of it; capacity must be in its unit`;
}

function split(text: string | undefined): string[] {
  return text === undefined
    ? []
    : text
        .split(';')
        .map((part) => part.trim())
        .filter((part) => part !== '');
}

/** An http(s) URL that can stand in a file that others read. */
function withoutCredentials(text: string): string | undefined {
  const match = /^(https?:\/\/)([^/?#\s]*@)?([^\s?#]+)/.exec(text.trim());
  return match === null ? undefined : `${match[1]}${match[3]?.replace(/\/+$/, '')}`;
}
