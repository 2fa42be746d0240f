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
  let lastMs: number | undefined;

  function schedule(atMs: number): void {
    timer = clock.at(atMs, () => {
      timer = undefined;
      lastMs = clock.now();
      const next = round();
      if (next === 'again' && !stopped && timer === undefined) schedule(clock.now() + periodMs);
    });
  }

  schedule(firstMs);
  return {
    wake: () => {
      if (stopped || timer !== undefined) return;
      // An instant at which a round was due anyway still takes it, unless it had one.
      const past = clock.now() - firstMs;
      const periods = clock.now() === lastMs ? Math.floor(past / periodMs) + 1 : Math.ceil(past / periodMs);
      schedule(firstMs + Math.max(0, periods) * periodMs);
    },
    stop: () => {
      stopped = true;
      timer?.cancel();
      timer = undefined;
    },
  };
}
