import { renderTime } from './clock.ts';
import { createFleet, type PoolUse } from './fleet.ts';
import { startKarpenter } from './karpenter/karpenter.ts';
import { NODE_INFO, renderConditions } from './karpenter/node-object.ts';
import type { Ec2 } from './market/market.ts';
import type { Pods } from './pods.ts';
import { NODES } from './resources.ts';
import { startScheduler } from './scheduler.ts';
import type { World } from './world.ts';

export type Nodes = {
  readonly gpuNodes: () => { readonly ready: number; readonly starting: number };
  /** What each pool has used since the twin's start, by name. */
  readonly readUse: () => readonly PoolUse[];
};

/** The scheduler and Karpenter over one fleet, and a node of the cluster's own for pods without GPUs. */
export function startNodes(world: World, pods: Pods, market: Ec2): Nodes {
  const { clock } = world;
  const fleet = createFleet();
  createSystemNode(world);
  const scheduler = startScheduler(world, pods, fleet);
  const karpenter = startKarpenter(world, { fleet, scheduler, market });

  pods.connect({
    place: scheduler.enqueue,
    bound: (pod) => {
      const machine = fleet.machines.get(pod.nodeName ?? '');
      if (machine !== undefined) karpenter.touch(machine);
    },
    release: (pod) => {
      scheduler.forget(pod);
      const machine = fleet.vacate(pod, clock.now());
      if (machine !== undefined) karpenter.touch(machine);
      if (scheduler.pending().length > 0) scheduler.request();
    },
  });

  return {
    gpuNodes: () => {
      let ready = 0;
      for (const machine of fleet.machines.values()) if (machine.ready) ready += 1;
      return { ready, starting: fleet.machines.size - ready };
    },
    readUse: () => fleet.readUse(clock.now()),
  };
}

function createSystemNode({ clock, store }: World): void {
  const capacity = { cpu: '2', memory: '8Gi', pods: '110' };
  const labels = { 'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': 'system-0', 'kubernetes.io/os': 'linux' };
  store.create(NODES, {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'system-0', labels: { ...labels, 'node.kubernetes.io/instance-type': 'm7i.large' } },
    spec: { providerID: 'aws:///system/system-0' },
    status: { capacity, allocatable: capacity, conditions: renderConditions(true, renderTime(clock.now())), nodeInfo: NODE_INFO },
  });
}
