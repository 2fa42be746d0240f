import type { PrescaleDependencies } from '../../lambda/app/prescale.ts';

/** The same ports, on which `before` runs before each call: it may wait, change the world, or throw. Calls are counted from 1. */
export function guardPorts(plain: PrescaleDependencies, before: (call: number, method: string) => Promise<void>): PrescaleDependencies {
  let calls = 0;
  const guard = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (target, name, receiver) => {
        const method: unknown = Reflect.get(target, name, receiver);
        if (typeof method !== 'function') return method;
        return async (...given: readonly unknown[]) => {
          calls += 1;
          await before(calls, String(name));
          return Reflect.apply(method, target, given);
        };
      },
    });
  return { ...plain, cluster: guard(plain.cluster), store: guard(plain.store), leases: guard(plain.leases), ledger: guard(plain.ledger) };
}
