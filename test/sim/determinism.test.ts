import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClock, parseTime, renderTime } from '../../sim/clock.ts';
import { createModel } from '../../sim/cluster-model.ts';
import { createRandom } from '../../sim/random.ts';
import { LLM, START_MS } from './fixture.ts';

function play(seed: string, stepMs: number): string {
  const model = createModel({ seed, startMs: START_MS });
  model.workloads.add({ ...LLM, demand: (atMs) => 600 + 500 * Math.sin(atMs / 600_000) });
  model.workloads.add({ ...LLM, name: 'other', minReplicas: 3 });
  const endMs = START_MS + 3_600_000;
  for (let atMs = START_MS; atMs < endMs; atMs += stepMs) model.clock.advanceTo(Math.min(atMs + stepMs, endMs));
  return model.dump();
}

describe('determinism', () => {
  it('the same seed and script give the same cluster, to the letter', () => {
    expect(play('a', 60_000)).toBe(play('a', 60_000));
  });

  it('how far the clock goes at a time makes no difference', () => {
    expect(play('a', 1_000)).toBe(play('a', 3_600_000));
  });

  it('another seed gives another cluster', () => {
    expect(play('a', 60_000)).not.toBe(play('b', 60_000));
  });

  it('a workload without demand sleeps, and wakes to the same outcome as one that is polled', () => {
    const [asleep, polled] = [undefined, () => 0].map((demand) => {
      const model = createModel({ seed: 'a', startMs: START_MS });
      model.workloads.add({ ...LLM, minReplicas: 4, ...(demand === undefined ? {} : { demand }) });
      model.clock.advanceTo(START_MS + 7_200_000);
      return model.dump();
    });
    expect(asleep).toBe(polled);
  });
});

describe('the clock', () => {
  it('runs events in the order of their instants, then of their making, whatever the steps', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 10 }),
        (instants, steps) => {
          const clock = createClock(0);
          const seen: number[] = [];
          for (const [index, atMs] of instants.entries()) clock.at(atMs, () => seen.push(index));
          for (const step of [...steps, 1_000]) clock.advanceTo(clock.now() + step);
          const expected = instants
            .map((atMs, index) => ({ atMs, index }))
            .sort((left, right) => left.atMs - right.atMs || left.index - right.index);
          expect(seen).toEqual(expected.map(({ index }) => index));
        },
      ),
    );
  });

  it('doesn’t go back', () => {
    const clock = createClock(10);
    expect(() => clock.advanceTo(9)).toThrow("the clock stands at 10 and can't go to 9");
  });

  it('writes and reads Kubernetes’ times', () => {
    expect(renderTime(START_MS + 999)).toBe('2026-11-23T18:40:00Z');
    expect(parseTime('2026-11-23T18:40:00Z')).toBe(START_MS);
  });
});

describe('random numbers', () => {
  it('are uniform enough, and log-normal has its median', () => {
    const random = createRandom('x');
    const draws = Array.from({ length: 20_000 }, () => random.uniform());
    const buckets = new Array<number>(10).fill(0);
    for (const draw of draws) buckets[Math.floor(draw * 10)] = (buckets[Math.floor(draw * 10)] ?? 0) + 1;
    for (const count of buckets) expect(Math.abs(count - 2_000)).toBeLessThan(200);
    const times = Array.from({ length: 20_001 }, () => random.logNormal(480, 0.3)).sort((left, right) => left - right);
    expect(times[10_000]).toBeGreaterThan(472);
    expect(times[10_000]).toBeLessThan(488);
  });

  it('one purpose’s draws don’t shift another’s', () => {
    const first = createRandom('x');
    first.fork('a').uniform();
    expect(first.fork('b').uuid()).toBe(createRandom('x').fork('b').uuid());
  });
});
