import { describe, expect, it } from 'vitest';
import { leadOfLast, withMeasuredLead } from '../../../lambda/core/prescale/lead.ts';
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
