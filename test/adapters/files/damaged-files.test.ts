import { appendFile, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openFileStores } from '../../../lambda/adapters/files/file-stores.ts';
import { StoredRecordError } from '../../../lambda/adapters/record-codec.ts';
import { granted } from '../../contract/lease-store-contract.ts';
import { NOON_MS, sampleEntry, sampleIntent, sampleState, sampleTarget } from '../../contract/sample-records.ts';

const root = await mkdtemp(join(tmpdir(), 'foretide-damaged-'));
afterAll(() => rm(root, { recursive: true }));

async function filledStores() {
  const directory = await mkdtemp(join(root, 'd-'));
  const stores = openFileStores(directory);
  const target = sampleTarget();
  const lease = await granted(stores.leases, 'prod-use1', 'a');
  await stores.states.saveIntents('prescale', target, [sampleIntent('prescale', target, 'a')]);
  await stores.states.saveObjectState(sampleState(target), lease);
  await stores.states.saveSnapshot('prod-use1', 'events.yaml', { text: 'x', readAtMs: NOON_MS });
  await stores.ledger.recordEntries([sampleEntry(NOON_MS)]);
  await stores.ledger.recordEntries([sampleEntry(NOON_MS + 60_000)]);
  return { ...stores, directory };
}

type Filled = Awaited<ReturnType<typeof filledStores>>;

const RECORDS = [
  {
    read: ({ states }: Filled) => states.readIntents('prod-use1'),
    path: 'clusters/prod-use1/intents/scaledobject_inference_llama-8b_prescale.json',
  },
  {
    read: ({ states }: Filled) => states.readObjectStates('prod-use1'),
    path: 'clusters/prod-use1/states/scaledobject_inference_llama-8b.json',
  },
  { read: ({ states }: Filled) => states.readSnapshot('prod-use1', 'events.yaml'), path: 'clusters/prod-use1/snapshots/events.yaml.json' },
  { read: ({ leases }: Filled) => leases.readLeaseToken('prod-use1'), path: 'leases/prod-use1.json' },
  { read: ({ leases }: Filled) => leases.acquireLease('prod-use1', 'b', 1, NOON_MS + 99_000), path: 'leases/prod-use1.json' },
];

const DAMAGES: readonly [string, (path: string) => Promise<void>, string][] = [
  ['empty', (path) => writeFile(path, ''), 'are not whole JSON'],
  ['cut off', async (path) => truncate(path, (await readFile(path)).length - 3), 'are not whole JSON'],
  ['of another shape', (path) => writeFile(path, '{"format":1,"record":{"intents":7}}'), ': '],
  ['of a later version', (path) => writeFile(path, '{"format":2,"record":{}}'), 'its format is 2, this version reads 1'],
  ['not text', (path) => writeFile(path, Buffer.from([0x7b, 0xff, 0xfe])), 'not UTF-8'],
  ['huge', (path) => writeFile(path, Buffer.alloc(2_200_000, 0x20)), 'are read'],
];

describe.each(DAMAGES)('a file that is %s', (_, damage, problem) => {
  it.each(RECORDS)('is a typed error that names $path', async ({ read, path }) => {
    const filled = await filledStores();
    const file = join(filled.directory, path);
    await damage(file);
    const failure = await read(filled).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(StoredRecordError);
    expect(failure).toMatchObject({ where: file, message: expect.stringContaining(problem) });
    expect(failure).toMatchObject({ message: expect.stringContaining('elete it') });
  });
});

describe('the ledger file', () => {
  const ledgerFile = ({ directory }: Filled) => join(directory, 'ledger/prod-use1/2026-11-27.jsonl');

  it('passes over an unfinished last line and cuts it off at the next recording', async () => {
    const filled = await filledStores();
    await appendFile(ledgerFile(filled), '{"format":1,"record":[{"minuteMs":179575');
    expect(await filled.ledger.readEntries('prod-use1', NOON_MS, NOON_MS + 300_000)).toHaveLength(2);
    await filled.ledger.recordEntries([sampleEntry(NOON_MS + 120_000)]);
    expect(await filled.ledger.readEntries('prod-use1', NOON_MS, NOON_MS + 300_000)).toHaveLength(3);
    expect((await readFile(ledgerFile(filled), 'utf8')).trimEnd().split('\n')).toHaveLength(3);
  });

  it('names the line that can’t be read', async () => {
    const filled = await filledStores();
    await appendFile(ledgerFile(filled), 'nonsense\n');
    await expect(filled.ledger.readEntries('prod-use1', NOON_MS, NOON_MS + 60_000)).rejects.toThrow(`${ledgerFile(filled)}:3`);
  });
});

it('passes over temporary files of killed writers, and deletes them after an hour', async () => {
  const filled = await filledStores();
  const folder = join(filled.directory, 'clusters/prod-use1/states');
  await writeFile(join(folder, 'x.json.123'), 'half');
  await writeFile(join(folder, 'y.json.456'), 'half');
  const longAgo = Date.now() / 1000 - 3_700;
  await utimes(join(folder, 'x.json.123'), longAgo, longAgo);
  expect(await filled.states.readObjectStates('prod-use1')).toHaveLength(1);
  expect((await readdir(folder)).sort()).toEqual(['scaledobject_inference_llama-8b.json', 'y.json.456']);
});

it('keeps every file inside its directory, whatever the names', async () => {
  const directory = await mkdtemp(join(root, 'd-'));
  const { states, ledger, leases } = openFileStores(join(directory, 'inner'));
  const target = { ...sampleTarget('../../../x', '../../../..'), namespace: '/etc' };
  await states.saveObjectState(sampleState(target), await granted(leases, '/../../lease', 'a'));
  await states.saveIntents('mix', target, [sampleIntent('mix', target, 'a')]);
  await states.saveSnapshot('..', '../../../etc/passwd', { text: '', readAtMs: 0 });
  await ledger.recordEntries([sampleEntry(NOON_MS, '../x', { cluster: '../../..' })]);
  expect(await readdir(directory)).toEqual(['inner']);
  const files = (await readdir(join(directory, 'inner'), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  expect(files).toHaveLength(5);
});
