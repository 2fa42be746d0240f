import { z } from 'zod';

/** What the function reads from its environment; the stack sets exactly these variables. */
export const PrescaleEnvironment = z.object({
  /** The configuration, relative to the handler's directory; the calendar files that it names lie beside it. */
  CONFIG_FILE: z.string().min(1),
  TABLE_NAME: z.string().min(1),
  ALERTS_TOPIC_ARN: z.string().regex(/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]{1,256}$/, 'must be the ARN of an SNS topic'),
  /** `debug` also logs the targets that nothing on the calendar concerns. */
  LOG_LEVEL: z.enum(['debug', 'info']),
});
export type PrescaleEnvironment = z.output<typeof PrescaleEnvironment>;

/** What a schedule (or a person, by hand) sends. */
export const PrescaleEvent = z.strictObject({
  cluster: z.string().min(1).max(100),
  /** When the schedule meant to fire; for the log only: a late or repeated tick decides on the actual time. */
  scheduledTime: z.string().max(100).optional(),
  /** Decide and log, write nothing. */
  dryRun: z.boolean().optional(),
});
export type PrescaleEvent = z.output<typeof PrescaleEvent>;

/** What an action may be used on. */
export type GrantedOn =
  | 'table'
  /** The alerts topic, and the pager's topic where one is configured. */
  | 'topics'
  | 'alertsKey'
  /** The EKS clusters of the account deployed into. */
  | 'clusters'
  /** The roles of clusters in other accounts. */
  | 'spokeRoles'
  /** S3 objects that are calendars. */
  | 'calendarObjects'
  /** Systems Manager documents that are calendars. */
  | 'changeCalendars'
  /** Workspaces of Amazon Managed Service for Prometheus. */
  | 'prometheusWorkspaces'
  /** CloudWatch's metrics, where the configuration reads any: they can't be narrowed to a resource. */
  | 'cloudWatchMetrics'
  /** Secrets that a Prometheus asks for. */
  | 'prometheusSecrets'
  | 'logGroup'
  /** Actions that AWS lets nobody narrow to a resource. */
  | 'everything';

export type AllowedAction = { readonly action: string; readonly on: GrantedOn };

/** Every AWS action of the function and nothing else; the stack grants them from this list. */
export const PRESCALE_ACTIONS: readonly AllowedAction[] = [
  { action: 'dynamodb:Query', on: 'table' },
  { action: 'dynamodb:GetItem', on: 'table' },
  { action: 'dynamodb:PutItem', on: 'table' },
  { action: 'dynamodb:UpdateItem', on: 'table' },
  { action: 'dynamodb:DeleteItem', on: 'table' },
  { action: 'dynamodb:BatchWriteItem', on: 'table' },
  // TransactWriteItems has no action of its own: it needs those of its parts.
  { action: 'dynamodb:ConditionCheckItem', on: 'table' },
  { action: 'sns:Publish', on: 'topics' },
  { action: 'kms:Decrypt', on: 'alertsKey' },
  { action: 'kms:GenerateDataKey', on: 'alertsKey' },
  // The token for the API server is a request to STS signed locally, which needs no permission.
  { action: 'eks:DescribeCluster', on: 'clusters' },
  { action: 'sts:AssumeRole', on: 'spokeRoles' },
  { action: 's3:GetObject', on: 'calendarObjects' },
  { action: 'ssm:GetDocument', on: 'changeCalendars' },
  { action: 'aps:QueryMetrics', on: 'prometheusWorkspaces' },
  { action: 'cloudwatch:GetMetricData', on: 'cloudWatchMetrics' },
  { action: 'secretsmanager:GetSecretValue', on: 'prometheusSecrets' },
  { action: 'logs:CreateLogStream', on: 'logGroup' },
  { action: 'logs:PutLogEvents', on: 'logGroup' },
  { action: 'xray:PutTraceSegments', on: 'everything' },
  { action: 'xray:PutTelemetryRecords', on: 'everything' },
];

/** What the stack must build the table with for the stores to work. */
export const TABLE_SHAPE = { partitionKey: 'pk', sortKey: 'sk', timeToLiveAttribute: 'ttl' } as const;

/** The metrics that alarms look at. Dimensions are bounded by the configuration: a cluster, a use case. */
export const TICK_METRICS = {
  namespace: 'Foretide',
  useCase: 'prescale',
  dimensions: { cluster: 'Cluster', useCase: 'UseCase' },
  ticks: 'Ticks',
} as const;
