import { describe, expect, it } from 'vitest';
import { describeFinding } from '../../../lambda/core/prescale/describe.ts';
import { assessMissing, assessReady, type Surroundings, unseen } from '../../../lambda/core/readiness/assess.ts';
import { findNotReady } from '../../../lambda/core/readiness/find-not-ready.ts';
import type { Readiness } from '../../../lambda/core/readiness/readiness.ts';
import { chat, occurrence } from '../prescale/fixtures.ts';
import { MINUTE, podNamed, scaleOf, warningOf } from './fixtures.ts';

const START = occurrence().startMs;
const LIMIT = 'Failed to schedule pod, all available instance types exceed limits for nodepool (NodePool=gpu)';
/** Twelve minutes of lead. */
const LEAD = START - 12 * MINUTE;

function question(nowMs: number, floor = 3) {
  return { workload: chat, occurrence: occurrence(), floor, nowMs };
}

function startingSince(sinceMs: number, count: number, surroundings: Partial<Surroundings> = {}): Surroundings {
  const pods = Array.from({ length: count }, (_, index) =>
    podNamed(`llm-${index}`, { createdMs: sinceMs, nodeName: 'node-1', unschedulable: undefined }),
  );
  return { pods, pools: ['gpu'], claims: [], warnings: [], ...surroundings };
}

describe('whether the replicas of an event are Ready', () => {
  it('is proved by as many as the floor asks for, and needs a closer look with fewer', () => {
    expect(assessReady(question(LEAD), scaleOf(3, 3))).toEqual({
      workload: 'chat',
      target: chat.target,
      event: 'black-friday',
      startMs: START,
      endMs: occurrence().endMs,
      state: 'proved',
      floor: 3,
      ready: 3,
      projectedMs: undefined,
      causes: [],
    });
    expect(assessReady(question(LEAD), scaleOf(3, 2))).toBe(undefined);
  });

  it.each<[string, number, number, string, number | undefined]>([
    ['asked for at start − lead: they will be there at the start', LEAD, LEAD, 'on-time', START],
    ['asked for by the tick that came 50 s later: no news', LEAD + 50_000, LEAD + 50_000, 'on-time', START + 50_000],
    ['asked for five minutes late: five minutes late', LEAD + 5 * MINUTE, LEAD + 5 * MINUTE, 'late', START + 5 * MINUTE],
    ['not there at the start', LEAD + 30_000, START, 'late', START + 30_000],
    ['longer under way than the lead: nobody can tell when', LEAD, START + MINUTE, 'late', undefined],
  ])('%s', (_, sinceMs, nowMs, state, projectedMs) => {
    const found = assessMissing(question(nowMs), scaleOf(3, 1), startingSince(sinceMs, 2));
    expect(found).toMatchObject({ state, ready: 1 });
    expect(found.projectedMs).toBe(projectedMs);
  });

  it('tells no time for what does not come by itself', () => {
    const nowMs = LEAD + 2 * MINUTE;
    const pods = [podNamed('llm-1', { createdMs: LEAD })];
    const warnings = [warningOf('FailedScheduling', LIMIT, { lastMs: LEAD + MINUTE })];
    expect(assessMissing(question(nowMs), scaleOf(3, 2), { pods, pools: ['gpu'], claims: [], warnings })).toMatchObject({
      state: 'stuck',
      projectedMs: undefined,
      causes: [{ code: 'pool-limit', replicas: 1 }],
    });
  });

  it('uses measured starts where there are some', () => {
    const startup = { medianMs: 3 * MINUTE, sigma: 0.2 };
    const found = assessMissing({ ...question(LEAD), workload: { ...chat, startup } }, scaleOf(3, 1), startingSince(LEAD, 2));
    // 3 min × e^(0.2 × 1.95): the 95th percentile of the later of two.
    expect(found).toMatchObject({ state: 'on-time', projectedMs: LEAD + 266_000 });
  });
});

/** Two minutes after the replicas were asked for, where no pool can be moved. */
function tell(readiness: Readiness) {
  const leadMs = new Map([['chat', 12 * MINUTE]]);
  return findNotReady({ readiness: [readiness], escalations: [], pools: [], leadMs, nowMs: LEAD + 2 * MINUTE });
}

describe('what people hear of it', () => {
  const stuck = assessMissing(question(LEAD + 2 * MINUTE), scaleOf(3, 2), {
    pods: [podNamed('llm-1', { createdMs: LEAD })],
    pools: ['gpu'],
    claims: [],
    warnings: [warningOf('FailedScheduling', LIMIT, { lastMs: LEAD + MINUTE })],
  });

  it('is nothing while all is well, or nobody could look', () => {
    const proved = assessReady(question(LEAD), scaleOf(3, 3));
    const onTime = assessMissing(question(LEAD), scaleOf(3, 1), startingSince(LEAD, 2));
    expect([proved, onTime, unseen(question(LEAD))].flatMap((one) => (one === undefined ? [] : tell(one)))).toEqual([]);
  });

  it('is the event, what is missing, why, what the cluster says, and what to do', () => {
    const [finding] = tell(stuck);
    if (finding === undefined) throw new Error('no finding');
    expect(describeFinding(finding, 'prod', 'America/New_York')).toEqual({
      title: 'prod: ScaledObject/inference/llama-8b: replicas will not be Ready in time',
      lines: [
        'What holds them back, and what to do about each cause, follows.',
        'workload: chat',
        'event: black-friday',
        'start: Thu 26 Nov 2026 19:00 EST (2026-11-27T00:00:00Z)',
        'floor: 3',
        'ready: 2',
        'projected: unknown',
        'cause: pool-limit',
        'why: 1 replica finds no room within the limits of NodePool gpu',
        'pools: gpu',
        `message: ${LIMIT}`,
        `about pool-limit: 1 replica: limits of NodePools leave no room. Raise spec.limits, which counts whole machines (${LIMIT})`,
      ],
    });
  });

  it('comes again when the cause changes, not when the count does', () => {
    const [first] = tell(stuck);
    const [fewer] = tell({ ...stuck, ready: 1 });
    const [other] = tell({ ...stuck, causes: [{ code: 'quota', replicas: 1, message: '', facts: {} }] });
    expect(fewer).toMatchObject({ key: first?.key, stage: first?.stage });
    expect(other).toMatchObject({ key: first?.key, stage: 'black-friday/stuck/quota/critical' });
  });
});
