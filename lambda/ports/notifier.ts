/** A message for people, rendered from decisions. `key` names the incident: one message per change of its state. */
export type Notification = {
  readonly key: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly title: string;
  readonly lines: readonly string[];
};

export interface Notifier {
  /** @throws when the message could not be handed over; the caller fails its tick after everything else is done. */
  notify(notification: Notification): Promise<void>;
}
