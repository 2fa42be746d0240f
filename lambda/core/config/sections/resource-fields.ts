import { z } from 'zod';
import { Expectations, shaped } from './fields.ts';

export function accountId() {
  return shaped({
    pattern: /^\d{12}$/,
    expects: 'an AWS account id, 12 digits in quotes',
    example: '111122223333',
    advise: () => 'write for example "111122223333"',
    numberFix: () => 'put it in quotes: "111122223333"; as a number it would lose leading zeros',
  });
}

const ARN_PARTITION = 'arn:aws(-[a-z]+)*';

export function roleArn() {
  return shaped({
    pattern: new RegExp(`^${ARN_PARTITION}:iam::\\d{12}:role/[\\w+=,.@/-]{1,512}$`),
    expects: 'the ARN of an IAM role',
    example: 'arn:aws:iam::111122223333:role/foretide-spoke',
    advise: (value) => (/:(user|assumed-role)\//.test(value) ? 'a role is needed: arn:aws:iam::111122223333:role/NAME' : undefined),
  });
}

export function topicArn() {
  return shaped({
    pattern: new RegExp(`^${ARN_PARTITION}:sns:[a-z0-9-]+:\\d{12}:[A-Za-z0-9_-]{1,256}(\\.fifo)?$`),
    expects: 'the ARN of an SNS topic',
    example: 'arn:aws:sns:us-east-1:111122223333:pager',
  });
}

export function documentArn() {
  return shaped({
    pattern: new RegExp(`^${ARN_PARTITION}:ssm:[a-z0-9-]+:\\d{12}:document/[A-Za-z0-9_./-]{3,128}$`),
    expects: 'the ARN of a Systems Manager change calendar',
    example: 'arn:aws:ssm:us-east-1:111122223333:document/peak-days',
  });
}

export function region() {
  return shaped({
    pattern: /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/,
    expects: 'an AWS region',
    example: 'us-east-1',
    advise: (value) => (/^[a-z]{2,4}(-[a-z]+)+-\d[a-z]$/.test(value) ? `write the region of that zone: ${value.slice(0, -1)}` : undefined),
  });
}

export function instanceType() {
  return shaped({ pattern: /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, expects: 'an EC2 instance type', example: 'g6e.xlarge' });
}

/** RFC 1123 names, as the Kubernetes API checks them. */
export function kubernetesNamespace() {
  return shaped({ pattern: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, expects: 'a Kubernetes namespace', example: 'inference' });
}

export function kubernetesName() {
  return shaped({
    pattern: /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
    expects: "the Kubernetes object's name, lower case",
    example: 'llama-8b',
  });
}

/** The name of a secret in AWS Secrets Manager; the secret itself must not stand in the file. */
export function secretName() {
  return z
    .string()
    .min(1)
    .max(512)
    .superRefine((value, context) => {
      if (!/^(https?:|xox[a-z]-|xapp-)|\s/.test(value)) return;
      context.addIssue({
        code: 'custom',
        message: 'must be the name of a secret, not the secret itself',
        params: { fix: 'store it in AWS Secrets Manager and write its name here, such as foretide/slack-webhook', hideValue: true },
      });
    })
    .register(Expectations, { expects: 'the name of a secret in AWS Secrets Manager', example: 'foretide/slack-webhook' });
}
