import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeMemoryStores } from '../../lambda/adapters/memory/memory-stores.ts';
import { MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import { ASK, configText, END, FLOOR, type Harness, makeHarness, SCALED_OBJECT_PATH, START, TARGET } from './harness.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await makeHarness();
});
afterEach(() => harness.stop());

const BASELINE = { min: 2, max: 40 };
const RAISED = { min: FLOOR, max: 40 };
const minutes = (count: number) => count * MINUTE_MS;

async function tickEachMinute(fromMs: number, toMs: number): Promise<void> {
  for (let nowMs = fromMs; nowMs < toMs; nowMs += MINUTE_MS) await harness.tickAt(nowMs);
}

describe('a window on the twin, over HTTP', () => {
  it('asks at start − lead, is ready at the start, gives back at the end', async () => {
    await harness.tickAt(ASK - minutes(1));
    expect(await harness.bounds()).toEqual(BASELINE);
    const asked = await harness.tickAt(ASK);
    expect(asked.outcomes).toMatchObject([{ kind: 'set', from: BASELINE, to: RAISED, reason: 'event-lead', applied: 'done' }]);
    await tickEachMinute(ASK + minutes(1), START);
    await harness.tickAt(START);
    expect(harness.twin.readWorkload('llama').ready).toBeGreaterThanOrEqual(FLOOR);
    await tickEachMinute(START + minutes(1), END);
    expect(await harness.bounds()).toEqual(RAISED);
    expect(harness.twin.readWorkload('llama').min).toBe(FLOOR);
    await harness.tickAt(END);
    expect(await harness.bounds()).toEqual(BASELINE);
    expect(Object.keys(await harness.annotations()).filter((name) => name.startsWith('foretide/'))).toEqual([]);
  });

  it('calls one page a kind, and patches only what changes', async () => {
    harness.twin.requests.clear();
    await harness.tickAt(ASK - minutes(1));
    expect(harness.twin.requests.entries().map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /apis/keda.sh/v1alpha1/scaledobjects',
    ]);
    harness.twin.requests.clear();
    await harness.tickAt(ASK);
    expect(harness.twin.requests.entries().map(({ method }) => method)).toEqual(['GET', 'PATCH']);
  });

  it('enters what it holds into the ledger, with dollars, once a minute however often it ticks', async () => {
    await harness.tickAt(ASK);
    await harness.tickAt(ASK);
    expect(await harness.dependencies.ledger.readEntries('twin', ASK, ASK + minutes(1))).toEqual([
      { minuteMs: ASK, cluster: 'twin', workload: 'chat', addedReplicas: 8, gpus: 8, usd: (1.861 * 8) / 60 },
    ]);
  });

  it('decides and writes nothing in a dry run', async () => {
    harness.twin.advanceTo(ASK);
    const { prescaleTick } = await import('../../lambda/app/prescale.ts');
    const { parseConfig } = await import('../../lambda/core/config/parse.ts');
    const { config } = parseConfig(configText(), 'foretide.yaml');
    const report = await prescaleTick(harness.dependencies, { config, clusterName: 'twin', holder: 'x', nowMs: ASK, dryRun: true });
    expect(report.outcomes).toMatchObject([{ kind: 'set', to: RAISED, applied: 'dry-run' }]);
    expect(await harness.bounds()).toEqual(BASELINE);
    expect(await harness.dependencies.store.readIntents('twin')).toEqual([]);
  });
});

