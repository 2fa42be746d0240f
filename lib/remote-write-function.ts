import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { REMOTE_WRITE_ACTIONS, type RemoteWriteEnvironment } from '../lambda/functions/remote-write/contract.ts';
import type { Alerts } from './alerts.ts';
import { functionProps } from './function-props.ts';
import { grantActions } from './grant-actions.ts';
import type { Configuration } from './load-configuration.ts';
import { secretArn } from './secret-arn.ts';

export type RemoteWriteFunctionProps = { readonly configuration: Configuration; readonly table: Table; readonly alerts: Alerts };

/** As long as Prometheus waits for an answer by default. */
const TIMEOUT = Duration.seconds(30);
/** Room for a body of 6 MB as text, what it is uncompressed, and the labels that are remembered. */
const MEMORY_MB = 512;

/** Whether the configuration has a receiver. */
export function receivesWrites({ config }: Configuration): boolean {
  return config.signals.remoteWrite !== undefined;
}

/**
 * What Prometheus, an agent or an OpenTelemetry Collector writes to. Where a bearer token is named, the URL lets everybody ask and the
 * function looks at the token first; otherwise AWS lets only signed requests of those through who may invoke the function and its URL.
 */
export class RemoteWriteFunction extends Construct {
  readonly function: NodejsFunction;
  readonly url: string;

  constructor(scope: Construct, id: string, { configuration, table, alerts }: RemoteWriteFunctionProps) {
    super(scope, id);
    const bearerSecret = configuration.config.signals.remoteWrite?.bearerSecret;
    const logGroup = new LogGroup(this, 'Logs', { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: 'Foretide remote-write: keeps samples in the table',
    });
    const environment = {
      CONFIG_FILE: configuration.fileName,
      TABLE_NAME: table.tableName,
      AUTHENTICATION: bearerSecret === undefined ? 'aws-iam' : 'bearer',
      TOKEN_SECRET: bearerSecret ?? '',
    } satisfies Record<keyof RemoteWriteEnvironment, string>;
    this.function = new NodejsFunction(this, 'Function', {
      ...functionProps('remote-write', configuration),
      description: 'Foretide: receives Prometheus remote write',
      memorySize: MEMORY_MB,
      timeout: TIMEOUT,
      role: role.withoutPolicyUpdates(),
      logGroup,
      environment: { ...environment, NODE_OPTIONS: '--enable-source-maps' },
    });
    this.function.node.addDependency(role);
    grantActions(role, REMOTE_WRITE_ACTIONS, {
      table: [table.tableArn],
      tokenSecret: bearerSecret === undefined ? [] : [secretArn(this, bearerSecret)],
      logGroup: [logGroup.logGroupArn],
      everything: ['*'],
    });
    this.url = this.function.addFunctionUrl({
      authType: bearerSecret === undefined ? FunctionUrlAuthType.AWS_IAM : FunctionUrlAuthType.NONE,
    }).url;
    alerts.notifyOf(
      new Alarm(this, 'Errors', {
        alarmDescription:
          'Foretide: the remote-write receiver fails. Senders keep samples and send them again; demand read from them is absent meanwhile.',
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
