import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { ContextAttribute, Schedule, ScheduleExpression, ScheduleGroup, ScheduleTargetInput, TimeWindow } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { PrescaleEvent } from '../lambda/functions/prescale/contract.ts';
import type { DeployedCluster } from './plan-deployments.ts';

export type PrescaleSchedulesProps = { readonly function: IFunction; readonly clusters: readonly DeployedCluster[] };

/** A tick a minute for each cluster. */
export class PrescaleSchedules extends Construct {
  /** Ticks that could not be handed to the function: its access is gone, or it is. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, props: PrescaleSchedulesProps) {
    super(scope, id);
    this.undelivered = new Queue(this, 'Undelivered', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // What is in it says what went wrong; there is nothing to send again.
      retentionPeriod: Duration.days(4),
    });
    const group = new ScheduleGroup(this, 'Group', { removalPolicy: RemovalPolicy.DESTROY });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account, 'aws:SourceArn': group.scheduleGroupArn } },
      }),
      description: 'Foretide: lets EventBridge Scheduler start ticks',
    });
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [props.function.functionArn] }));
    role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.undelivered.queueArn] }));
    for (const { name } of props.clusters) {
      const event = { cluster: name, scheduledTime: ContextAttribute.scheduledTime } satisfies PrescaleEvent;
      new Schedule(this, name, {
        description: `Foretide pre-scaling of ${name}`,
        schedule: ScheduleExpression.rate(Duration.minutes(1)),
        timeWindow: TimeWindow.off(),
        scheduleGroup: group,
        target: new LambdaInvoke(props.function, {
          input: ScheduleTargetInput.fromObject(event),
          // A late tick is worth less than the next one.
          retryAttempts: 1,
          maxEventAge: Duration.seconds(60),
          deadLetterQueue: this.undelivered,
          role: role.withoutPolicyUpdates(),
        }),
      }).node.addDependency(role);
    }
    Validations.of(this.undelivered).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SQS3',
      reason: 'It is a dead-letter queue itself: the one of the schedules',
    });
  }
}
