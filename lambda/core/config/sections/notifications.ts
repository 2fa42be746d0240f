import { z } from 'zod';
import { distinct, shaped, text } from './fields.ts';
import { secretName, topicArn } from './resource-fields.ts';

const SlackConfig = z
  .strictObject({
    webhookSecret: secretName().exactOptional().describe('Secrets Manager name of the incoming webhook URL.'),
    botTokenSecret: secretName()
      .exactOptional()
      .describe('Secrets Manager name of the bot token; with it, one message per incident is updated.'),
    channel: text('#gpu-ops', 80).exactOptional().describe('Channel that the bot posts to, in quotes because of the #.'),
    signingSecret: secretName().exactOptional().describe('Secrets Manager name of the signing secret, for buttons.'),
    approvers: distinct(shaped({ pattern: /^[UW][A-Z0-9]{2,20}$/, expects: 'a Slack member id', example: 'U012ABCDEF' }))
      .exactOptional()
      .describe('Slack members who may approve overrides. Default: nobody.'),
  })
  .superRefine((slack, context) => {
    if (slack.webhookSecret === undefined && slack.botTokenSecret === undefined)
      context.addIssue({
        code: 'custom',
        message: 'has neither webhookSecret nor botTokenSecret',
        params: { fix: 'write one of the two' },
      });
    if (slack.botTokenSecret !== undefined && slack.channel === undefined)
      context.addIssue({
        code: 'custom',
        message: 'has botTokenSecret but no channel',
        params: { fix: 'add for example channel: "#gpu-ops"' },
      });
  });

const slackId = (letter: string, example: string) =>
  shaped({ pattern: new RegExp(`^${letter}[A-Z0-9]{2,20}$`), expects: `a Slack id that starts with ${letter}`, example });

export const NotificationsConfig = z.strictObject({
  slack: SlackConfig.exactOptional().describe('Slack cards.'),
  amazonQ: z
    .strictObject({
      workspaceId: slackId('T', 'T0123456').describe('Slack workspace of the Amazon Q Developer client.'),
      channelId: slackId('C', 'C0123456').describe('Slack channel.'),
    })
    .exactOptional()
    .describe('Amazon Q Developer in chat applications.'),
  pager: z
    .strictObject({ snsTopicArn: topicArn().describe('SNS topic that pages somebody.') })
    .exactOptional()
    .describe('Where findings that need a person at once go.'),
  email: distinct(shaped({ pattern: /^[^\s@]+@[^\s@]+\.[^\s@]+$/, expects: 'an e-mail address', example: 'gpu-ops@example.com' }))
    .exactOptional()
    .describe('Addresses that get alerts.'),
});
export type NotificationsConfig = z.output<typeof NotificationsConfig>;
