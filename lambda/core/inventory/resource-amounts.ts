/** Amounts of Kubernetes resources by their names (`nvidia.com/gpu`, `cpu`, `memory`), in cores, bytes and pieces; what isn't named is not known of. */
export type ResourceAmounts = Readonly<Record<string, number>>;

/**
 * Extended resources that are accelerators: the names under which the device plugins of NVIDIA (whole, shared and MIG), AMD, Intel, AWS
 * Neuron, Intel Gaudi and Google TPU advertise them.
 */
const ACCELERATOR =
  /^(nvidia\.com\/(gpu(\.shared)?|mig-.+)|amd\.com\/gpu|gpu\.intel\.com\/(i915|xe)|aws\.amazon\.com\/neuron(core|device)?|habana\.ai\/gaudi|(cloud-tpus\.)?google\.com\/(tpu|v\d.*))$/;

export function isAccelerator(resource: string): boolean {
  return ACCELERATOR.test(resource);
}

/** Accelerators of all kinds together; 0 where none is named. */
export function countAccelerators(amounts: ResourceAmounts): number {
  return Object.entries(amounts).reduce((sum, [resource, amount]) => sum + (isAccelerator(resource) ? amount : 0), 0);
}
