/** A machine as the twin's cloud sells it. A missing price is unknown, not 0. */
export type InstanceType = { readonly name: string; readonly gpus: number; readonly pricePerHourUsd?: number };

/** NVIDIA GPUs a machine, from EC2's instance type pages. */
export const INSTANCE_TYPES: readonly InstanceType[] = [
  { name: 'g5.xlarge', gpus: 1 },
  { name: 'g5.12xlarge', gpus: 4 },
  { name: 'g5.48xlarge', gpus: 8 },
  { name: 'g6.xlarge', gpus: 1 },
  { name: 'g6.12xlarge', gpus: 4 },
  { name: 'g6.48xlarge', gpus: 8 },
  { name: 'g6e.xlarge', gpus: 1 },
  { name: 'g6e.12xlarge', gpus: 4 },
  { name: 'g6e.48xlarge', gpus: 8 },
  { name: 'p4d.24xlarge', gpus: 8 },
  { name: 'p5.48xlarge', gpus: 8 },
];
