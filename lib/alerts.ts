import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/** Where people hear of findings and alarms. */
export class Alerts extends Construct {
  readonly key: Key;
  readonly topic: Topic;
  private readonly action: SnsAction;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: 'Foretide: messages in the alerts topic',
      enableKeyRotation: true,
      // It protects messages under way, which are gone within hours.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.topic = new Topic(this, 'Topic', { displayName: 'Foretide alerts', masterKey: this.key, enforceSSL: true });
    this.action = new SnsAction(this.topic);
    this.allowAlarms();
  }

  /** The alarm tells when it starts, and when it is over. */
  notifyOf(alarm: Alarm): void {
    alarm.addAlarmAction(this.action);
    alarm.addOkAction(this.action);
  }

  /**
   * The alarm action itself grants nothing, and the policy that enforceSSL makes replaces the topic's default one: without
   * these statements CloudWatch drops notifications without a trace.
   */
  private allowAlarms(): void {
    const stack = Stack.of(this);
    const alarms = stack.formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const cloudWatch = () => ({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account }, ArnLike: { 'aws:SourceArn': alarms } },
    });
    this.topic.addToResourcePolicy(new PolicyStatement({ ...cloudWatch(), actions: ['sns:Publish'], resources: [this.topic.topicArn] }));
    this.key.addToResourcePolicy(
      new PolicyStatement({ ...cloudWatch(), actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: ['*'] }),
    );
  }
}
