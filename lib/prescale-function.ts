import { ArnFormat, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { PRESCALE_ACTIONS, type PrescaleEnvironment } from '../lambda/functions/prescale/contract.ts';
import type { Alerts } from './alerts.ts';
import { functionProps } from './function-props.ts';
import { grantActions } from './grant-actions.ts';
import type { Configuration } from './load-configuration.ts';
import type { DeployedCluster } from './plan-deployments.ts';
import { secretArn } from './secret-arn.ts';

export type PrescaleFunctionProps = {
  readonly configuration: Configuration;
  readonly clusters: readonly DeployedCluster[];
  readonly table: Table;
  readonly alerts: Alerts;
};

/** Over before the next minute's tick, with room for an API server that answers slowly. */
const TIMEOUT = Duration.seconds(50);
/** The heap stays far below; this buys the CPU share that the cold start's imports take. */
const MEMORY_MB = 512;

/** The function that ticks, for every cluster of its stack; each invocation is one cluster's tick. */
export class PrescaleFunction extends Construct {
  readonly function: NodejsFunction;
  readonly role: Role;
  readonly timeout = TIMEOUT;

  constructor(scope: Construct, id: string, { configuration, clusters, table, alerts }: PrescaleFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: 'Foretide pre-scaling: give it access to clusters by this role',
    });
    const environment = {
      CONFIG_FILE: configuration.fileName,
      TABLE_NAME: table.tableName,
      ALERTS_TOPIC_ARN: alerts.topic.topicArn,
      LOG_LEVEL: 'info',
    } satisfies Record<keyof PrescaleEnvironment, string>;
    this.function = new NodejsFunction(this, 'Function', {
      ...functionProps('prescale', configuration),
      description: 'Foretide: one tick of pre-scaling for one cluster',
      memorySize: MEMORY_MB,
      timeout: TIMEOUT,
      // The next minute's tick is the retry, and decides on what is true then.
      retryAttempts: 0,
      maxEventAge: Duration.seconds(60),
      role: this.role.withoutPolicyUpdates(),
      logGroup,
      environment: { ...environment, NODE_OPTIONS: '--enable-source-maps' },
    });
    // Its role's policy, which it can't see through the frozen role.
    this.function.node.addDependency(this.role);
    grantActions(this.role, PRESCALE_ACTIONS, {
      table: [table.tableArn],
      topics: [alerts.topic.topicArn, ...pagerTopics(configuration)],
      alertsKey: [alerts.key.keyArn],
      clusters: clusters.flatMap(({ name, roleArn }) => (roleArn === undefined ? [clusterArn(this, name)] : [])),
      spokeRoles: [...new Set(clusters.flatMap(({ roleArn }) => roleArn ?? []))],
      ...calendarResources(this, configuration),
      ...signalResources(this, configuration, clusters),
      logGroup: [logGroup.logGroupArn],
      everything: ['*'],
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray: PutTraceSegments and PutTelemetryRecords take no resource; neither does cloudwatch:GetMetricData',
    });
  }
}

function clusterArn(scope: Construct, name: string): string {
  return Stack.of(scope).formatArn({ service: 'eks', resource: 'cluster', resourceName: name, arnFormat: ArnFormat.SLASH_RESOURCE_NAME });
}

/** The calendars that are read from AWS itself. */
function calendarResources(
  scope: Construct,
  { config }: Configuration,
): { readonly calendarObjects: readonly string[]; readonly changeCalendars: readonly string[] } {
  const { partition } = Stack.of(scope);
  return {
    calendarObjects: config.calendar.sources.flatMap((source) =>
      's3' in source ? [`arn:${partition}:s3:::${source.s3.replace(/^s3:\/\//, '')}`] : [],
    ),
    changeCalendars: config.calendar.sources.flatMap((source) => ('changeCalendar' in source ? [source.changeCalendar] : [])),
  };
}

/** What signals of the deployed clusters are read from. */
function signalResources(
  scope: Construct,
  { config }: Configuration,
  clusters: readonly DeployedCluster[],
): {
  readonly prometheusWorkspaces: readonly string[];
  readonly cloudWatchMetrics: readonly string[];
  readonly prometheusSecrets: readonly string[];
} {
  // In the accounts of the others it is their role that reads.
  const own = clusters.filter(({ roleArn }) => roleArn === undefined).map(({ name }) => name);
  const prometheus = config.clusters.flatMap((cluster) => (own.includes(cluster.name) ? (cluster.prometheus ?? []) : []));
  const readsCloudWatch =
    prometheus.some(({ cloudwatch }) => cloudwatch === true) ||
    config.workloads.some(
      ({ cluster, demand, overflowFor }) => own.includes(cluster) && (demand?.cloudwatch !== undefined || overflowFor !== undefined),
    );
  const here = config.clusters.filter(({ name }) => clusters.some((cluster) => cluster.name === name));
  const secrets = here.flatMap((cluster) => [cluster.prometheus?.bearerSecret ?? [], cluster.prometheus?.basicSecret ?? []].flat());
  return {
    prometheusWorkspaces: prometheus.flatMap(({ ampWorkspaceId }) =>
      ampWorkspaceId === undefined
        ? []
        : [
            Stack.of(scope).formatArn({
              service: 'aps',
              resource: 'workspace',
              resourceName: ampWorkspaceId,
              arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
            }),
          ],
    ),
    cloudWatchMetrics: readsCloudWatch ? ['*'] : [],
    prometheusSecrets: [...new Set(secrets)].map((name) => secretArn(scope, name)),
  };
}

function pagerTopics({ config }: Configuration): string[] {
  return config.notifications.pager === undefined ? [] : [config.notifications.pager.snsTopicArn];
}
