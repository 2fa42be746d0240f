import { describe, expect, it } from 'vitest';
import { floorSteps, stepAt } from '../../../lambda/core/prescale/floor-steps.ts';
import { END, MINUTE, occurrence, START } from './fixtures.ts';

const LEAD = 12 * MINUTE;

describe('floorSteps', () => {
  it('without ramp and release: up at start − lead, down at the end', () => {
    expect(floorSteps(occurrence(), 30, 2, LEAD)).toEqual([
      { fromMs: START - LEAD, floor: 30, phase: 'lead' },
      { fromMs: START, floor: 30, phase: 'window' },
      { fromMs: END, floor: 2, phase: 'over' },
    ]);
  });

  it('asks for the last ramp step at start − lead and for earlier ones before it; releases from the end on', () => {
    const steps = floorSteps(
      occurrence({
        ramp: { steps: 3, over: { ms: 20 * MINUTE } },
        release: { steps: 2, over: { ms: 30 * MINUTE }, maxHold: { ms: 60 * MINUTE } },
      }),
      30,
      2,
      LEAD,
    );
    expect(steps).toEqual([
      { fromMs: START - LEAD - 20 * MINUTE, floor: 12, phase: 'ramp' },
      { fromMs: START - LEAD - 10 * MINUTE, floor: 21, phase: 'ramp' },
      { fromMs: START - LEAD, floor: 30, phase: 'lead' },
      { fromMs: START, floor: 30, phase: 'window' },
      { fromMs: END, floor: 16, phase: 'release' },
      { fromMs: END + 30 * MINUTE, floor: 2, phase: 'over' },
    ]);
  });

  it('has nothing to do where the baseline is enough', () => {
    expect(floorSteps(occurrence(), 2, 2, LEAD)).toEqual([]);
  });

  it('finds the step in force, half-open', () => {
    const steps = floorSteps(occurrence(), 30, 2, LEAD);
    expect(stepAt(steps, START - LEAD - 1)).toBeUndefined();
    expect(stepAt(steps, START - LEAD)?.phase).toBe('lead');
    expect(stepAt(steps, END - 1)?.floor).toBe(30);
    expect(stepAt(steps, END)?.floor).toBe(2);
  });
});
