import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { TTL_ATTRIBUTE } from '../../lambda/adapters/aws/dynamo-keys.ts';
import { PrescaleEnvironment, PrescaleEvent } from '../../lambda/functions/prescale/contract.ts';
import { FLEET_FILES } from './fleet.ts';
import { EXAMPLE, type Resource, resourcesOf, synthesize, writeFiles } from './synthesize.ts';

const example = synthesize(EXAMPLE);
const fleetFile = `${writeFiles(FLEET_FILES)}/foretide.yaml`;
const fleet = synthesize(fleetFile);

const SCHEDULED_TIME = '<aws.scheduler.scheduled-time>';

function propertiesOf(type: string, of = fleet): Record<string, unknown>[] {
  const found = resourcesOf(of, type).map(({ Properties }) => Properties);
  expect(found).not.toEqual([]);
  return found;
}

describe('stacks', () => {
  it('has one for each region of the deployable clusters', () => {
    expect([...example.templates.keys()]).toEqual(['Foretide-us-east-1']);
    expect([...fleet.templates.keys()]).toEqual(['Foretide-us-east-1', 'Foretide-eu-west-1']);
  });

  it('has one for each account that clusters are configured with', () => {
    const file = `
clusters:
  - { name: a, region: us-east-1, account: "111122223333" }
  - { name: b, region: us-east-1, account: "444455556666" }
  - { name: c, region: us-east-1, account: "111122223333" }
workloads: [{ name: w, cluster: a, target: { kind: ScaledObject, namespace: n, name: o } }]
`;
    const { templates } = synthesize(`${writeFiles({ 'foretide.yaml': file })}/foretide.yaml`);
    expect([...templates.keys()]).toEqual(['Foretide-111122223333-us-east-1', 'Foretide-444455556666-us-east-1']);
    templates.get('Foretide-111122223333-us-east-1')?.resourceCountIs('AWS::Scheduler::Schedule', 2);
  });

  it('are the same for the same configuration', () => {
    const again = synthesize(fleetFile);
    for (const [name, template] of fleet.templates) expect(again.templates.get(name)?.toJSON()).toEqual(template.toJSON());
  });
});

describe('functions', () => {
  it('run on Node 24, arm64, within a minute, with a log group that forgets, and are traced', () => {
    for (const properties of propertiesOf('AWS::Lambda::Function')) {
      expect(properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogGroup: { Ref: expect.any(String) } },
      });
      expect(properties.Timeout).toBeLessThan(60);
    }
    for (const { RetentionInDays } of propertiesOf('AWS::Logs::LogGroup')) expect(RetentionInDays).toBe(30);
  });

  it('get exactly the variables that their contract reads', () => {
    for (const { Environment } of propertiesOf('AWS::Lambda::Function')) {
      const { Variables } = Environment as { Variables: Record<string, unknown> };
      expect(Object.keys(Variables).toSorted()).toEqual([...Object.keys(PrescaleEnvironment.shape), 'NODE_OPTIONS'].toSorted());
      expect(PrescaleEnvironment.shape.LOG_LEVEL.parse(Variables.LOG_LEVEL)).toBe('info');
    }
  });

  it('are not tried again after a failure: the next tick is', () => {
    for (const properties of propertiesOf('AWS::Lambda::EventInvokeConfig')) {
      expect(properties).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
    }
  });
});

describe('schedules', () => {
  const eventsOf = (stack: string) => {
    const schedules = Object.values(fleet.templates.get(stack)?.findResources('AWS::Scheduler::Schedule') ?? {}) as Resource[];
    return schedules.map(({ Properties }) => JSON.parse((Properties.Target as { Input: string }).Input) as unknown);
  };

  it('tick every minute for each deployable cluster, with the event that the handler takes', () => {
    expect(eventsOf('Foretide-us-east-1')).toEqual([
      { cluster: 'prod-use1', scheduledTime: SCHEDULED_TIME },
      { cluster: 'spoke-use1', scheduledTime: SCHEDULED_TIME },
    ]);
    expect(eventsOf('Foretide-eu-west-1')).toEqual([{ cluster: 'prod-euw1', scheduledTime: SCHEDULED_TIME }]);
    for (const event of eventsOf('Foretide-us-east-1')) expect(PrescaleEvent.safeParse(event).success).toBe(true);
  });

  it('fire on time, retry at most once, and leave what they could not deliver in a queue', () => {
    for (const properties of propertiesOf('AWS::Scheduler::Schedule')) {
      expect(properties).toMatchObject({
        ScheduleExpression: 'rate(1 minute)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        State: 'ENABLED',
        Target: { RetryPolicy: { MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 60 }, DeadLetterConfig: { Arn: expect.anything() } },
      });
    }
  });
});

