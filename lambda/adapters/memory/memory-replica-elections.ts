import { type Elected, electReplica } from '../../core/remote-write/elect-replica.ts';
import type { ReplicaElections } from '../../ports/replica-elections.ts';

export function makeMemoryReplicaElections(): ReplicaElections {
  const elected = new Map<string, Elected>();
  return {
    async elect(group, replica, nowMs) {
      const { isTaken, store } = electReplica(elected.get(group), replica, nowMs);
      if (store !== undefined) elected.set(group, store);
      return isTaken;
    },
  };
}
