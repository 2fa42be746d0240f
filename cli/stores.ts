import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Command } from 'commander';
import { makeDynamoStores } from '../lambda/adapters/aws/dynamo-stores.ts';
import { openFileStores } from '../lambda/adapters/files/file-stores.ts';
import type { Stores } from '../lambda/adapters/stores.ts';
import { stateDirectory } from './state-directory.ts';
import { UsageError } from './usage-error.ts';

export type StoreOptions = { readonly state?: string; readonly table?: string };

/** For commands that read or change what is kept between ticks. */
export function withStoreOptions(command: Command): Command {
  return command
    .option('--state <directory>', 'local state (default: .foretide beside the configuration)')
    .option('--table <name>', 'the DynamoDB table of the deployed stack instead, with your AWS credentials and region');
}

/** Where a loop on this machine keeps its state, or where the deployed function does. */
export function openStores({ state, table }: StoreOptions, configDirectory: string): Stores {
  if (table === undefined) return openFileStores(stateDirectory(configDirectory, state));
  if (state !== undefined) throw new UsageError('--state and --table are two places for the same state; give one');
  return makeDynamoStores({ client: new DynamoDBClient(), tableName: table });
}
