import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { METRICS_API_ACTIONS, type MetricsApiEnvironment } from '../lambda/functions/metrics-api/contract.ts';
import type { Alerts } from './alerts.ts';
import { DeploymentError } from './deployment-error.ts';
import { functionProps } from './function-props.ts';
import { grantActions } from './grant-actions.ts';
import type { Configuration } from './load-configuration.ts';
import type { DeployedCluster } from './plan-deployments.ts';
import { secretArn } from './secret-arn.ts';

export type MetricsApiFunctionProps = { readonly configuration: Configuration; readonly table: Table; readonly alerts: Alerts };

/** Longer than KEDA waits for an answer (3 s by default), so that a cold start is finished for the next one. */
const TIMEOUT = Duration.seconds(10);
const MEMORY_MB = 512;

/** Whether floors of workloads of these clusters are published. @throws {DeploymentError} when they are, and no token is named. */
export function publishesFloors({ config, fileName }: Configuration, clusters: readonly DeployedCluster[]): boolean {
  const names = clusters.map(({ name }) => name);
  const published = config.workloads.find(({ delivery, cluster }) => delivery === 'metricsApi' && names.includes(cluster));
  if (published !== undefined && config.metricsApi.bearerSecret === undefined) {
    throw new DeploymentError(
      `${fileName}: the floors of workload ${published.name} are published (delivery: metricsApi), but metricsApi.bearerSecret is missing. ` +
        'Store a random token in AWS Secrets Manager as plain text, and write its name there.',
    );
  }
  return published !== undefined;
}

/**
 * What KEDA's metrics-api triggers read. Its URL is public, since KEDA signs nothing: whoever does not present the token gets nothing
 * and costs no read.
 */
export class MetricsApiFunction extends Construct {
  readonly function: NodejsFunction;
  readonly url: string;

  constructor(scope: Construct, id: string, { configuration, table, alerts }: MetricsApiFunctionProps) {
    super(scope, id);
    const { bearerSecret } = configuration.config.metricsApi;
    if (bearerSecret === undefined) throw new DeploymentError(`${configuration.fileName}: metricsApi.bearerSecret is missing`);
    const logGroup = new LogGroup(this, 'Logs', { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: 'Foretide metrics-api: reads the table and the bearer token',
    });
    const environment = {
      CONFIG_FILE: configuration.fileName,
      TABLE_NAME: table.tableName,
      TOKEN_SECRET: bearerSecret,
    } satisfies Record<keyof MetricsApiEnvironment, string>;
    this.function = new NodejsFunction(this, 'Function', {
      ...functionProps('metrics-api', configuration),
      description: 'Foretide: the floors that KEDA triggers read',
      memorySize: MEMORY_MB,
      timeout: TIMEOUT,
      role: role.withoutPolicyUpdates(),
      logGroup,
      environment: { ...environment, NODE_OPTIONS: '--enable-source-maps' },
    });
    this.function.node.addDependency(role);
    grantActions(role, METRICS_API_ACTIONS, {
      table: [table.tableArn],
      tokenSecret: [secretArn(this, bearerSecret)],
      logGroup: [logGroup.logGroupArn],
      everything: ['*'],
    });
    this.url = this.function.addFunctionUrl({ authType: FunctionUrlAuthType.NONE }).url;
    alerts.notifyOf(
      new Alarm(this, 'Errors', {
        alarmDescription: 'Foretide: the endpoint of published floors fails. KEDA scales those workloads neither out for events nor in.',
        metric: this.function.metricErrors({ period: Duration.minutes(1), statistic: Stats.SUM }),
        threshold: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: 5,
        datapointsToAlarm: 3,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      }),
    );
    Validations.of(this).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray: PutTraceSegments and PutTelemetryRecords take no resource',
    });
  }
}
