import type { Proposal } from '../../lambda/core/propose/propose.ts';
import { listSome } from '../../lambda/core/units/list-some.ts';

/** Of many objects the first few stand for all. */
const MOST_NAMED = 5;

/** What a proposal doesn't hold, a line for each reason. Kinds that the cluster doesn't have are no news unless they are KEDA's or Karpenter's. */
export function renderLeftOut({ leftOut, unread }: Pick<Proposal, 'leftOut' | 'unread'>): string[] {
  const missing = unread.filter(({ why, what }) => why === 'missing' && (what === 'scaledobjects' || what === 'nodepools'));
  return [
    ...unread.filter(({ why }) => why === 'unreadable').map(({ what, message }) => `not read: ${what}. ${message}`),
    ...missing.map(({ message }) => message),
    ...leftOut.map(({ objects, why }) => `left out because ${why}: ${listSome(objects, MOST_NAMED)}`),
  ];
}
