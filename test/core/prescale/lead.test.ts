import { describe, expect, it } from 'vitest';
import type { Intent } from '../../../lambda/core/compose/intent.ts';
import { keepLead, leadOfLast, withMeasuredLead } from '../../../lambda/core/prescale/lead.ts';
import type { Workload } from '../../../lambda/core/prescale/workload.ts';
import { chat, event, MINUTE, replicas } from './fixtures.ts';

const STARTUP = { medianMs: 10 * MINUTE, sigma: 0.3 };
const minutes = (ms: number) => Math.round((ms / MINUTE) * 10) / 10;

describe('leadOfLast', () => {
  it.each([
    [1, 50, 10],
    [1, 95, 16.4],
    [30, 95, 24.1],
    [30, 50, 18.2],
    [0, 95, 16.4],
  ])('%i replicas, percentile %i: %f medians of a tenth', (count, percentile, expected) => {
    expect(minutes(leadOfLast(STARTUP, count, percentile))).toBe(expected);
  });
});

describe('withMeasuredLead', () => {
  const learning = { ...chat, learnsLead: { percentile: 95, safetyMs: 2 * MINUTE } };

  it('takes the last of as many as the largest event asks for at once, and a single one for learned floors', () => {
    const timed = withMeasuredLead(learning, [STARTUP], [event({ floor: replicas(32) }), event({ floor: replicas(5) })], 2);
    expect([minutes(timed.leadMs), minutes(timed.replicaLeadMs)]).toEqual([26.1, 18.4]);
  });

  it('counts a ramp step by step, and what a learned floor may ask for at first', () => {
    const ramp = { steps: 3, over: { ms: 10 * MINUTE } };
    expect(minutes(withMeasuredLead(learning, [STARTUP], [event({ floor: replicas(32), ramp })], 2).leadMs)).toBe(
      minutes(leadOfLast(STARTUP, 10, 95) + 2 * MINUTE),
    );
    const learned = event({ floor: { kind: 'learned', fallback: undefined } });
    expect(withMeasuredLead(learning, [STARTUP], [learned], 2).leadMs).toBe(leadOfLast(STARTUP, 10, 95) + 2 * MINUTE);
  });

  it('is unmoved by events of other workloads', () => {
    expect(withMeasuredLead(learning, [STARTUP], [event({ workloads: ['embed'], floor: replicas(99) })], 2).leadMs).toBe(
      leadOfLast(STARTUP, 1, 95) + 2 * MINUTE,
    );
  });

  it.each([
    ['nothing was measured', learning, []],
    ['it does not learn', chat, [STARTUP]],
  ])('leaves the configured lead where %s', (_, workload, startups) => {
    expect(withMeasuredLead(workload, startups, [event()], 2)).toBe(workload);
  });
});

describe('keepLead', () => {
  const measured = { ...chat, startup: STARTUP, leadMs: 9 * MINUTE };
  const asked = (reason: Intent['reason'], windowEndMs: number): Intent => ({
    owner: 'prescale',
    id: 'config/launch@2026-11-27T12:00:00Z',
    target: chat.target,
    want: { kind: 'floor', replicas: 12 },
    untilMs: windowEndMs + 60 * MINUTE,
    windowEndMs,
    reason,
    evidence: { summary: 'launch', facts: { leadMinutes: 20.5 } },
  });

  it.each<[string, Workload, Intent[], number]>([
    ['an event in its lead', measured, [asked('event-lead', 60 * MINUTE)], 20.5],
    ['an event in its ramp', measured, [asked('event-ramp', 60 * MINUTE)], 20.5],
    ['one that runs: what comes next has its own', measured, [asked('event-window', 60 * MINUTE)], 9],
    ['one that is over, after ticks were missed', measured, [asked('event-lead', 0)], 9],
    ['a longer lead than it was asked for with', { ...measured, leadMs: 30 * MINUTE }, [asked('event-lead', 60 * MINUTE)], 30],
    ['a configured lead', { ...chat, leadMs: 9 * MINUTE }, [asked('event-lead', 60 * MINUTE)], 9],
    ['no event', measured, [], 9],
  ])('of %s', (_, workload, previous, expected) => {
    expect(keepLead(workload, previous, 0).leadMs / MINUTE).toBe(expected);
  });
});
