import { z } from 'zod';

/** What the function reads from its environment; the stack sets exactly these variables. */
export const MetricsApiEnvironment = z.object({
  /** The configuration, relative to the handler's directory. */
  CONFIG_FILE: z.string().min(1),
  TABLE_NAME: z.string().min(1),
  /** Name or ARN of the secret; its text is the bearer token. */
  TOKEN_SECRET: z.string().min(1),
});
export type MetricsApiEnvironment = z.output<typeof MetricsApiEnvironment>;

/** The part of a Function URL's event (payload format 2.0) that matters here. */
export const MetricsApiEvent = z.object({
  rawPath: z.string().max(2_000),
  headers: z.record(z.string(), z.string()).optional(),
  requestContext: z.object({ http: z.object({ method: z.string() }) }),
});

/** Every AWS action of the function and nothing else; the stack grants them from this list. */
export const METRICS_API_ACTIONS = [
  { action: 'dynamodb:Query', on: 'table' },
  { action: 'dynamodb:GetItem', on: 'table' },
  { action: 'secretsmanager:GetSecretValue', on: 'tokenSecret' },
  { action: 'logs:CreateLogStream', on: 'logGroup' },
  { action: 'logs:PutLogEvents', on: 'logGroup' },
  { action: 'xray:PutTraceSegments', on: 'everything' },
  { action: 'xray:PutTelemetryRecords', on: 'everything' },
] as const;
