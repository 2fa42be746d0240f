/** Karpenter's on nodes and their claims: deleting either drains the node first. */
export const TERMINATION_FINALIZER = 'karpenter.sh/termination';
