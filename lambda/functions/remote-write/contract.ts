import { z } from 'zod';

/** What the function reads from its environment; the stack sets exactly these variables. */
export const RemoteWriteEnvironment = z.object({
  /** The configuration, relative to the handler's directory. */
  CONFIG_FILE: z.string().min(1),
  TABLE_NAME: z.string().min(1),
  /**
   * Who may write. `bearer`: whoever presents the token of TOKEN_SECRET; the URL lets everybody ask. `aws-iam`: the URL takes only requests
   * that are signed (SigV4, service `lambda`) by somebody who may invoke it, which AWS checks before the function runs.
   */
  AUTHENTICATION: z.enum(['bearer', 'aws-iam']),
  /** Name or ARN of the secret whose text is the bearer token; empty with `aws-iam`. */
  TOKEN_SECRET: z.string(),
});
export type RemoteWriteEnvironment = z.output<typeof RemoteWriteEnvironment>;

/** The part of a Function URL's event (payload format 2.0) that matters here. Header names come in lower case. */
export const RemoteWriteEvent = z.object({
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().optional(),
  isBase64Encoded: z.boolean().default(false),
  requestContext: z.object({ http: z.object({ method: z.string() }) }),
});

/** Every AWS action of the function and nothing else; the stack grants them from this list. */
export const REMOTE_WRITE_ACTIONS = [
  { action: 'dynamodb:GetItem', on: 'table' },
  { action: 'dynamodb:PutItem', on: 'table' },
  { action: 'secretsmanager:GetSecretValue', on: 'tokenSecret' },
  { action: 'logs:CreateLogStream', on: 'logGroup' },
  { action: 'logs:PutLogEvents', on: 'logGroup' },
  { action: 'xray:PutTraceSegments', on: 'everything' },
  { action: 'xray:PutTelemetryRecords', on: 'everything' },
] as const;

/** Dimensions are bounded by the configuration: names of its clusters, and one more for all others. */
export const REMOTE_WRITE_METRICS = {
  namespace: 'Foretide',
  dimensions: { cluster: 'Cluster', useCase: 'UseCase' },
  useCase: 'remote-write',
} as const;
