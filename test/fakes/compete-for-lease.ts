import { openFileStores } from '../../lambda/adapters/files/file-stores.ts';
import { NOON_MS } from '../contract/sample-records.ts';

/** A process that asks for each of many leases once, beginning with one of them, and tells which it got. */
const [directory = '', holder = '', count = '0', first = '0'] = process.argv.slice(2);
const { leases } = openFileStores(directory);

process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
process.stdin.destroy();

const won: string[] = [];
for (let asked = 0; asked < Number(count); asked += 1) {
  const name = `lease-${(Number(first) + asked) % Number(count)}`;
  if ((await leases.acquireLease(name, holder, 60_000, NOON_MS)) !== undefined) won.push(name);
}
process.stdout.write(`${JSON.stringify(won)}\n`);
