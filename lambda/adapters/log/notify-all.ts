import type { Notifier } from '../../ports/notifier.ts';

/** Hands each notification to every one of `notifiers`, also when some fail. @throws {AggregateError} of all failures. */
export function notifyAll(notifiers: readonly Notifier[]): Notifier {
  return {
    async notify(notification) {
      const results = await Promise.allSettled(notifiers.map(async (notifier) => notifier.notify(notification)));
      const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      if (failures.length > 0) {
        throw new AggregateError(failures, `${failures.length} of ${notifiers.length} notifiers failed for ${notification.key}`);
      }
    },
  };
}
