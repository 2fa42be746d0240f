import type { Proposal } from '../../lambda/core/propose/propose.ts';

/** Of many objects the first few stand for all. */
const MOST_NAMED = 5;

/** What a proposal doesn't hold, a line for each reason. Kinds that the cluster doesn't have are no news unless they are KEDA's or Karpenter's. */
export function renderLeftOut({ leftOut, unread }: Pick<Proposal, 'leftOut' | 'unread'>): string[] {
  const missing = unread.filter(({ why, what }) => why === 'missing' && (what === 'scaledobjects' || what === 'nodepools'));
  return [
    ...unread.filter(({ why }) => why === 'unreadable').map(({ what, message }) => `not read: ${what}. ${message}`),
    ...missing.map(({ message }) => message),
    ...leftOut.map(({ objects, why }) => `left out because ${why}: ${listSome(objects)}`),
  ];
}

function listSome(objects: readonly string[]): string {
  const rest = objects.length - MOST_NAMED;
  return `${objects.slice(0, MOST_NAMED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
