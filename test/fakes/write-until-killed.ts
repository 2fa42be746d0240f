import { openFileStores } from '../../lambda/adapters/files/file-stores.ts';
import { NOON_MS, sampleEntry, sampleIntent, sampleState, sampleTarget } from '../contract/sample-records.ts';

/**
 * A process that writes records in a loop until it is killed. Record number n is as long as n asks for, so that a
 * mixture of two would show; what was acknowledged is told on standard output, one number a line.
 */
const [directory = '', first = '0'] = process.argv.slice(2);
const { states, leases, ledger } = openFileStores(directory);
const target = sampleTarget();

for (let n = Number(first); ; n += 1) {
  const padding = String(n).padStart(1 + ((n * 977) % 20_000), 'x');
  const lease = await leases.acquireLease('prod-use1', 'child', 60_000, NOON_MS);
  if (lease === undefined) throw new Error('The lease is not free');
  await states.saveIntents('prescale', target, [
    { ...sampleIntent('prescale', target, 'a', n), evidence: { summary: padding, facts: { n } } },
  ]);
  await states.saveObjectState({ ...sampleState(target, n), uid: padding }, lease);
  await states.saveSnapshot('prod-use1', 'events.yaml', { text: padding, readAtMs: n });
  await ledger.recordEntries([sampleEntry(NOON_MS, 'a', { gpus: n }), sampleEntry(NOON_MS, padding.slice(-300), { gpus: n })]);
  process.stdout.write(`${JSON.stringify({ n, token: lease.token })}\n`);
}
