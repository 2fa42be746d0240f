import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TargetKind, TargetRef } from '../../lambda/core/compose/intent.ts';
import type { Cluster, ObservedTarget, TargetPatch } from '../../lambda/ports/cluster.ts';

/** An object as somebody else would create it. */
export type Manifest = {
  readonly apiVersion: string;
  readonly kind: 'ScaledObject' | 'HorizontalPodAutoscaler' | 'Deployment';
  readonly metadata: { readonly namespace: string; readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>>;
};

export type ClusterUnderTest = {
  /** The cluster's configured name. */
  readonly name: string;
  /** Pages hold fewer than 10 objects. */
  readonly cluster: Cluster;
  /** Empty, and nobody else's. */
  readonly namespace: string;
  readonly create: (manifest: Manifest) => Promise<void>;
  /** Waits until KEDA has made the HPAs of the ScaledObjects created so far, or makes them in its place. */
  readonly settle: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** What every implementation of the Cluster port must do. */
export function defineClusterContract(name: string, makeCluster: () => Promise<ClusterUnderTest>): void {
  describe(`Cluster contract: ${name}`, () => {
    let tested: ClusterUnderTest;
    beforeEach(async () => {
      tested = await makeCluster();
    });
    afterEach(() => tested.close());

    const refOf = (kind: TargetKind, object: string): TargetRef => ({
      cluster: tested.name,
      kind,
      namespace: tested.namespace,
      name: object,
    });

    function createScaledObject(object: string, spec: object = {}, annotations?: Readonly<Record<string, string>>) {
      return tested.create({
        apiVersion: 'keda.sh/v1alpha1',
        kind: 'ScaledObject',
        metadata: { namespace: tested.namespace, name: object, ...(annotations !== undefined && { annotations }) },
        spec: {
          scaleTargetRef: { name: `${object}-server` },
          triggers: [{ type: 'cron', metadata: { timezone: 'UTC', start: '0 0 1 1 *', end: '1 0 1 1 *', desiredReplicas: '1' } }],
          ...spec,
        },
      });
    }

    function createAutoscaler(object: string, spec: object = {}) {
      return tested.create({
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { namespace: tested.namespace, name: object },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: `${object}-server` },
          maxReplicas: 20,
          metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
          ...spec,
        },
      });
    }

    /** KEDA makes no HPA for a target that does not exist. */
    function createDeployment(object: string) {
      const labels = { app: object };
      return tested.create({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { namespace: tested.namespace, name: object },
        spec: {
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'example.com/none:1' }] } },
        },
      });
    }

    async function readExisting(ref: TargetRef): Promise<ObservedTarget> {
      const observed = await tested.cluster.readTarget(ref);
      if (observed === undefined) throw new Error(`${ref.name} does not exist`);
      return observed;
    }

    async function patchOf(ref: TargetRef, change: Partial<TargetPatch>): Promise<TargetPatch> {
      const { resourceVersion, bounds } = await readExisting(ref);
      return { ref, resourceVersion, min: bounds.min, max: bounds.max, annotations: {}, ...change };
    }

    async function readOwn(kinds: readonly TargetKind[]) {
      return (await tested.cluster.readTargets(kinds)).filter(({ ref }) => ref.namespace === tested.namespace);
    }

    describe('reading', () => {
      it('finds every target, over several pages', async () => {
        const names = Array.from({ length: 25 }, (_, index) => `so-${String(index).padStart(2, '0')}`);
        for (const object of names) await createScaledObject(object);
        const found = await readOwn(['ScaledObject']);
        expect(found.map(({ ref }) => ref.name).sort()).toEqual(names);
        expect(new Set(found.map(({ uid }) => uid)).size).toBe(25);
      });

      it('finds targets of the asked kinds only', async () => {
        await createScaledObject('chat');
        await createAutoscaler('embed');
        expect((await readOwn(['ScaledObject'])).map(({ ref }) => ref)).toEqual([refOf('ScaledObject', 'chat')]);
        expect(await readOwn([])).toEqual([]);
        const both = await readOwn(['ScaledObject', 'HorizontalPodAutoscaler']);
        expect(both.map(({ ref }) => ref)).toEqual(
          expect.arrayContaining([refOf('ScaledObject', 'chat'), refOf('HorizontalPodAutoscaler', 'embed')]),
        );
      });

      it('answers what a list has when asked for one', async () => {
        await createScaledObject('chat', { minReplicaCount: 2, maxReplicaCount: 60 }, { team: 'search' });
        const [listed] = await readOwn(['ScaledObject']);
        expect(listed).toMatchObject({ bounds: { min: 2, max: 60 }, absent: [], annotations: { team: 'search' } });
        expect(await tested.cluster.readTarget(refOf('ScaledObject', 'chat'))).toMatchObject({
          ref: listed?.ref,
          uid: listed?.uid,
          bounds: listed?.bounds,
        });
      });

      it.each<[string, object, Partial<ObservedTarget>]>([
        ['no bounds', {}, { bounds: { min: 0, max: 100 }, absent: ['min', 'max'] }],
        ['a min', { minReplicaCount: 3 }, { bounds: { min: 3, max: 100 }, absent: ['max'] }],
        ['a max', { maxReplicaCount: 8 }, { bounds: { min: 0, max: 8 }, absent: ['min'] }],
        ['a min of 0', { minReplicaCount: 0, maxReplicaCount: 8 }, { bounds: { min: 0, max: 8 }, absent: [] }],
      ])('gives the effective bounds of a ScaledObject with %s', async (_name, spec, expected) => {
        await createScaledObject('chat', spec);
        expect(await readExisting(refOf('ScaledObject', 'chat'))).toMatchObject({
          ...expected,
          scalesTo: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'chat-server' },
        });
      });

      it('reads what else a ScaledObject says', async () => {
        await createScaledObject('chat', {
          idleReplicaCount: 0,
          minReplicaCount: 2,
          cooldownPeriod: 60,
          scaleTargetRef: { kind: 'StatefulSet', name: 'db' },
        });
        expect(await readExisting(refOf('ScaledObject', 'chat'))).toMatchObject({
          idleReplicas: 0,
          cooldownSeconds: 60,
          scalesTo: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db' },
          cronTriggers: [{ timezone: 'UTC', start: '0 0 1 1 *', end: '1 0 1 1 *', desiredReplicas: '1' }],
        });
      });

      it("gives a plain HPA's min of 1", async () => {
        await createAutoscaler('embed');
        const observed = await readExisting(refOf('HorizontalPodAutoscaler', 'embed'));
        expect(observed).toMatchObject({
          bounds: { min: 1, max: 20 },
          scalesTo: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'embed-server' },
        });
        expect(observed).not.toHaveProperty('ownedByScaledObject');
      });

      it('answers undefined for a target that does not exist', async () => {
        expect(await tested.cluster.readTarget(refOf('ScaledObject', 'nobody'))).toBeUndefined();
        expect(await tested.cluster.readTarget({ ...refOf('ScaledObject', 'chat'), namespace: 'no-such-namespace' })).toBeUndefined();
      });

      it('tells HPAs that KEDA owns from plain ones', async () => {
        await createDeployment('chat-server');
        await createScaledObject('chat', { minReplicaCount: 4, maxReplicaCount: 60 });
        await createAutoscaler('embed', { minReplicas: 2 });
        await tested.settle();
        const hpas = (await tested.cluster.readAutoscalers()).filter(({ namespace }) => namespace === tested.namespace);
        const owned = hpas.find(({ ownedByScaledObject }) => ownedByScaledObject === 'chat');
        expect(owned).toMatchObject({ min: 4, max: 60 });
        const plain = hpas.find((hpa) => hpa.name === 'embed');
        expect(plain).toMatchObject({ min: 2, max: 20 });
        expect(plain).not.toHaveProperty('ownedByScaledObject');
        expect(hpas).toHaveLength(2);
        expect(await readExisting(refOf('HorizontalPodAutoscaler', owned?.name ?? ''))).toMatchObject({ ownedByScaledObject: 'chat' });
      });
    });

    describe('patching', () => {
      it('moves both bounds and the annotations at once, and answers with the new object', async () => {
        await createScaledObject('chat', { minReplicaCount: 2, maxReplicaCount: 10 }, { team: 'search' });
        const ref = refOf('ScaledObject', 'chat');
        const before = await readExisting(ref);
        // Both above the old max: one by one they would be refused.
        const patched = await tested.cluster.applyPatch(await patchOf(ref, { min: 12, max: 20, annotations: { 'foretide/floor': '12' } }));
        expect(patched).toMatchObject({
          uid: before.uid,
          bounds: { min: 12, max: 20 },
          annotations: { team: 'search', 'foretide/floor': '12' },
        });
        expect(patched.resourceVersion).not.toBe(before.resourceVersion);
        expect(await readExisting(ref)).toMatchObject({
          bounds: { min: 12, max: 20 },
          annotations: { team: 'search', 'foretide/floor': '12' },
        });
      });

      it('removes fields and annotations that are null', async () => {
        await createScaledObject('chat', { minReplicaCount: 2, maxReplicaCount: 10 }, { team: 'search', 'foretide/floor': '2' });
        const ref = refOf('ScaledObject', 'chat');
        const patched = await tested.cluster.applyPatch(
          await patchOf(ref, { min: null, max: null, annotations: { 'foretide/floor': null, absent: null } }),
        );
        expect(patched).toMatchObject({ bounds: { min: 0, max: 100 }, absent: ['min', 'max'], annotations: { team: 'search' } });
        expect(patched.annotations).not.toHaveProperty('foretide/floor');
        expect(patched.annotations).not.toHaveProperty('absent');
      });

      it("moves a plain HPA's bounds", async () => {
        await createAutoscaler('embed', { minReplicas: 2 });
        const ref = refOf('HorizontalPodAutoscaler', 'embed');
        expect(await tested.cluster.applyPatch(await patchOf(ref, { min: 5, max: 25 }))).toMatchObject({ bounds: { min: 5, max: 25 } });
        expect(await readExisting(ref)).toMatchObject({ bounds: { min: 5, max: 25 } });
      });

      it('conflicts on a stale version, and changes nothing', async () => {
        await createScaledObject('chat', { minReplicaCount: 2, maxReplicaCount: 10 });
        const ref = refOf('ScaledObject', 'chat');
        const stale = await patchOf(ref, { min: 7, annotations: { 'foretide/floor': '7' } });
        await tested.cluster.applyPatch(await patchOf(ref, { min: 3 }));
        await expect(tested.cluster.applyPatch(stale)).rejects.toMatchObject({ name: 'ClusterError', code: 'conflict' });
        const after = await readExisting(ref);
        expect(after.bounds).toEqual({ min: 3, max: 10 });
        expect(after.annotations).not.toHaveProperty('foretide/floor');
      });

      it('lets one of several writers at once through', async () => {
        await createScaledObject('chat', { minReplicaCount: 2, maxReplicaCount: 50 });
        const ref = refOf('ScaledObject', 'chat');
        const patches = await Promise.all(Array.from({ length: 6 }, (_, index) => patchOf(ref, { min: 10 + index })));
        const results = await Promise.allSettled(patches.map((patch) => tested.cluster.applyPatch(patch)));
        const won = results.filter(({ status }) => status === 'fulfilled');
        expect(won).toHaveLength(1);
        for (const result of results) {
          if (result.status === 'rejected') expect(result.reason).toMatchObject({ name: 'ClusterError', code: 'conflict' });
          else expect(await readExisting(ref)).toMatchObject({ bounds: result.value.bounds });
        }
      });

      it.each([
        ['a min above the max', { min: 21, max: 20 }],
        ['a negative min', { min: -1 }],
        ['a max of 0', { min: 0, max: 0 }],
        ['half a replica', { min: 2.5 }],
      ])('refuses %s, and changes nothing', async (_name, change) => {
        await createScaledObject('chat', { minReplicaCount: 2, maxReplicaCount: 10 });
        const ref = refOf('ScaledObject', 'chat');
        const before = await readExisting(ref);
        await expect(
          tested.cluster.applyPatch(await patchOf(ref, { ...change, annotations: { 'foretide/floor': 'x' } })),
        ).rejects.toMatchObject({
          name: 'ClusterError',
          code: 'refused',
        });
        expect(await readExisting(ref)).toMatchObject({ bounds: before.bounds, annotations: before.annotations });
      });

      it("refuses to remove a plain HPA's max, which has no default", async () => {
        await createAutoscaler('embed');
        const patch = await patchOf(refOf('HorizontalPodAutoscaler', 'embed'), { max: null });
        await expect(tested.cluster.applyPatch(patch)).rejects.toMatchObject({ name: 'ClusterError', code: 'refused' });
      });

      it('refuses a min of 0 of a plain HPA, which only scales on cpu', async () => {
        await createAutoscaler('embed', { minReplicas: 2 });
        const ref = refOf('HorizontalPodAutoscaler', 'embed');
        await expect(tested.cluster.applyPatch(await patchOf(ref, { min: 0 }))).rejects.toMatchObject({ code: 'refused' });
        expect((await readExisting(ref)).bounds).toEqual({ min: 2, max: 20 });
      });

      it('does not create what does not exist', async () => {
        const ref = refOf('ScaledObject', 'nobody');
        await expect(tested.cluster.applyPatch({ ref, resourceVersion: '1', min: 1, max: 2, annotations: {} })).rejects.toMatchObject({
          name: 'ClusterError',
          code: 'not-found',
        });
        expect(await tested.cluster.readTarget(ref)).toBeUndefined();
      });
    });
  });
}
