import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { makeDynamoStores } from '../../adapters/aws/dynamo-stores.ts';
import { makeSecretReader } from '../../adapters/aws/secret-reader.ts';
import { makeSystemClock } from '../../adapters/clock/system-clock.ts';
import type { Stores } from '../../adapters/stores.ts';
import { parseConfig } from '../../core/config/parse.ts';
import type { Config } from '../../core/config/schema.ts';
import type { Clock } from '../../ports/clock.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { type Log, makeLog } from '../../runtime/log.ts';
import { makeReceiver, type Receiver } from './answer.ts';
import { REMOTE_WRITE_METRICS, RemoteWriteEnvironment } from './contract.ts';

/** What a cold start makes and warm requests share. */
export type RemoteWriteSetup = {
  readonly config: Config;
  readonly receiver: Receiver;
  readonly stores: Pick<Stores, 'rollups' | 'elections'>;
  /** Undefined where AWS has checked who asks. */
  readonly readToken: () => Promise<string | undefined>;
  readonly clock: Clock;
  readonly log: Log;
};

/** A sender waits for 30 s by default, and then sends again. */
const REQUESTS = { maxAttempts: 3, requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000 } } as const;

export async function setUpOnAws(processEnvironment: Readonly<Record<string, string | undefined>>): Promise<RemoteWriteSetup> {
  const { CONFIG_FILE, TABLE_NAME, AUTHENTICATION, TOKEN_SECRET } = parseEnvironment(RemoteWriteEnvironment, processEnvironment);
  const configFile = resolve(import.meta.dirname, CONFIG_FILE);
  const { config } = parseConfig(await readFile(configFile, 'utf8'), basename(configFile));
  const clock = makeSystemClock();
  const readSecret = makeSecretReader({ client: new SecretsManagerClient(REQUESTS), secretId: TOKEN_SECRET, clock });
  return {
    config,
    receiver: makeReceiver(config),
    stores: makeDynamoStores({ client: new DynamoDBClient(REQUESTS), tableName: TABLE_NAME }),
    readToken: AUTHENTICATION === 'bearer' ? readSecret : async () => undefined,
    clock,
    log: makeLog((line) => void process.stdout.write(`${line}\n`), 'info', { useCase: REMOTE_WRITE_METRICS.useCase }),
  };
}
