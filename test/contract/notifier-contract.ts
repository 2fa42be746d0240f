import { describe, expect, it } from 'vitest';
import type { Notification, Notifier } from '../../lambda/ports/notifier.ts';

export const SAMPLE_NOTIFICATION: Notification = {
  key: 'prod-use1/chat/not-ready',
  severity: 'critical',
  title: 'chat won’t be ready for black-friday',
  lines: ['floor 30, ready 18', 'Pending: insufficient capacity in us-east-1a'],
};

/** `received` gives everything that arrived, as text; `fail` breaks the other side from now on. */
export type NotifierSetup = { readonly notifier: Notifier; readonly received: () => string[]; readonly fail: () => void };

export function defineNotifierContract(name: string, makeNotifier: () => Promise<NotifierSetup>): void {
  describe(`Notifier: ${name}`, () => {
    it('hands over title, lines, severity and key, one message a notification', async () => {
      const { notifier, received } = await makeNotifier();
      await notifier.notify(SAMPLE_NOTIFICATION);
      await notifier.notify({ ...SAMPLE_NOTIFICATION, key: 'second', lines: [] });
      const [first = '', second = '', ...others] = received();
      for (const text of [SAMPLE_NOTIFICATION.key, 'critical', SAMPLE_NOTIFICATION.title, ...SAMPLE_NOTIFICATION.lines])
        expect(first).toContain(text);
      expect(second).toContain('second');
      expect(others).toEqual([]);
    });

    it('hands over any text', async () => {
      const { notifier, received } = await makeNotifier();
      await notifier.notify({ key: '', severity: 'info', title: '', lines: ['a\nb', '\u{1f389} "quoted" <xml> &'] });
      await notifier.notify({
        ...SAMPLE_NOTIFICATION,
        title: '中'.repeat(500),
        lines: Array.from({ length: 50_000 }, (_, index) => `line ${index}`),
      });
      expect(received()).toHaveLength(2);
      expect(received()[0]).toContain('\u{1f389}');
    });

    it('throws when the other side fails', async () => {
      const { notifier, fail } = await makeNotifier();
      fail();
      await expect(notifier.notify(SAMPLE_NOTIFICATION)).rejects.toThrow(Error);
    });
  });
}
