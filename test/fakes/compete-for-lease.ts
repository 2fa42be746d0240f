import { openFileStores } from '../../lambda/adapters/files/file-stores.ts';
import { NOON_MS } from '../contract/sample-records.ts';

/** A process that asks for each of many leases once, and tells which it got. */
const [directory = '', holder = '', count = '0'] = process.argv.slice(2);
const { leases } = openFileStores(directory);

process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
process.stdin.destroy();

const won: string[] = [];
for (let index = 0; index < Number(count); index += 1) {
  if ((await leases.acquireLease(`lease-${index}`, holder, 60_000, NOON_MS)) !== undefined) won.push(`lease-${index}`);
}
process.stdout.write(`${JSON.stringify(won)}\n`);
