import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PRESCALE_ACTIONS } from '../../lambda/functions/prescale/contract.ts';
import { FLEET_FILES } from './fleet.ts';
import { EXAMPLE, resourcesOf, type Synthesized, synthesize, writeFiles } from './synthesize.ts';

const example = synthesize(EXAMPLE);
const fleet = synthesize(`${writeFiles(FLEET_FILES)}/foretide.yaml`);
const both: [string, Synthesized][] = [
  ['example', example],
  ['fleet', fleet],
];

const oneOrMore = <T extends z.ZodType>(item: T) => z.union([z.array(item), item.transform((one) => [one])]);
const Statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMore(z.string()),
  Resource: oneOrMore(z.unknown()),
  Principal: z.unknown().optional(),
  Condition: z.unknown().optional(),
});
type Statement = z.infer<typeof Statement>;
const Policy = z.object({
  PolicyDocument: z.object({ Statement: z.array(Statement) }),
  Roles: z.array(z.object({ Ref: z.string() })).optional(),
});

/** What the roles whose name starts so may do. */
function grantedTo(role: string, of: Synthesized): Statement[] {
  return resourcesOf(of, 'AWS::IAM::Policy')
    .map(({ Properties }) => Policy.parse(Properties))
    .filter(({ Roles }) => Roles?.some(({ Ref }) => Ref.startsWith(role)))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

function statementsOf(type: string, of: Synthesized): Statement[] {
  return resourcesOf(of, type).flatMap(({ Properties }) => Policy.parse(Properties).PolicyDocument.Statement);
}

describe.each(both)('%s', (_, synthesized) => {
  it('gives roles no wildcard actions and no managed policies', () => {
    const statements = statementsOf('AWS::IAM::Policy', synthesized);
    expect(statements).not.toEqual([]);
    for (const { Action } of statements) expect(Action.filter((action) => action.includes('*'))).toEqual([]);
    for (const { Properties } of resourcesOf(synthesized, 'AWS::IAM::Role')) {
      expect(Properties.ManagedPolicyArns).toBeUndefined();
      expect(Properties.Policies).toBeUndefined();
    }
  });

  it('scopes every grant to resources of its own, but for X-Ray and CloudWatch metrics, which have none', () => {
    for (const { Action, Resource } of statementsOf('AWS::IAM::Policy', synthesized)) {
      if (Action.every((action) => action.startsWith('xray:') || action === 'cloudwatch:GetMetricData')) continue;
      expect(JSON.stringify(Resource)).not.toContain('*');
    }
  });

  it('allows nobody else anything by resource policies, but for alarms of the own account', () => {
    const policies = [...statementsOf('AWS::SNS::TopicPolicy', synthesized), ...statementsOf('AWS::SQS::QueuePolicy', synthesized)];
    const allowed = policies.filter(({ Effect }) => Effect === 'Allow');
    expect(allowed.map(({ Action, Principal }) => [Action, Principal])).toEqual(
      [...synthesized.templates].map(() => [['sns:Publish'], { Service: 'cloudwatch.amazonaws.com' }]),
    );
  });
});

describe('the function', () => {
  it('may do what its contract lists, and nothing else', () => {
    const granted = grantedTo('Prescale', example).flatMap(({ Action }) => Action);
    // The example has no spoke, no calendar in AWS, and no signal.
    const absent = ['spokeRoles', 'calendarObjects', 'changeCalendars', 'prometheusWorkspaces', 'cloudWatchMetrics', 'prometheusSecrets'];
    const listed = PRESCALE_ACTIONS.filter(({ on }) => !absent.includes(on)).map(({ action }) => action);
    expect(granted.toSorted()).toEqual(listed.toSorted());
    const everything = new Set(grantedTo('Prescale', fleet).flatMap(({ Action }) => Action));
    expect([...everything].toSorted()).toEqual([...new Set(PRESCALE_ACTIONS.map(({ action }) => action))].toSorted());
  });

  it('assumes exactly the spoke roles of the configuration', () => {
    const assuming = grantedTo('Prescale', fleet).filter(({ Action }) => Action.includes('sts:AssumeRole'));
    expect(assuming.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [['sts:AssumeRole'], ['arn:aws:iam::444455556666:role/foretide-spoke']],
    ]);
  });

  it('describes its own clusters only, not the spoke that the role does', () => {
    const described = grantedTo('Prescale', fleet).filter(({ Action }) => Action.includes('eks:DescribeCluster'));
    expect(described.map(({ Resource }) => Resource)).toEqual([
      [{ 'Fn::Join': ['', ['arn:aws:eks:us-east-1:', { Ref: 'AWS::AccountId' }, ':cluster/prod-use1']] }],
      [{ 'Fn::Join': ['', ['arn:aws:eks:eu-west-1:', { Ref: 'AWS::AccountId' }, ':cluster/prod-euw1']] }],
    ]);
  });

  it('reads exactly the calendars of the configuration', () => {
    const reading = grantedTo('Prescale', fleet).filter(
      ({ Action }) => Action.includes('s3:GetObject') || Action.includes('ssm:GetDocument'),
    );
    const object = [['s3:GetObject'], ['arn:aws:s3:::acme-calendars/launches.ics']];
    const document = [['ssm:GetDocument'], ['arn:aws:ssm:us-east-1:111122223333:document/peak-days']];
    expect(reading.map(({ Action, Resource }) => [Action, Resource])).toEqual([object, document, object, document]);
  });

  it('publishes to the alerts topic and to the pager', () => {
    const [published] = grantedTo('Prescale', fleet).filter(({ Action }) => Action.includes('sns:Publish'));
    expect(published?.Resource).toEqual(['arn:aws:sns:us-east-1:111122223333:pager', { Ref: expect.stringMatching(/^AlertsTopic/) }]);
  });
});

describe('schedules', () => {
  it('may start the function and leave what fails in the queue', () => {
    expect(grantedTo('Schedules', example).map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [['lambda:InvokeFunction'], [{ 'Fn::GetAtt': [expect.stringMatching(/^PrescaleFunction/), 'Arn'] }]],
      [['sqs:SendMessage'], [{ 'Fn::GetAtt': [expect.stringMatching(/^SchedulesUndelivered/), 'Arn'] }]],
    ]);
  });
});

describe('alarms', () => {
  it('may use the key of the topic, which the alarm action itself does not grant', () => {
    const [key] = resourcesOf(example, 'AWS::KMS::Key');
    const { Statement: statements } = z.object({ KeyPolicy: z.object({ Statement: z.array(Statement) }) }).parse(key?.Properties).KeyPolicy;
    const [admin, cloudWatch, ...more] = statements;
    expect(more).toEqual([]);
    // Every key's: IAM of the account decides.
    expect(admin?.Action).toEqual(['kms:*']);
    expect(JSON.stringify(admin?.Principal)).toContain(':root');
    expect(cloudWatch).toMatchObject({
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } }, ArnLike: { 'aws:SourceArn': expect.anything() } },
    });
    const [topic] = resourcesOf(example, 'AWS::SNS::Topic');
    expect(topic?.Properties.KmsMasterKeyId).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^AlertsKey/), 'Arn'] });
  });
});
