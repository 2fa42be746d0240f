import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Alerts } from './alerts.ts';
import { ClusterAccess } from './cluster-access.ts';
import type { Configuration } from './load-configuration.ts';
import { MetricsApiFunction, publishesFloors } from './metrics-api-function.ts';
import type { Deployment } from './plan-deployments.ts';
import { PrescaleAlarms } from './prescale-alarms.ts';
import { PrescaleFunction } from './prescale-function.ts';
import { PrescaleSchedules } from './prescale-schedules.ts';
import { RemoteWriteFunction, receivesWrites } from './remote-write-function.ts';
import { StateTable } from './state-table.ts';

export type ForetideStackProps = StackProps & {
  readonly configuration: Configuration;
  readonly clusters: Deployment['clusters'];
  /** Makes the function's role known to the EKS clusters. Off where something else does, such as Terraform. Default true. */
  readonly accessEntries?: boolean;
};

/** Foretide for the clusters of one account and region. */
export class ForetideStack extends Stack {
  constructor(scope: Construct, id: string, { configuration, clusters, accessEntries = true, ...props }: ForetideStackProps) {
    super(scope, id, props);
    const { table } = new StateTable(this, 'State');
    const alerts = new Alerts(this, 'Alerts');
    const prescale = new PrescaleFunction(this, 'Prescale', { configuration, clusters, table, alerts });
    const schedules = new PrescaleSchedules(this, 'Schedules', { function: prescale.function, clusters });
    new PrescaleAlarms(this, 'Alarms', { prescale, schedules, clusters, alerts });
    if (publishesFloors(configuration, clusters)) {
      const metricsApi = new MetricsApiFunction(this, 'MetricsApi', { configuration, table, alerts });
      new CfnOutput(this, 'MetricsApiUrl', { value: metricsApi.url, description: 'metricsApi.url: where KEDA reads published floors' });
    }
    if (receivesWrites(configuration)) {
      const remoteWrite = new RemoteWriteFunction(this, 'RemoteWrite', { configuration, table, alerts });
      new CfnOutput(this, 'RemoteWriteUrl', { value: remoteWrite.url, description: 'The url of remote_write in Prometheus' });
      new CfnOutput(this, 'RemoteWriteFunctionArn', {
        value: remoteWrite.function.functionArn,
        description: 'What a sender that signs its requests must be allowed to invoke',
      });
    }
    if (accessEntries) new ClusterAccess(this, 'Access', { role: prescale.role, clusters });
    new CfnOutput(this, 'RoleArn', { value: prescale.role.roleArn, description: 'The role that needs access to clusters' });
    new CfnOutput(this, 'AlertsTopicArn', { value: alerts.topic.topicArn, description: 'Subscribe to it' });
    new CfnOutput(this, 'TableName', { value: table.tableName });
    new CfnOutput(this, 'FunctionName', { value: prescale.function.functionName });
  }
}
