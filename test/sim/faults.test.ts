import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectByKubeconfigText } from '../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { makeKubernetesCluster } from '../../lambda/adapters/kubernetes/kubernetes-cluster.ts';
import type { Cluster } from '../../lambda/ports/cluster.ts';
import { createFaults, type FaultRates } from '../../sim/api/faults.ts';
import { makeInProcessCluster } from '../../sim/in-process-cluster.ts';
import type { Twin } from '../../sim/twin.ts';
import { call, LLM, LLM_PATH, SCALED_OBJECTS_PATH, START_MS, scaledObject, startTestTwin } from './fixture.ts';

let twin: Twin;
beforeEach(async () => {
  twin = await startTestTwin();
  for (const name of ['llm', 'b', 'c', 'd', 'e']) twin.addWorkload({ ...LLM, name });
  twin.advanceBy(1_000);
});
afterEach(() => twin.stop());

const REF = { cluster: 'main', kind: 'ScaledObject', namespace: 'inference', name: 'llm' } as const;

/** The same test on both faces of the twin. */
function onBothFaces(name: string, run: (cluster: Cluster) => Promise<void>): void {
  it(`${name}, over HTTP`, async () => {
    const connection = connectByKubeconfigText(twin.kubeconfig());
    try {
      await run(makeKubernetesCluster({ name: 'main', connection, pageSize: 2, limits: { retries: 0 } }));
    } finally {
      await connection.close();
    }
  });
  it(`${name}, in process`, () => run(makeInProcessCluster(twin, 'main', { pageSize: 2 })));
}

describe('faults on both faces', () => {
  onBothFaces('a list that expires on its way is read again; twice is a failure', async (cluster) => {
    twin.faults.failLaterPages({ times: 1 });
    expect((await cluster.readTargets(['ScaledObject'])).map(({ ref }) => ref.name)).toEqual(['b', 'c', 'd', 'e', 'llm']);
    twin.faults.failLaterPages();
    await expect(cluster.readTargets(['ScaledObject'])).rejects.toMatchObject({ name: 'ClusterError' });
  });

  onBothFaces('a later page that fails with 500 fails the list', async (cluster) => {
    twin.faults.failLaterPages({ status: 500 });
    await expect(cluster.readTargets(['ScaledObject'])).rejects.toMatchObject({ name: 'ClusterError', code: 'unavailable' });
  });

  onBothFaces('an answer that is cut off is unavailable, and what was asked is done', async (cluster) => {
    const before = await cluster.readTarget(REF);
    twin.faults.add({ answer: { kind: 'truncate' }, times: 1 });
    const patch = { ref: REF, resourceVersion: before?.resourceVersion ?? '', min: 7, max: 20, annotations: {} };
    await expect(cluster.applyPatch(patch)).rejects.toMatchObject({ name: 'ClusterError', code: 'unavailable' });
    expect(await cluster.readTarget(REF)).toMatchObject({ bounds: { min: 7 } });
  });

  onBothFaces('a delay takes real time and changes nothing else', async (cluster) => {
    twin.faults.add({ answer: { kind: 'delay', milliseconds: 30 }, times: 1 });
    const startedMs = performance.now();
    expect(await cluster.readTarget(REF)).toMatchObject({ bounds: { min: 1 } });
    expect(performance.now() - startedMs).toBeGreaterThan(25);
  });

  onBothFaces('429, 500 and a reset are unavailable', async (cluster) => {
    twin.faults.add({ answer: { kind: 'status', status: 429, retryAfterSeconds: 1 }, times: 1 });
    twin.faults.add({ answer: { kind: 'status', status: 500 }, times: 1 });
    twin.faults.add({ answer: { kind: 'reset' }, times: 1 });
    for (let count = 0; count < 3; count += 1)
      await expect(cluster.readTarget(REF)).rejects.toMatchObject({ name: 'ClusterError', code: 'unavailable' });
    expect(await cluster.readTarget(REF)).toMatchObject({ bounds: { min: 1 } });
  });
});

