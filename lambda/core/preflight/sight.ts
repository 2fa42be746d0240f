/** What somebody looked at, or why nobody could. What is unseen is unknown, and never fine. */
export type Sight<T> = { readonly kind: 'seen'; readonly value: T } | { readonly kind: 'unseen'; readonly why: string };

export function seen<T>(value: T): Sight<T> {
  return { kind: 'seen', value };
}

/** Undefined when nobody could look. */
export function valueSeen<T>(sight: Sight<T>): T | undefined {
  return sight.kind === 'seen' ? sight.value : undefined;
}
