import { expect, it } from 'vitest';
import { makeInventoryOfTick } from '../../lambda/app/inventory-of-tick.ts';
import type { Inventory } from '../../lambda/ports/inventory.ts';

it('reads each thing once, and what is something else separately', async () => {
  const reads: string[] = [];
  const read =
    <T>(name: string, value: T) =>
    async (...asked: readonly unknown[]): Promise<T> => {
      reads.push([name, ...asked.map(String)].join(' '));
      return value;
    };
  const inventory: Inventory = {
    readScales: async (refs) => read('scales', [])(...refs.map((ref) => ref.name)),
    readPods: read('pods', []),
    readNodePools: read('node pools', []),
    readNodeClaims: read('node claims', []),
    readWarnings: read('warnings', []),
    readLimits: read('limits', { quotas: [], limitRanges: [] }),
  };
  const ofTick = makeInventoryOfTick(inventory);
  const ref = (name: string) => ({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'inference', name });
  for (let asker = 0; asker < 2; asker += 1) {
    await Promise.all([ofTick.readNodeClaims(), ofTick.readNodePools(), ofTick.readWarnings('inference'), ofTick.readLimits('inference')]);
    await Promise.all([ofTick.readPods('inference', 'app=a'), ofTick.readPods('inference', 'app=b'), ofTick.readPods('other', 'app=a')]);
    await Promise.all([ofTick.readScales([ref('a')]), ofTick.readScales([ref('b')])]);
  }
  expect(reads.toSorted()).toEqual([
    'limits inference',
    'node claims',
    'node pools',
    'pods inference app=a',
    'pods inference app=b',
    'pods other app=a',
    'scales a',
    'scales b',
    'warnings inference',
  ]);
});

it('tells each who asks of a failure', async () => {
  let calls = 0;
  const failing = makeInventoryOfTick({
    readPods: async () => {
      calls += 1;
      throw new Error('HTTP 403');
    },
  } as Partial<Inventory> as Inventory);
  await expect(failing.readPods('a', 'b')).rejects.toThrow('HTTP 403');
  await expect(failing.readPods('a', 'b')).rejects.toThrow('HTTP 403');
  expect(calls).toBe(1);
});