describe('a server whose clock is off', () => {
  it('writes its own time into Date and into what it creates; the clock of everybody else stands', async () => {
    twin.faults.skewClock(90_000);
    const { body, headers } = await call(twin, 'POST', SCALED_OBJECTS_PATH, scaledObject('late'));
    expect(headers.get('date')).toBe('Mon, 23 Nov 2026 18:41:31 GMT');
    expect(body.metadata).toMatchObject({ creationTimestamp: '2026-11-23T18:41:31Z' });
    const patched = await call(twin, 'PATCH', `${LLM_PATH}?fieldManager=a`, { spec: { minReplicaCount: 2 } });
    expect(patched.body.metadata).toMatchObject({ managedFields: [{ manager: 'a', time: '2026-11-23T18:41:31Z' }] });
    expect(twin.now()).toBe(START_MS + 1_000);
    twin.faults.clear();
    expect((await call(twin, 'GET', LLM_PATH)).headers.get('date')).toBe('Mon, 23 Nov 2026 18:40:01 GMT');
  });
});

describe('a seeded plan of faults', () => {
  const RATES: FaultRates = { tooManyRequests: 0.1, serverError: 0.1, reset: 0.1, truncate: 0.1, expiredPage: 0.1, delay: 0.1 };
  const request = (index: number) => ({
    method: 'GET',
    path: LLM_PATH,
    query: new URLSearchParams(index % 2 === 0 ? {} : { continue: 'x' }),
  });

  function draw(seed: string, rates: FaultRates, count: number): readonly string[] {
    const faults = createFaults();
    faults.random({ seed, rates });
    return Array.from({ length: count }, (_, index) => JSON.stringify(faults.take(request(index)) ?? null));
  }

  it('is the same for the same seed, and another for another', () => {
    expect(draw('a', RATES, 200)).toEqual(draw('a', RATES, 200));
    expect(draw('a', RATES, 200)).not.toEqual(draw('b', RATES, 200));
  });

  it('keeps to its rates', () => {
    const drawn = draw('a', RATES, 10_000);
    const share = (text: string) => drawn.filter((one) => one.includes(text)).length / drawn.length;
    for (const text of ['"status":429', '"status":500', 'reset', 'truncate', 'delay']) expect(share(text)).toBeCloseTo(0.1, 1);
    // Only every other request is for a later page.
    expect(share('"status":410')).toBeCloseTo(0.05, 1);
  });

  it('leaves watches alone', () => {
    const faults = createFaults();
    faults.random({ seed: 'a', rates: { reset: 1 } });
    expect(faults.take({ method: 'GET', path: LLM_PATH, query: new URLSearchParams({ watch: 'true' }) })).toBeUndefined();
  });

  it('refuses rates that are none', () => {
    expect(() => createFaults().random({ seed: 'a', rates: { reset: 0.6, truncate: 0.6 } })).toThrow(
      'the rates of random faults are from 0 on and at most 1 together, got {"reset":0.6,"truncate":0.6}',
    );
  });

  it('whatever it is, a client that reads before it writes never sees less than the store holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 8 }), async (seed) => {
        const own = await startTestTwin({ listen: false });
        own.addWorkload(LLM);
        own.advanceBy(1_000);
        own.faults.random({ seed, rates: RATES, maxDelayMs: 1 });
        const cluster = makeInProcessCluster(own, 'main');
        let known = 1;
        for (let round = 0; round < 20; round += 1) {
          try {
            const observed = await cluster.readTarget(REF);
            if (observed === undefined) throw new Error('the target is gone');
            expect(observed.bounds.min).toBeGreaterThanOrEqual(known);
            known = observed.bounds.min;
            await cluster.applyPatch({ ref: REF, resourceVersion: observed.resourceVersion, min: known + 1, max: 100, annotations: {} });
          } catch (error) {
            expect(error).toMatchObject({ name: 'ClusterError', code: 'unavailable' });
          }
          own.advanceBy(60_000);
        }
        own.faults.clear();
        expect((await cluster.readTarget(REF))?.bounds.min).toBeGreaterThanOrEqual(known);
      }),
      { numRuns: 25 },
    );
  });
});
