import type { SimClock, Timer } from './clock.ts';

/**
 * A control loop with a fixed period. A round that finds nothing that could change by itself sleeps; `wake` lets the
 * loop go on at its next regular instant, so that sleeping saves work and changes no outcome.
 */
export type Cadence = {
  readonly wake: () => void;
  readonly stop: () => void;
};

/** @param firstMs the instant of the first round; the later ones are whole periods after it */
export function startCadence(clock: SimClock, firstMs: number, periodMs: number, round: () => 'again' | 'sleep'): Cadence {
  let timer: Timer | undefined;
  let stopped = false;

  function schedule(atMs: number): void {
    timer = clock.at(atMs, () => {
      timer = undefined;
      const next = round();
      if (next === 'again' && !stopped && timer === undefined) schedule(clock.now() + periodMs);
    });
  }

  schedule(firstMs);
  return {
    wake: () => {
      if (stopped || timer !== undefined) return;
      const periods = Math.floor((clock.now() - firstMs) / periodMs) + 1;
      schedule(firstMs + Math.max(0, periods) * periodMs);
    },
    stop: () => {
      stopped = true;
      timer?.cancel();
      timer = undefined;
    },
  };
}
