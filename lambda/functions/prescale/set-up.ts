import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { makeDynamoStores } from '../../adapters/aws/dynamo-stores.ts';
import { connectByEks } from '../../adapters/aws/eks-connection.ts';
import { makeSnsNotifier } from '../../adapters/aws/sns-notifier.ts';
import { makeCalendarSources } from '../../adapters/calendar/calendar-sources.ts';
import { makeSystemClock } from '../../adapters/clock/system-clock.ts';
import { type KubernetesPorts, makeKubernetesPorts } from '../../adapters/kubernetes/kubernetes-ports.ts';
import { notifyAll } from '../../adapters/log/notify-all.ts';
import { makeMetrics } from '../../adapters/metrics/make-metrics.ts';
import { makePriceBook } from '../../adapters/prices/price-book.ts';
import { makeStoredStartupHistory } from '../../adapters/startup/stored-startup-history.ts';
import type { PrescaleDependencies } from '../../app/prescale.ts';
import { parseConfig } from '../../core/config/parse.ts';
import type { Config } from '../../core/config/schema.ts';
import type { Notifier } from '../../ports/notifier.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import type { TickShell } from '../../runtime/tick.ts';
import { PrescaleEnvironment } from './contract.ts';

/** What a cold start makes and warm ticks share. */
export type PrescaleSetup = {
  readonly config: Config;
  readonly shell: Omit<TickShell, 'metrics'>;
  /** The ports of one of the configured clusters. */
  readonly connect: (cluster: string) => PrescaleDependencies;
};

/** Without these the SDK waits for an answer without end, and the tick dies of its time limit with nothing said. */
const REQUESTS = { maxAttempts: 3, requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000 } } as const;

/** Everything a tick stands on in AWS, made from the function's environment and the configuration deployed beside it. */
export async function setUpOnAws(processEnvironment: Readonly<Record<string, string | undefined>>): Promise<PrescaleSetup> {
  const environment = parseEnvironment(PrescaleEnvironment, processEnvironment);
  const configFile = resolve(import.meta.dirname, environment.CONFIG_FILE);
  const { config } = parseConfig(await readFile(configFile, 'utf8'), basename(configFile));
  const {
    states: store,
    pools: poolStore,
    leases,
    ledger,
    calendar: table,
    demand,
  } = makeDynamoStores({ client: new DynamoDBClient(REQUESTS), tableName: environment.TABLE_NAME });
  const clock = makeSystemClock();
  const shared = {
    store,
    poolStore,
    leases,
    ledger,
    notifier: makeNotifier(config, environment.ALERTS_TOPIC_ARN),
    prices: makePriceBook(config.spend.prices),
    demand,
    calendarSources: makeCalendarSources({ config, configFile, clock, table }).all,
    startups: makeStoredStartupHistory(store),
  };
  return {
    config,
    shell: {
      clock,
      elapsedMs: () => performance.now(),
      // Not console.log: Lambda puts a prefix before its lines, and CloudWatch finds metrics only in lines that are JSON from their start.
      writeLine: (line) => void process.stdout.write(`${line}\n`),
      logLevel: environment.LOG_LEVEL,
    },
    connect(clusterName) {
      const ports = connectCluster(config, clusterName);
      const metrics = makeMetrics({ config, clock, kedaMetrics: ports.kedaMetrics, remoteWrite: undefined });
      return { ...shared, ...ports, signals: { metrics, history: demand } };
    },
  };
}

function connectCluster(config: Config, clusterName: string): KubernetesPorts {
  const cluster = config.clusters.find(({ name }) => name === clusterName);
  if (cluster?.region === undefined || cluster.kubeconfig !== undefined) {
    throw new Error(`cluster ${clusterName} is not an EKS cluster of the configuration: it has a kubeconfig, or no region`);
  }
  const { region, roleArn } = cluster;
  return makeKubernetesPorts({
    name: clusterName,
    connection: connectByEks({ clusterName, region, ...(roleArn !== undefined && { roleArn }) }),
  });
}

/** Everything goes to the alerts topic; what needs a person at once pages as well. */
function makeNotifier(config: Config, alertsTopicArn: string): Notifier {
  const alerts = makeTopicNotifier(alertsTopicArn);
  const pagerTopicArn = config.notifications.pager?.snsTopicArn;
  if (pagerTopicArn === undefined) return alerts;
  const both = notifyAll([alerts, makeTopicNotifier(pagerTopicArn)]);
  return { notify: (notification) => (notification.severity === 'critical' ? both : alerts).notify(notification) };
}

/** A topic is published to in its own region, which the pager's may have for itself. */
function makeTopicNotifier(topicArn: string): Notifier {
  const region = topicArn.split(':')[3];
  return makeSnsNotifier({ client: new SNSClient({ ...REQUESTS, ...(region && { region }) }), topicArn });
}
