import { SNSClient } from '@aws-sdk/client-sns';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makeSnsNotifier, renderMessage, renderSubject } from '../../../lambda/adapters/aws/sns-notifier.ts';
import { SAMPLE_NOTIFICATION } from '../../contract/notifier-contract.ts';
import { startSnsServer } from '../../fakes/sns-server.ts';

it('publishes subject, plain text and attributes', async () => {
  const server = await startSnsServer();
  const client = new SNSClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await makeSnsNotifier({ client, topicArn: 'arn:aws:sns:us-east-1:111122223333:pager' }).notify(SAMPLE_NOTIFICATION);
  client.destroy();
  await server.close();
  expect(server.requests.map((request) => Object.fromEntries(request))).toEqual([
    {
      Action: 'Publish',
      Version: '2010-03-31',
      TopicArn: 'arn:aws:sns:us-east-1:111122223333:pager',
      Subject: '[critical] chat won?t be ready for black-friday',
      Message: 'chat won’t be ready for black-friday\nfloor 30, ready 18\nPending: insufficient capacity in us-east-1a',
      'MessageAttributes.entry.1.Name': 'severity',
      'MessageAttributes.entry.1.Value.DataType': 'String',
      'MessageAttributes.entry.1.Value.StringValue': 'critical',
      'MessageAttributes.entry.2.Name': 'key',
      'MessageAttributes.entry.2.Value.DataType': 'String',
      'MessageAttributes.entry.2.Value.StringValue': 'prod-use1/chat/not-ready',
    },
  ]);
});

it.each([
  ['Détecteur prêt', '[info] Detecteur pret'],
  ['two\r\nlines', '[info] two lines'],
  ['🎉', '[info] ?'],
  ['', '[info]'],
  ['x'.repeat(200), `[info] ${'x'.repeat(90)}...`],
])('makes a subject of %j', (title, subject) => {
  expect(renderSubject({ key: 'k', severity: 'info', title, lines: [] })).toBe(subject);
});

it('keeps every subject and message within what SNS takes', () => {
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.constantFrom('中'.repeat(100_000), 'x'.repeat(300_000)));
  fc.assert(
    fc.property(text, fc.array(text, { maxLength: 5 }), (title, lines) => {
      const notification = { key: 'k', severity: 'warning', title, lines } as const;
      expect(renderSubject(notification)).toMatch(/^\[warning\][\x20-\x7e]{0,91}$/);
      expect(Buffer.byteLength(renderMessage(notification))).toBeLessThanOrEqual(260_000);
    }),
    { numRuns: 60, seed: 20_261_127 },
  );
});

it('says how many lines are missing', () => {
  const long = { key: 'k', severity: 'info', title: 'title', lines: ['a', 'x'.repeat(250_000), 'b'] } as const;
  expect(renderMessage(long)).toBe('title\na\n… 2 more lines');
  expect(renderMessage({ ...long, title: 'x'.repeat(250_001) })).toBe(`${'x'.repeat(250_000)}…\n… 3 more lines`);
});
