/** A machine as the twin's cloud sells it. A missing price is unknown, not 0. */
export type InstanceType = {
  readonly name: string;
  readonly gpus: number;
  /** On-demand. */
  readonly pricePerHourUsd?: number;
  /** Left out: spot costs as much as on-demand. */
  readonly spotPricePerHourUsd?: number;
  readonly vcpus?: number;
  readonly memoryGib?: number;
};

/** NVIDIA GPUs, vCPUs and memory a machine, from EC2's instance type pages. */
export const INSTANCE_TYPES: readonly InstanceType[] = [
  { name: 'g5.xlarge', gpus: 1, vcpus: 4, memoryGib: 16 },
  { name: 'g5.12xlarge', gpus: 4, vcpus: 48, memoryGib: 192 },
  { name: 'g5.48xlarge', gpus: 8, vcpus: 192, memoryGib: 768 },
  { name: 'g6.xlarge', gpus: 1, vcpus: 4, memoryGib: 16 },
  { name: 'g6.12xlarge', gpus: 4, vcpus: 48, memoryGib: 192 },
  { name: 'g6.48xlarge', gpus: 8, vcpus: 192, memoryGib: 768 },
  { name: 'g6e.xlarge', gpus: 1, vcpus: 4, memoryGib: 32 },
  { name: 'g6e.12xlarge', gpus: 4, vcpus: 48, memoryGib: 384 },
  { name: 'g6e.48xlarge', gpus: 8, vcpus: 192, memoryGib: 1536 },
  { name: 'p4d.24xlarge', gpus: 8, vcpus: 96, memoryGib: 1152 },
  { name: 'p5.48xlarge', gpus: 8, vcpus: 192, memoryGib: 2048 },
];

const GPU_NAMES: Readonly<Record<string, string>> = { g5: 'a10g', g6: 'l4', g6e: 'l40s', p4d: 'a100', p5: 'h100' };

/** What a node has of each resource, in the units of `parseQuantity`. */
export function capacityOf({ gpus, vcpus, memoryGib }: InstanceType): Readonly<Record<string, string>> {
  return {
    ...(vcpus === undefined ? {} : { cpu: String(vcpus) }),
    ...(memoryGib === undefined ? {} : { memory: `${memoryGib}Gi` }),
    ...(gpus === 0 ? {} : { 'nvidia.com/gpu': String(gpus) }),
    pods: '110',
  };
}

/** The labels that Karpenter's AWS provider derives from the type. */
export function typeLabels({ name, gpus, vcpus, memoryGib }: InstanceType): Readonly<Record<string, string>> {
  const [family = '', size = ''] = name.split('.');
  const [, category = '', generation = ''] = /^([a-z]+)([0-9]*)/.exec(family) ?? [];
  const gpuName = GPU_NAMES[family];
  return {
    'node.kubernetes.io/instance-type': name,
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/os': 'linux',
    'karpenter.k8s.aws/instance-family': family,
    'karpenter.k8s.aws/instance-size': size,
    'karpenter.k8s.aws/instance-category': category,
    'karpenter.k8s.aws/instance-generation': generation,
    ...(vcpus === undefined ? {} : { 'karpenter.k8s.aws/instance-cpu': String(vcpus) }),
    ...(memoryGib === undefined ? {} : { 'karpenter.k8s.aws/instance-memory': String(memoryGib * 1024) }),
    'karpenter.k8s.aws/instance-gpu-count': String(gpus),
    ...(gpus === 0 ? {} : { 'karpenter.k8s.aws/instance-gpu-manufacturer': 'nvidia' }),
    ...(gpuName === undefined ? {} : { 'karpenter.k8s.aws/instance-gpu-name': gpuName }),
  };
}
