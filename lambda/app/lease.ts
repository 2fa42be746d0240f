/** A tick that takes longer than this has lost its right to write; no longer than a minute, so that a killed tick costs no other. */
export const LEASE_TTL_MS = 60_000;

/** The lease under which one cluster is reconciled. */
export function leaseName(clusterName: string): string {
  return `reconcile/${clusterName}`;
}
