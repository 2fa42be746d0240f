import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { makeDynamoStores } from '../../adapters/aws/dynamo-stores.ts';
import { makeSecretReader } from '../../adapters/aws/secret-reader.ts';
import { makeSystemClock } from '../../adapters/clock/system-clock.ts';
import { type SharedReads, shareReads } from '../../adapters/shared-reads.ts';
import { parseConfig } from '../../core/config/parse.ts';
import type { Config } from '../../core/config/schema.ts';
import type { Clock } from '../../ports/clock.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { type Log, makeLog } from '../../runtime/log.ts';
import { MetricsApiEnvironment } from './contract.ts';

/** What a cold start makes and warm requests share. */
export type MetricsApiSetup = {
  readonly config: Config;
  readonly store: SharedReads;
  readonly readToken: () => Promise<string>;
  readonly clock: Clock;
  readonly log: Log;
};

/** KEDA gives up after 3 s by default; an answer that comes later is none. */
const REQUESTS = { maxAttempts: 2, requestHandler: { connectionTimeout: 500, requestTimeout: 1_000 } } as const;

export async function setUpOnAws(processEnvironment: Readonly<Record<string, string | undefined>>): Promise<MetricsApiSetup> {
  const environment = parseEnvironment(MetricsApiEnvironment, processEnvironment);
  const configFile = resolve(import.meta.dirname, environment.CONFIG_FILE);
  const { config } = parseConfig(await readFile(configFile, 'utf8'), basename(configFile));
  const clock = makeSystemClock();
  return {
    config,
    store: shareReads(makeDynamoStores({ client: new DynamoDBClient(REQUESTS), tableName: environment.TABLE_NAME }).states, clock),
    readToken: makeSecretReader({ client: new SecretsManagerClient(REQUESTS), secretId: environment.TOKEN_SECRET, clock }),
    clock,
    log: makeLog((line) => void process.stdout.write(`${line}\n`), 'info', { useCase: 'metrics-api' }),
  };
}