describe('what the next ticks heal', () => {
  it('adopts a higher min until the window ends', async () => {
    await harness.tickAt(ASK);
    await harness.edit({ spec: { minReplicaCount: 15 } });
    await tickEachMinute(ASK + minutes(1), ASK + minutes(5));
    expect(await harness.bounds()).toEqual({ min: 15, max: 40 });
    await harness.tickAt(END);
    expect(await harness.bounds()).toEqual(BASELINE);
  });

  it('puts a lower min back three times, then yields, alerts once, and stays away', async () => {
    await harness.tickAt(ASK);
    for (const minute of [1, 2, 3]) {
      await harness.edit({ spec: { minReplicaCount: 1 } });
      await harness.tickAt(ASK + minutes(minute));
      expect(await harness.bounds()).toEqual(RAISED);
    }
    await harness.edit({ spec: { minReplicaCount: 1 } });
    await tickEachMinute(ASK + minutes(4), START);
    expect(await harness.bounds()).toEqual({ min: 1, max: 40 });
    expect(harness.notifications.filter(({ title, severity }) => title.includes('yielded') && severity === 'critical')).toHaveLength(1);
  });

  it('raises a ScaledObject that was deleted and created again in the window, and restores what the new one said', async () => {
    await harness.tickAt(ASK);
    const url = `${harness.twin.url}${SCALED_OBJECT_PATH}`;
    const headers = { authorization: `Bearer ${harness.twin.token}`, 'content-type': 'application/json' };
    const before = (await (await fetch(url, { headers })).json()) as { spec: Record<string, unknown> };
    await fetch(url, { method: 'DELETE', headers });
    const missing = await harness.tickAt(ASK + minutes(1));
    expect(missing.outcomes).toMatchObject([{ kind: 'refuse', reason: 'target-missing' }]);
    await fetch(url.slice(0, url.lastIndexOf('/')), {
      method: 'POST',
      headers,
      body: JSON.stringify({
        apiVersion: 'keda.sh/v1alpha1',
        kind: 'ScaledObject',
        metadata: { namespace: 'inference', name: 'llama' },
        spec: { ...before.spec, minReplicaCount: 3, maxReplicaCount: 30 },
      }),
    });
    await harness.tickAt(ASK + minutes(2));
    expect(await harness.bounds()).toEqual({ min: FLOOR, max: 30 });
    await harness.tickAt(END);
    expect(await harness.bounds()).toEqual({ min: 3, max: 30 });
  });

  it('fails loudly while the API server is away, and converges when it is back', async () => {
    const back = harness.twin.faults.add({ answer: { kind: 'reset' } });
    for (let minute = 0; minute < 10; minute += 1) {
      await expect(harness.tickAt(ASK + minutes(minute))).rejects.toMatchObject({ name: 'ClusterError', code: 'unavailable' });
    }
    back();
    await harness.tickAt(ASK + minutes(10));
    expect(await harness.bounds()).toEqual(RAISED);
  });

  it('gives back late when the API server was away at the end', async () => {
    await harness.tickAt(ASK);
    await harness.tickAt(END - minutes(1));
    const back = harness.twin.faults.add({ answer: { kind: 'status', status: 503 } });
    for (let minute = 0; minute < 10; minute += 1)
      await expect(harness.tickAt(END + minutes(minute))).rejects.toMatchObject({ code: 'unavailable' });
    back();
    await harness.tickAt(END + minutes(10));
    expect(await harness.bounds()).toEqual(BASELINE);
  });

  it('knows the baseline from the object when the state store is lost in mid-window', async () => {
    await harness.tickAt(ASK);
    const lost = makeMemoryStores();
    const replaced = { store: lost.states, leases: lost.leases, ledger: lost.ledger };
    await harness.tickAt(ASK + minutes(1), replaced);
    expect(await harness.bounds()).toEqual(RAISED);
    await harness.tickAt(END, replaced);
    expect(await harness.bounds()).toEqual(BASELINE);
  });

  it('heals a process killed between the write and the save, at both ends of the window', async () => {
    const killed = {
      ...harness.dependencies.store,
      saveObjectState: () => Promise.reject(new Error('killed')),
      removeObjectState: () => Promise.reject(new Error('killed')),
    };
    expect((await harness.tickAt(ASK, { store: killed })).failures).toEqual(['ScaledObject/inference/llama: killed']);
    expect(await harness.bounds()).toEqual(RAISED);
    const next = await harness.tickAt(ASK + minutes(1));
    expect(next.outcomes).toMatchObject([{ kind: 'hold', at: RAISED }]);
    await harness.tickAt(END, { store: killed });
    expect(await harness.bounds()).toEqual(BASELINE);
    await harness.tickAt(END + minutes(1));
    expect(await harness.bounds()).toEqual(BASELINE);
    expect(await harness.dependencies.store.readObjectStates('twin')).toEqual([]);
  });

  it('lets one of two ticks at once do the work', async () => {
    harness.twin.requests.clear();
    const reports = await Promise.all([harness.tickAt(ASK), harness.tickAt(ASK)]);
    expect(reports.map(({ skipped }) => skipped)).toContain(false);
    expect(harness.twin.requests.count(({ method }) => method === 'PATCH')).toBe(1);
    expect(await harness.bounds()).toEqual(RAISED);
  });

  it('reads again and decides again on a conflict', async () => {
    const { cluster } = harness.dependencies;
    let raced = false;
    const racing = {
      ...cluster,
      applyPatch: async (patch: Parameters<typeof cluster.applyPatch>[0]) => {
        if (!raced) {
          raced = true;
          await harness.edit({ spec: { maxReplicaCount: 20 } });
        }
        return cluster.applyPatch(patch);
      },
    };
    const report = await harness.tickAt(ASK, { cluster: racing });
    expect(report.outcomes).toMatchObject([{ kind: 'set', from: { min: 2, max: 20 }, to: { min: FLOOR, max: 20 }, applied: 'done' }]);
  });

  it('writes nothing once somebody else holds the lease', async () => {
    const { leases } = harness.dependencies;
    const overtaken = { ...leases, readLeaseToken: async (name: string) => (await leases.readLeaseToken(name)) + 1 };
    await expect(harness.tickAt(ASK, { leases: overtaken })).rejects.toMatchObject({ name: 'FencedError' });
    expect(await harness.bounds()).toEqual(BASELINE);
  });

  it('gives back what it holds of a workload that leaves the configuration', async () => {
    await harness.tickAt(ASK);
    harness.setConfig(
      configText({
        workloads: [{ name: 'other', target: { kind: 'ScaledObject', namespace: 'inference', name: 'other' } }],
        calendar: { events: [] },
      }),
    );
    await harness.tickAt(ASK + minutes(1));
    expect(await harness.bounds()).toEqual(BASELINE);
    expect(await harness.dependencies.store.readObjectStates('twin')).toEqual([]);
    expect(await harness.dependencies.store.readIntents('twin')).toEqual([]);
  });

  it('says when an object carries floors that nothing here knows of', async () => {
    await harness.tickAt(ASK);
    harness.setConfig(
      configText({
        workloads: [{ name: 'other', target: { kind: 'ScaledObject', namespace: 'inference', name: 'other' } }],
        calendar: { events: [] },
      }),
    );
    const lost = makeMemoryStores();
    await harness.tickAt(ASK + minutes(1), { store: lost.states, leases: lost.leases });
    expect(await harness.bounds()).toEqual(RAISED);
    expect(harness.notifications.map(({ title }) => title)).toContain(
      'twin: ScaledObject/inference/llama: carries floors of Foretide, but is not configured here',
    );
  });

  it('writes little when a workload that rests at zero is released without knowing its need', async () => {
    await harness.edit({ spec: { minReplicaCount: 0 } });
    await tickEachMinute(ASK, ASK + minutes(3));
    harness.twin.failTrigger('llama', 'gone');
    await harness.tickAt(END - minutes(1));
    harness.twin.requests.clear();
    await tickEachMinute(END, END + minutes(180));
    expect(await harness.bounds()).toEqual({ min: 0, max: 40 });
    expect(harness.twin.requests.count(({ method }) => method === 'PATCH')).toBeLessThan(15);
  });

  it('enforces configured bounds in an event that needs no more than them', async () => {
    const text = configText().replace('    leadTime:', '    bounds: { min: 10, max: 40 }\n    leadTime:');
    harness.setConfig(text);
    await harness.tickAt(ASK);
    expect(await harness.bounds()).toEqual({ min: 10, max: 40 });
  });

  it('leaves a paused object alone and says so', async () => {
    await harness.edit({ metadata: { annotations: { 'autoscaling.keda.sh/paused': 'true' } } });
    const report = await harness.tickAt(ASK);
    expect(report.outcomes).toMatchObject([{ kind: 'hold', reason: 'paused-by-others' }]);
    expect(harness.notifications).toMatchObject([
      { severity: 'critical', title: 'twin: ScaledObject/inference/llama: paused, so it will not be warm' },
    ]);
  });

  it('wakes a workload that rests at zero, and lets it go to zero by way of one', async () => {
    await harness.edit({ spec: { minReplicaCount: 0 } });
    await harness.tickAt(ASK);
    expect(await harness.annotations()).toMatchObject({ 'autoscaling.keda.sh/force-activation': 'true' });
    await harness.tickAt(ASK + minutes(1));
    expect(harness.twin.readWorkload('llama').replicas).toBe(FLOOR);
    await tickEachMinute(END, END + minutes(10));
    expect(await harness.bounds()).toEqual({ min: 2, max: 40 });
    harness.twin.triggers.set('inference', 'llama', { read: () => ({ kind: 'value', value: 0 }), constant: true });
    await tickEachMinute(END + minutes(10), END + minutes(13));
    expect(await harness.bounds()).toEqual({ min: 1, max: 40 });
    await tickEachMinute(END + minutes(13), END + minutes(30));
    expect(await harness.bounds()).toEqual({ min: 0, max: 40 });
    expect(await harness.annotations()).toEqual({});
  });

  it('says when KEDA does not take over the new min', async () => {
    harness.twin.keda.stop();
    await tickEachMinute(ASK, ASK + minutes(4));
    expect(harness.notifications.map(({ title }) => title)).toContain(
      'twin: ScaledObject/inference/llama: KEDA did not take over the new min',
    );
  });
});

