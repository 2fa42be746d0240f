import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { z } from 'zod';
import { listen, type RunningServer, readBody, serveHttp } from './http-server.ts';

type Answer = { readonly status: number; readonly body: unknown };
type Json = Record<string, unknown>;

export type DynamoServer = RunningServer & {
  readonly client: DynamoDBClient;
  /** Every operation that came in, in order. */
  readonly operations: string[];
  /** Lets `answer` speak for the server on the next request for `operation`; without an answer the server does. */
  readonly interceptNext: (operation: string, answer: (input: Json) => Answer | undefined | Promise<Answer | undefined>) => void;
  readonly createTable: (tableName: string) => Promise<void>;
};

/**
 * DynamoDB on a free port: dynalite, and in front of it the one operation that it lacks. TransactWriteItems is all or
 * nothing because one request is served at a time; as in DynamoDB, one that meets another on an item
 * while that is under way is cancelled with TransactionConflict, and one item twice is refused.
 */
export async function startDynamoServer(): Promise<DynamoServer> {
  const backend = await listen(dynalite({ createTableMs: 0 }));
  const operations: string[] = [];
  const interceptors: { operation: string; answer: (input: Json) => Answer | undefined | Promise<Answer | undefined> }[] = [];
  const underWay = new Map<string, number>();
  let turn: Promise<unknown> = Promise.resolve();

  const server = await serveHttp((request, response) => {
    const serve = async () => {
      const [version = '', operation = ''] = String(request.headers['x-amz-target']).split('.');
      const body = await readBody(request);
      operations.push(operation);
      const call = (name: string, input: unknown) =>
        fetch(backend.url, {
          method: 'POST',
          headers: {
            'content-type': 'application/x-amz-json-1.0',
            'x-amz-target': `${version}.${name}`,
            authorization: String(request.headers.authorization),
            'x-amz-date': String(request.headers['x-amz-date']),
          },
          body: typeof input === 'string' ? input : JSON.stringify(input),
        });
      const index = interceptors.findIndex((candidate) => candidate.operation === operation);
      const [interceptor] = index < 0 ? [] : interceptors.splice(index, 1);
      const intercepted = await interceptor?.answer(JSON.parse(body));
      if (intercepted !== undefined) return intercepted;
      if (operation === 'TransactWriteItems') return transact(JSON.parse(body), call, underWay, (work) => inTurn(work));
      return inTurn(async () => {
        const answer = await call(operation, body);
        return { status: answer.status, body: await answer.json() };
      });
    };
    const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
      const next = turn.then(work);
      turn = next.catch(() => undefined);
      return next;
    };
    serve().then(
      ({ status, body }) => response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body)),
      (error: unknown) => response.writeHead(500).end(JSON.stringify({ __type: 'InternalServerError', message: String(error) })),
    );
  });

  const client = new DynamoDBClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    retryMode: 'standard',
    maxAttempts: 3,
  });
  return {
    url: server.url,
    client,
    operations,
    interceptNext: (operation, answer) => interceptors.push({ operation, answer }),
    createTable: (tableName) => createTable(client, tableName),
    async close() {
      client.destroy();
      await server.close();
      await backend.close();
    },
  };
}

/** The table as the product deploys it, ready for use. */
export async function createTable(client: DynamoDBClient, tableName: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    if (Table?.TableStatus === 'ACTIVE') return;
  }
  throw new Error(`Table ${tableName} does not become active`);
}

const Key = z.object({ pk: z.object({ S: z.string() }), sk: z.object({ S: z.string() }) });
const Item = z.looseObject(Key.shape);
const Check = z.strictObject({
  TableName: z.string(),
  Key,
  ConditionExpression: z.string(),
  ExpressionAttributeNames: z.record(z.string(), z.string()),
  ExpressionAttributeValues: z.record(z.string(), z.unknown()),
});
const Action = z.union([
  z.strictObject({ ConditionCheck: Check }),
  z.strictObject({ Put: z.strictObject({ TableName: z.string(), Item }) }),
  z.strictObject({ Delete: z.strictObject({ TableName: z.string(), Key }) }),
]);
/** What the product's transactions use; anything else is refused loudly rather than half done. */
const Transaction = z.strictObject({ ClientRequestToken: z.string(), TransactItems: z.array(Action).min(1).max(100) });

type Call = (operation: string, input: unknown) => Promise<Response>;

async function transact(
  input: Json,
  call: Call,
  underWay: Map<string, number>,
  inTurn: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<Answer> {
  const { TransactItems } = Transaction.parse(input);
  const keys = TransactItems.map(keyOf);
  if (new Set(keys).size < keys.length) {
    return failure('ValidationException', 'Transaction request cannot include multiple operations on one item');
  }
  const met = keys.map((key) => (underWay.get(key) ?? 0) > 0);
  if (met.includes(true)) return cancelled(met.map((conflict) => (conflict ? 'TransactionConflict' : 'None')));
  for (const key of keys) underWay.set(key, (underWay.get(key) ?? 0) + 1);
  try {
    return await inTurn(async () => {
      const codes: string[] = [];
      for (const action of TransactItems)
        codes.push('ConditionCheck' in action && !(await holds(action.ConditionCheck, call)) ? 'ConditionalCheckFailed' : 'None');
      if (codes.some((code) => code !== 'None')) return cancelled(codes);
      for (const action of TransactItems) {
        if ('Put' in action) await must(call('PutItem', action.Put));
        if ('Delete' in action) await must(call('DeleteItem', action.Delete));
      }
      return { status: 200, body: {} };
    });
  } finally {
    for (const key of keys) underWay.set(key, (underWay.get(key) ?? 0) - 1);
  }
}

/** Asks dynalite by writing the item as it is under the condition; one that wasn't there is removed again. */
async function holds(check: z.infer<typeof Check>, call: Call): Promise<boolean> {
  const { TableName, Key, ...condition } = check;
  const { Item: found } = z
    .object({ Item: z.looseObject({}).optional() })
    .parse(await must(call('GetItem', { TableName, Key, ConsistentRead: true })));
  const put = await call('PutItem', { TableName, Item: found ?? Key, ...condition });
  if (put.ok) {
    if (found === undefined) await must(call('DeleteItem', { TableName, Key }));
    return true;
  }
  const text = await put.text();
  if (text.includes('ConditionalCheckFailedException')) return false;
  throw new Error(text);
}

async function must(answer: Promise<Response>): Promise<unknown> {
  const response = await answer;
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

function keyOf(action: z.infer<typeof Action>): string {
  const target =
    'ConditionCheck' in action ? action.ConditionCheck : 'Put' in action ? { ...action.Put, Key: action.Put.Item } : action.Delete;
  return JSON.stringify([target.TableName, target.Key.pk.S, target.Key.sk.S]);
}

function cancelled(codes: readonly string[]): Answer {
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(', ')}]`;
  return {
    status: 400,
    body: {
      __type: `com.amazonaws.dynamodb.v20120810#TransactionCanceledException`,
      Message: message,
      CancellationReasons: codes.map((Code) => ({ Code })),
    },
  };
}

function failure(type: string, message: string): Answer {
  return { status: 400, body: { __type: `com.amazon.coral.validate#${type}`, message } };
}
