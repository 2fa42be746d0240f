import type { Machine } from '../fleet.ts';
import { capacityOf } from '../instance-types.ts';
import type { Condition, NewObject, Node, NodeClaim } from '../objects.ts';
import { NOT_READY_TAINT } from '../taints.ts';
import { TERMINATION_FINALIZER } from './finalizer.ts';

/** The Node of a machine: without its GPUs and NotReady until the machine is ready to be used. */
export function renderNode(machine: Machine, claim: NodeClaim, time: string, ready = true): NewObject<Node> {
  const { 'nvidia.com/gpu': gpus, ...plain } = capacityOf(machine.type);
  const capacity = !ready || gpus === undefined ? plain : { ...plain, 'nvidia.com/gpu': gpus };
  const taints = claim.spec.taints ?? [];
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: machine.name,
      labels: { ...machine.labels, 'kubernetes.io/hostname': machine.name, 'karpenter.sh/registered': 'true' },
      finalizers: [TERMINATION_FINALIZER],
      ownerReferences: [
        { apiVersion: claim.apiVersion, kind: claim.kind, name: claim.metadata.name, uid: claim.metadata.uid, blockOwnerDeletion: true },
      ],
    },
    spec: { providerID: claim.status?.providerID ?? '', taints: ready ? taints : [...taints, NOT_READY_TAINT] },
    status: {
      capacity,
      allocatable: capacity,
      conditions: renderConditions(ready, time),
      nodeInfo: NODE_INFO,
    },
  };
}

export const NODE_INFO = {
  architecture: 'amd64',
  bootID: '',
  containerRuntimeVersion: 'containerd://2.1.5',
  kernelVersion: '6.12.0',
  kubeProxyVersion: '',
  kubeletVersion: 'v1.35.4',
  machineID: '',
  operatingSystem: 'linux',
  osImage: 'Bottlerocket',
  systemUUID: '',
};

export function renderConditions(ready: boolean, lastTransitionTime: string): readonly Condition[] {
  return [
    ready
      ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status', lastTransitionTime }
      : {
          type: 'Ready',
          status: 'False',
          reason: 'KubeletNotReady',
          message: 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady',
          lastTransitionTime,
        },
  ];
}
