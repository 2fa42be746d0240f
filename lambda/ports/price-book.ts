/** Dollars for one GPU of a workload's replicas for one hour, and where the figure is from; undefined when unknown, which is not free. */
export type GpuPrice = { readonly usdPerGpuHour: number; readonly source: string; readonly asOf: string };

export interface PriceBook {
  /** The price of an instance type's GPUs, e.g. `g6e.xlarge`. */
  gpuPrice(instanceType: string, region: string): GpuPrice | undefined;
  /** Whole GPUs of an instance type; undefined when unknown, which is not none. */
  instanceGpus(instanceType: string): number | undefined;
}
