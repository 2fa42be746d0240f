import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectByKubeconfigText } from '../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { makeKubernetesInventory } from '../../lambda/adapters/kubernetes/kubernetes-inventory.ts';
import { makeStoredStartupHistory } from '../../lambda/adapters/startup/stored-startup-history.ts';
import { leadOfLast } from '../../lambda/core/prescale/lead.ts';
import { estimateStartups } from '../../lambda/core/startup/estimate-startups.ts';
import { parseStartups, startupsSnapshot } from '../../lambda/core/startup/startup-codec.ts';
import type { StartupRecords } from '../../lambda/core/startup/startup-records.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../lambda/core/units/quantities.ts';
import type { Inventory } from '../../lambda/ports/inventory.ts';
import { ASK, configText, END, FLOOR, type Harness, makeHarness, START } from './harness.ts';

const EVENT = { workloads: ['chat'], floor: FLOOR };
const DAYS = 6;
const DAILY = configText({
  calendar: {
    events: Array.from({ length: DAYS + 1 }, (_, day) => ({
      ...EVENT,
      name: `launch-${day}`,
      start: new Date(START + day * DAY_MS).toISOString().replace('.000', ''),
      duration: '2h',
    })),
  },
});

const NOT_LEARNING = {
  name: 'chat',
  target: { kind: 'ScaledObject', namespace: 'inference', name: 'llama' },
  leadTime: { default: '12m', learn: false },
};

let harness: Harness;
let inventory: Inventory;
beforeEach(async () => {
  harness = await makeHarness();
  const connection = connectByKubeconfigText(harness.twin.kubeconfig());
  inventory = makeKubernetesInventory({ name: 'twin', connection, pacing: { wait: async () => undefined, random: () => 0 } });
});
afterEach(() => harness.stop());

async function readRecords(): Promise<StartupRecords> {
  const snapshot = await harness.dependencies.store.readSnapshot('twin', startupsSnapshot('chat'));
  if (snapshot === undefined) throw new Error('nothing was measured');
  return parseStartups(snapshot.text);
}

async function tickAll(fromMs: number, toMs: number, stepMs = MINUTE_MS): Promise<void> {
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += stepMs) {
    const { failures } = await harness.tickAt(nowMs, { inventory });
    expect(failures).toEqual([]);
  }
}

describe('a lead that is learned on the twin', () => {
  it('comes to what its pods take, and the next event is asked for that much earlier', async () => {
    harness.setConfig(DAILY);
    for (let day = 0; day < DAYS; day += 1) {
      await tickAll(ASK + day * DAY_MS - MINUTE_MS, START + day * DAY_MS + 10 * MINUTE_MS);
      await tickAll(END + day * DAY_MS, END + day * DAY_MS);
    }
    const { groups, newNodesOnly } = estimateStartups(await readRecords());
    expect(newNodesOnly).toBe(true);
    const [, own] = groups;
    expect(own).toMatchObject({ kind: { instanceType: 'g6e.xlarge', capacityType: 'on-demand' }, ready: 40, counts: true });
    // The twin draws from a log-normal with a median of 4 minutes and σ 0.3; of 40, within three standard errors.
    const { medianMs = 0, sigma = 0 } = own?.startup ?? {};
    expect(Math.abs(Math.log(medianMs / (4 * MINUTE_MS)))).toBeLessThan((3 * 0.3) / Math.sqrt(40));
    expect(Math.abs(sigma - 0.3)).toBeLessThan((3 * 0.3) / Math.sqrt(2 * 40));

    // The configured 12 minutes are no longer what it waits for: 8 at once in 95 of 100 cases.
    const start = START + DAYS * DAY_MS;
    await tickAll(start - 15 * MINUTE_MS, start - MINUTE_MS);
    const { outcomes } = await harness.tickAt(start, { inventory });
    const leadMinutes = Number(outcomes[0]?.evidence.facts.leadMinutes);
    expect(leadMinutes).toBeGreaterThan(8);
    expect(leadMinutes).toBeLessThan(11);
    expect(harness.twin.readWorkload('llama').ready).toBeGreaterThanOrEqual(FLOOR);
  });

  it('measures exactly what the timestamps of pods and NodeClaims say, phase by phase', async () => {
    await tickAll(ASK - MINUTE_MS, START + 5 * MINUTE_MS);
    const { samples } = await readRecords();
    const pods = await inventory.readPods('inference', 'app=llama');
    const claims = new Map((await inventory.readNodeClaims()).map((claim) => [claim.nodeName, claim]));
    const expected = pods
      .filter(({ createdMs }) => createdMs >= ASK)
      .map(({ uid, createdMs, scheduledMs, startedMs, readyMs, nodeName }) => {
        const claim = claims.get(nodeName);
        return {
          key: uid.slice(-6),
          createdMs,
          tookMs: Number(readyMs) - createdMs,
          nodeMs: Number(scheduledMs) - createdMs,
          launchMs: Number(claim?.launchedMs) - Number(claim?.createdMs),
          imageMs: Number(startedMs) - Number(scheduledMs),
          loadMs: Number(readyMs) - Number(startedMs),
        };
      });
    expect(expected).toHaveLength(FLOOR - 2);
    const measured = samples
      .filter(({ createdMs }) => createdMs >= ASK)
      .map(({ key, createdMs, tookMs, phases = {} }) => {
        const { claim = 0, launch = 0, register = 0, initialize = 0, schedule = 0, image, load } = phases;
        return {
          key,
          createdMs,
          tookMs,
          nodeMs: claim + launch + register + initialize + schedule,
          launchMs: launch,
          imageMs: image,
          loadMs: load,
        };
      });
    const byKey = <T extends { readonly key: string }>(list: readonly T[]) => list.toSorted((a, b) => (a.key < b.key ? -1 : 1));
    expect(byKey(measured)).toEqual(byKey(expected));
    expect(measured.every(({ imageMs, loadMs }) => Number(imageMs) > 10 * SECOND_MS && Number(loadMs) > 10 * SECOND_MS)).toBe(true);
  });

  it('gives nothing back of an event that it was asked for before it was learned', async () => {
    harness.setConfig(configText({ workloads: [{ ...NOT_LEARNING, leadTime: { default: '40m' } }] }));
    const ask = START - 40 * MINUTE_MS;
    for (let nowMs = ask; nowMs <= START; nowMs += MINUTE_MS) {
      await harness.tickAt(nowMs, { inventory });
      expect(await harness.bounds()).toEqual({ min: FLOOR, max: 40 });
    }
    // It was learned: the lead of the next event is shorter.
    const [startup] = await harness.dependencies.startups.readStartups('twin', 'chat');
    expect(startup && leadOfLast(startup, FLOOR, 95)).toBeLessThan(20 * MINUTE_MS);
  });

  it('keeps those that never became Ready as at least so long', async () => {
    await harness.tickAt(ASK, { inventory });
    await harness.tickAt(ASK + MINUTE_MS, { inventory });
    expect((await readRecords()).pending).toHaveLength(FLOOR - 2);
    await harness.edit({ spec: { minReplicaCount: 2, maxReplicaCount: 2 } });
    harness.setConfig(configText({ calendar: { events: [] } }));
    await tickAll(ASK + 2 * MINUTE_MS, ASK + 20 * MINUTE_MS);
    const { samples, pending } = await readRecords();
    expect(pending).toEqual([]);
    expect(samples.filter(({ phases }) => phases === undefined).length).toBeGreaterThan(0);
  });
});

