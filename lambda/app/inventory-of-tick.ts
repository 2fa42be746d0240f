import { scaleKey } from '../core/inventory/observed-scale.ts';
import type { Inventory } from '../ports/inventory.ts';

/**
 * The same inventory, that reads each thing once: one tick sees a cluster at one instant, whoever asks, and a refusal is heard once by each. Made
 * anew for every tick.
 */
export function makeInventoryOfTick(inventory: Inventory): Inventory {
  const known = new Map<string, Promise<unknown>>();
  function once<T>(read: () => Promise<T>, ...key: readonly string[]): Promise<T> {
    const text = JSON.stringify(key);
    const found = known.get(text) as Promise<T> | undefined;
    const reading = found ?? read();
    known.set(text, reading);
    return reading;
  }
  return {
    readScales: (refs) => once(() => inventory.readScales(refs), 'scales', ...refs.map(scaleKey)),
    readPods: (namespace, selector) => once(() => inventory.readPods(namespace, selector), 'pods', namespace, selector),
    readNodePools: () => once(() => inventory.readNodePools(), 'node pools'),
    readNodeClaims: () => once(() => inventory.readNodeClaims(), 'node claims'),
    readWarnings: (namespace) => once(() => inventory.readWarnings(namespace), 'warnings', namespace),
    readLimits: (namespace) => once(() => inventory.readLimits(namespace), 'limits', namespace),
  };
}