describe('state', () => {
  it('is one table a stack that outlives it and can be restored', () => {
    for (const [, template] of fleet.templates) template.resourceCountIs('AWS::DynamoDB::Table', 1);
    for (const { Properties, DeletionPolicy } of resourcesOf(fleet, 'AWS::DynamoDB::Table')) {
      expect(DeletionPolicy).toBe('Retain');
      expect(Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
      });
    }
  });

  it('has the keys and the expiry that the stores write', () => {
    for (const properties of propertiesOf('AWS::DynamoDB::Table')) {
      expect(properties).toMatchObject({
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        TimeToLiveSpecification: { AttributeName: TTL_ATTRIBUTE, Enabled: true },
      });
    }
  });
});

describe('queues', () => {
  it('are encrypted, and somebody hears when there is something in them', () => {
    for (const [, template] of fleet.templates) {
      const queues = Object.entries(template.findResources('AWS::SQS::Queue'));
      expect(queues).toHaveLength(1);
      for (const [id, queue] of queues) {
        expect(queue.Properties).toMatchObject({ SqsManagedSseEnabled: true });
        template.hasResourceProperties('AWS::CloudWatch::Alarm', {
          MetricName: 'ApproximateNumberOfMessagesVisible',
          Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [id, 'QueueName'] } }],
          Threshold: 1,
          AlarmActions: Match.anyValue(),
        });
      }
    }
  });
});

describe('alarms', () => {
  it('tell the alerts topic when they start and when they are over', () => {
    for (const [, template] of fleet.templates) {
      const [topic] = Object.keys(template.findResources('AWS::SNS::Topic'));
      for (const { Properties } of Object.values(template.findResources('AWS::CloudWatch::Alarm'))) {
        expect(Properties).toMatchObject({
          AlarmActions: [{ Ref: topic }],
          OKActions: [{ Ref: topic }],
          AlarmDescription: expect.any(String),
        });
      }
    }
  });

  it('watch errors, throttles, slowness and the queue; silence there is fine', () => {
    const metrics = propertiesOf('AWS::CloudWatch::Alarm', example).filter(({ TreatMissingData }) => TreatMissingData === 'notBreaching');
    expect(metrics.map(({ MetricName, Threshold }) => [MetricName, Threshold])).toEqual([
      ['Errors', 1],
      ['Throttles', 1],
      ['Duration', 40_000],
      ['ApproximateNumberOfMessagesVisible', 1],
    ]);
  });

  it('watch the ticks of each cluster; silence there is an alarm', () => {
    const missed = propertiesOf('AWS::CloudWatch::Alarm').filter(({ TreatMissingData }) => TreatMissingData === 'breaching');
    expect(missed.map(({ Dimensions }) => (Dimensions as { Value: string }[])[0]?.Value)).toEqual(['prod-use1', 'spoke-use1', 'prod-euw1']);
    for (const properties of missed) {
      expect(properties).toMatchObject({
        Namespace: 'Foretide',
        MetricName: 'Ticks',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 5,
        Threshold: 1,
        ComparisonOperator: 'LessThanThreshold',
      });
      expect(properties.DatapointsToAlarm ?? 5).toBe(5);
    }
  });
});

describe('access to clusters', () => {
  it('is one entry for each cluster of the account, in a group that has no rights of its own', () => {
    const entries = propertiesOf('AWS::EKS::AccessEntry');
    expect(entries.map(({ ClusterName }) => ClusterName)).toEqual(['prod-use1', 'prod-euw1']);
    for (const entry of entries) {
      expect(entry).toMatchObject({ KubernetesGroups: ['foretide'], Type: 'STANDARD' });
      expect(entry.AccessPolicies).toBeUndefined();
      expect(entry.Username).toBeUndefined();
    }
  });

  it('can be left to others', () => {
    expect(resourcesOf(synthesize(EXAMPLE, { accessEntries: false }), 'AWS::EKS::AccessEntry')).toEqual([]);
  });
});
