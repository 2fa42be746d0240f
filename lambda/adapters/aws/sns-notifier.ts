import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Notification, Notifier } from '../../ports/notifier.ts';

/** SNS: a subject is up to 100 ASCII characters without line breaks; a message with its attributes up to 256 KB. */
const MAX_SUBJECT_LENGTH = 100;
const MAX_MESSAGE_BYTES = 250_000;
const MAX_KEY_LENGTH = 1_000;

/** Publishes to a topic as plain text, with `severity` and `key` as attributes that subscriptions can filter by. */
export function makeSnsNotifier({ client, topicArn }: { readonly client: SNSClient; readonly topicArn: string }): Notifier {
  return {
    async notify(notification) {
      await client.send(
        new PublishCommand({
          TopicArn: topicArn,
          Subject: renderSubject(notification),
          Message: renderMessage(notification),
          MessageAttributes: {
            severity: { DataType: 'String', StringValue: notification.severity },
            key: { DataType: 'String', StringValue: notification.key.toWellFormed().slice(0, MAX_KEY_LENGTH) || '-' },
          },
        }),
      );
    },
  };
}

/** Accents are dropped, what is not ASCII then becomes `?`. */
export function renderSubject({ severity, title }: Notification): string {
  const text = `[${severity}] ${title}`.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll(/\s+/g, ' ');
  const ascii = text.replaceAll(/[^\x20-\x7e]/gu, '?').trim();
  return ascii.length <= MAX_SUBJECT_LENGTH ? ascii : `${ascii.slice(0, MAX_SUBJECT_LENGTH - 3)}...`;
}

/** Title and lines; of a message that is too long the first lines, and how many are missing. */
export function renderMessage({ title, lines }: Notification): string {
  const kept: string[] = [];
  let bytes = 0;
  for (const [index, text] of [title, ...lines].entries()) {
    const line = text.toWellFormed();
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > MAX_MESSAGE_BYTES) {
      if (index === 0) kept.push(`${cutToBytes(line, MAX_MESSAGE_BYTES)}…`);
      kept.push(`… ${lines.length - Math.max(0, index - 1)} more lines`);
      break;
    }
    kept.push(line);
  }
  return kept.join('\n');
}

/** The longest start that fits, without cutting a character in two. */
function cutToBytes(text: string, maxBytes: number): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, maxBytes), { stream: true });
}