describe('a tick that looks at pods', () => {
  const podReads = () => harness.twin.requests.entries().filter(({ path }) => path.endsWith('/pods'));

  it('does so every 15 minutes, every minute near an event, and never where the lead is not learned', async () => {
    harness.setConfig(configText({ calendar: { events: [] } }));
    await tickAll(ASK, ASK + 59 * MINUTE_MS);
    expect(podReads()).toHaveLength(4);
    harness.twin.requests.clear();
    harness.setConfig(configText());
    await tickAll(START + 60 * MINUTE_MS, START + 64 * MINUTE_MS);
    expect(podReads()).toHaveLength(5);
    harness.twin.requests.clear();
    harness.setConfig(configText({ workloads: [NOT_LEARNING], calendar: { events: [] } }));
    await tickAll(START + 65 * MINUTE_MS, START + 80 * MINUTE_MS);
    expect(podReads()).toHaveLength(0);
  });

  it('in a dry run reads and keeps nothing', async () => {
    harness.twin.advanceTo(START);
    const { prescaleTick } = await import('../../lambda/app/prescale.ts');
    const { parseConfig } = await import('../../lambda/core/config/parse.ts');
    const { config } = parseConfig(configText(), 'foretide.yaml');
    await prescaleTick({ ...harness.dependencies, inventory }, { config, clusterName: 'twin', holder: 'x', nowMs: START, dryRun: true });
    expect(podReads()).toHaveLength(0);
    await expect(readRecords()).rejects.toThrow('nothing was measured');
  });

  it('decides and writes all the same when it may not, and fails in the end', async () => {
    const forbidden: Inventory = {
      ...inventory,
      readPods: async () => {
        throw new Error('HTTP 403: pods is forbidden');
      },
    };
    const report = await harness.tickAt(ASK, { inventory: forbidden });
    expect(report.outcomes).toMatchObject([{ kind: 'set', applied: 'done' }]);
    expect(report.failures).toContain('start-ups of chat: HTTP 403: pods is forbidden');
  });

  it('says that kept start-ups are damaged, uses the configured lead, and begins anew', async () => {
    const { store } = harness.dependencies;
    await store.saveSnapshot('twin', startupsSnapshot('chat'), { text: '{"version":', readAtMs: ASK });
    const { failures, outcomes } = await harness.tickAt(ASK, { inventory });
    expect(outcomes).toMatchObject([{ kind: 'set', reason: 'event-lead' }]);
    expect(failures).toMatchObject([
      expect.stringContaining('start-up times of chat: it is not JSON'),
      expect.stringContaining('kept start-ups of chat, which begin anew: it is not JSON'),
    ]);
    expect((await harness.tickAt(ASK + MINUTE_MS, { inventory })).failures).toEqual([]);
    expect(await makeStoredStartupHistory(store).readStartups('twin', 'chat')).toEqual([]);
  });

  it('writes only what is new', async () => {
    await tickAll(ASK, START + 10 * MINUTE_MS);
    let saves = 0;
    const counting = {
      ...harness.dependencies.store,
      saveSnapshot: async () => {
        saves += 1;
      },
    };
    for (let minute = 11; minute < 30; minute += 1) await harness.tickAt(START + minute * MINUTE_MS, { inventory, store: counting });
    expect(saves).toBe(0);
  });
});
