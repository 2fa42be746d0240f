import { Writable } from 'node:stream';
import { SNSClient } from '@aws-sdk/client-sns';
import { afterAll } from 'vitest';
import { makeSnsNotifier } from '../../lambda/adapters/aws/sns-notifier.ts';
import { makeLogNotifier } from '../../lambda/adapters/log/log-notifier.ts';
import { notifyAll } from '../../lambda/adapters/log/notify-all.ts';
import { startSnsServer } from '../fakes/sns-server.ts';
import { defineNotifierContract } from './notifier-contract.ts';

const closing: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closing.map((close) => close())));

function makeLog() {
  const lines: string[] = [];
  let broken = false;
  const stream = new Writable({
    write(chunk, _encoding, done) {
      if (broken) return done(new Error('disk full'));
      lines.push(String(chunk));
      done();
    },
  });
  stream.on('error', () => undefined);
  return {
    notifier: makeLogNotifier(stream),
    received: () => lines,
    fail() {
      broken = true;
    },
  };
}

async function makeSns() {
  const server = await startSnsServer();
  const client = new SNSClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  closing.push(async () => {
    client.destroy();
    await server.close();
  });
  return {
    notifier: makeSnsNotifier({ client, topicArn: 'arn:aws:sns:us-east-1:111122223333:pager' }),
    received: () => server.requests.map((request) => [...request.values()].join('\n')),
    fail: () => server.refuseWith('AuthorizationError'),
  };
}

defineNotifierContract('log', async () => makeLog());
defineNotifierContract('SNS', makeSns);
defineNotifierContract('all of several', async () => {
  const [first, second] = [makeLog(), await makeSns()];
  return { notifier: notifyAll([first.notifier, second.notifier]), received: second.received, fail: first.fail };
});