describe('one failing part', () => {
  it('tries every target, then fails', async () => {
    const report = await harness.tickAt(ASK, {
      cluster: { ...harness.dependencies.cluster, applyPatch: () => Promise.reject(new Error('no')) },
    });
    expect(report.outcomes).toMatchObject([{ target: TARGET, applied: 'failed', error: 'no' }]);
    expect(report.failures).toEqual(['ScaledObject/inference/llama: no']);
  });

  it('a failing notifier stops nothing, fails the tick, and is tried again', async () => {
    await harness.edit({ metadata: { annotations: { 'autoscaling.keda.sh/paused': 'true' } } });
    const broken = { notify: () => Promise.reject(new Error('no route')) };
    expect((await harness.tickAt(ASK, { notifier: broken })).failures).toHaveLength(1);
    await harness.tickAt(ASK + minutes(1));
    expect(harness.notifications).toHaveLength(1);
  });

  it('keeps the last good copy of a calendar for 24 hours, and says so', async () => {
    let broken = false;
    const text = 'events:\n  - { name: sale, workloads: [chat], start: 2026-11-27T12:00, duration: 2h, floor: 20 }\n';
    const source = { name: 'events.yaml', read: () => (broken ? Promise.reject(new Error('gone')) : Promise.resolve(text)) };
    const calendarSources = [source];
    await harness.tickAt(ASK, { calendarSources });
    expect(await harness.bounds()).toEqual({ min: 20, max: 40 });
    broken = true;
    await harness.tickAt(ASK + minutes(1), { calendarSources });
    expect(await harness.bounds()).toEqual({ min: 20, max: 40 });
    expect(harness.notifications.map(({ title }) => title)).toEqual(['twin: events.yaml: a calendar can not be read']);
    const tooOld = await harness.tickAt(ASK + minutes(24 * 60), { calendarSources });
    expect(tooOld.failures).toEqual([
      expect.stringContaining("calendar events.yaml: it can't be read, and there is no good copy of the last 24 hours"),
    ]);
  });

  it('takes floors from an iCalendar, and tells once of entries that it leaves out', async () => {
    const entry = (uid: string, ...lines: readonly string[]) =>
      ['BEGIN:VEVENT', `UID:${uid}`, `SUMMARY:${uid}`, 'DTSTART:20261127T120000Z', 'DURATION:PT2H', ...lines, 'END:VEVENT'].join('\n');
    const text = [
      'BEGIN:VCALENDAR',
      entry('sale', 'X-FORETIDE-WORKLOADS:chat', 'X-FORETIDE-FLOOR:20'),
      entry('lunch'),
      'END:VCALENDAR',
    ].join('\n');
    const calendarSources = [{ name: 'a.ics', format: { kind: 'icalendar' as const, defaults: {} }, read: async () => text }];
    const report = await harness.tickAt(ASK, { calendarSources });
    expect(await harness.bounds()).toEqual({ min: 20, max: 40 });
    expect(report.findings).toMatchObject([
      {
        code: 'calendar-entry',
        subject: 'a.ics: lunch',
        facts: { start: '2026-11-27T12:00:00Z', problem: 'names no workload', leftOut: true },
      },
    ]);
    await harness.tickAt(ASK + minutes(1), { calendarSources });
    expect(harness.notifications.map(({ title }) => title)).toEqual(['twin: a.ics: lunch: an entry of a calendar needs a look']);
  });

  it('an unreadable calendar withdraws nothing and blocks no other', async () => {
    const text = 'events:\n  - { name: sale, workloads: [chat], start: 2026-11-27T12:00, duration: 2h, floor: 20 }\n';
    await harness.tickAt(ASK, { calendarSources: [{ name: 'events.yaml', read: async () => text }] });
    const { store } = harness.dependencies;
    const forgetful = { ...store, readSnapshot: async () => undefined };
    const gone = { name: 'events.yaml', read: () => Promise.reject(new Error('gone')) };
    const report = await harness.tickAt(ASK + minutes(1), { store: forgetful, calendarSources: [gone] });
    expect(report.failures).toHaveLength(1);
    expect(await harness.bounds()).toEqual({ min: 20, max: 40 });
  });

  it.each([
    ['storing intents', { saveIntents: () => Promise.reject(new Error('no')) }],
    ['reading object states', { readObjectStates: () => Promise.reject(new Error('no')) }],
    ['telling people', { saveSnapshot: () => Promise.reject(new Error('no')) }],
  ])('%s may fail: the floor is given all the same, and the tick fails', async (what, broken) => {
    await harness.edit({ metadata: { annotations: { 'autoscaling.keda.sh/paused-scale-in': 'true' } }, spec: { maxReplicaCount: 8 } });
    const report = await harness.tickAt(ASK, { store: { ...harness.dependencies.store, ...broken } });
    expect(await harness.bounds()).toEqual({ min: 8, max: 8 });
    expect(report.failures).toEqual([`${what}: no`]);
  });

  it.each([
    ['entering the ledger', { ledger: { recordEntries: () => Promise.reject(new Error('no')), readEntries: async () => [] } }],
    ['releasing the lease', { release: true }],
  ])('%s may fail likewise', async (what, broken) => {
    const { leases } = harness.dependencies;
    const changes = 'release' in broken ? { leases: { ...leases, releaseLease: () => Promise.reject(new Error('no')) } } : broken;
    const report = await harness.tickAt(ASK, changes);
    expect(await harness.bounds()).toEqual(RAISED);
    expect(report.failures).toEqual([`${what}: no`]);
  });

  it('HPAs that can not be read leave the need unknown, and nothing else', async () => {
    await harness.tickAt(ASK);
    const { cluster } = harness.dependencies;
    const report = await harness.tickAt(END, { cluster: { ...cluster, readAutoscalers: () => Promise.reject(new Error('forbidden')) } });
    expect(report.failures).toEqual(['reading HPAs: forbidden']);
    expect(await harness.bounds()).toEqual(RAISED);
  });

  it('one mangled object stops no other', async () => {
    await harness.edit({
      metadata: { annotations: { 'foretide/applied': '{"min":10,"max":40,"sinceMs":0,"edit":{"floor":20,"untilMs":1e300}}' } },
    });
    const report = await harness.tickAt(ASK);
    expect(report.outcomes).toMatchObject([{ kind: 'refuse', reason: 'bounds-not-restorable' }]);
  });

  it('a newer reconciler is not overwritten by an old one that lost a race', async () => {
    const { cluster, leases } = harness.dependencies;
    const overtaken = {
      ...cluster,
      applyPatch: async (patch: Parameters<typeof cluster.applyPatch>[0]) => {
        await harness.edit({ spec: { maxReplicaCount: 39 } });
        await leases.acquireLease('reconcile/twin', 'newer', 60_000, ASK + minutes(5));
        return cluster.applyPatch(patch);
      },
    };
    const report = await harness.tickAt(ASK, { cluster: overtaken });
    expect(report.failures).toEqual([expect.stringContaining('has been granted to somebody else since')]);
    expect(await harness.bounds()).toEqual({ min: 2, max: 39 });
  });
});
