/** Timers as an argument, so that tests turn them by hand. */
export type Timers = {
  /** Calls again and again until the function that it returns is called. Keeps no process alive. */
  readonly every: (milliseconds: number, call: () => void) => () => void;
  readonly after: (milliseconds: number, call: () => void) => () => void;
};

export const systemTimers: Timers = {
  every(milliseconds, call) {
    const timer = setInterval(call, milliseconds).unref();
    return () => clearInterval(timer);
  },
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};
