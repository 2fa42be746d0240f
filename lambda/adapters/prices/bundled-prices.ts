/** An instance type's price by the hour and its whole GPUs. */
export type InstancePrice = { readonly usdPerHour: number; readonly gpus: number };

/** The only region that the bundled prices hold for. */
export const BUNDLED_REGION = 'us-east-1';
/** The day the bundled prices were taken. */
export const BUNDLED_AS_OF = '2026-07-20';
export const BUNDLED_SOURCE = 'AWS on-demand, us-east-1, Linux';

/**
 * AWS on-demand prices in us-east-1, Linux, $ per hour, of 2026-07-20, as bundled with karpenter-provider-aws at commit
 * 1d927085 (Apache-2.0). Whole GPUs from the instance types reference of the same commit; of p3, which it no longer
 * lists, from its EC2 instance type page. Instances with a fraction of a GPU and accelerators that are no GPUs are
 * left out: their price per GPU is unknown here.
 */
export const BUNDLED_PRICES: Readonly<Record<string, InstancePrice>> = {
  'g4dn.xlarge': { usdPerHour: 0.526, gpus: 1 },
  'g4dn.2xlarge': { usdPerHour: 0.752, gpus: 1 },
  'g4dn.4xlarge': { usdPerHour: 1.204, gpus: 1 },
  'g4dn.8xlarge': { usdPerHour: 2.176, gpus: 1 },
  'g4dn.12xlarge': { usdPerHour: 3.912, gpus: 4 },
  'g4dn.16xlarge': { usdPerHour: 4.352, gpus: 1 },
  'g4dn.metal': { usdPerHour: 7.824, gpus: 8 },
  'g4ad.xlarge': { usdPerHour: 0.37853, gpus: 1 },
  'g4ad.2xlarge': { usdPerHour: 0.54117, gpus: 1 },
  'g4ad.4xlarge': { usdPerHour: 0.867, gpus: 1 },
  'g4ad.8xlarge': { usdPerHour: 1.734, gpus: 2 },
  'g4ad.16xlarge': { usdPerHour: 3.468, gpus: 4 },
  'g5.xlarge': { usdPerHour: 1.006, gpus: 1 },
  'g5.2xlarge': { usdPerHour: 1.212, gpus: 1 },
  'g5.4xlarge': { usdPerHour: 1.624, gpus: 1 },
  'g5.8xlarge': { usdPerHour: 2.448, gpus: 1 },
  'g5.12xlarge': { usdPerHour: 5.672, gpus: 4 },
  'g5.16xlarge': { usdPerHour: 4.096, gpus: 1 },
  'g5.24xlarge': { usdPerHour: 8.144, gpus: 4 },
  'g5.48xlarge': { usdPerHour: 16.288, gpus: 8 },
  'g5g.xlarge': { usdPerHour: 0.42, gpus: 1 },
  'g5g.2xlarge': { usdPerHour: 0.556, gpus: 1 },
  'g5g.4xlarge': { usdPerHour: 0.828, gpus: 1 },
  'g5g.8xlarge': { usdPerHour: 1.372, gpus: 1 },
  'g5g.16xlarge': { usdPerHour: 2.744, gpus: 2 },
  'g5g.metal': { usdPerHour: 2.744, gpus: 2 },
  'g6.xlarge': { usdPerHour: 0.8048, gpus: 1 },
  'g6.2xlarge': { usdPerHour: 0.9776, gpus: 1 },
  'g6.4xlarge': { usdPerHour: 1.3232, gpus: 1 },
  'g6.8xlarge': { usdPerHour: 2.0144, gpus: 1 },
  'g6.12xlarge': { usdPerHour: 4.6016, gpus: 4 },
  'g6.16xlarge': { usdPerHour: 3.3968, gpus: 1 },
  'g6.24xlarge': { usdPerHour: 6.6752, gpus: 4 },
  'g6.48xlarge': { usdPerHour: 13.3504, gpus: 8 },
  'gr6.4xlarge': { usdPerHour: 1.5392, gpus: 1 },
  'gr6.8xlarge': { usdPerHour: 2.4464, gpus: 1 },
  'g6e.xlarge': { usdPerHour: 1.861, gpus: 1 },
  'g6e.2xlarge': { usdPerHour: 2.24208, gpus: 1 },
  'g6e.4xlarge': { usdPerHour: 3.00424, gpus: 1 },
  'g6e.8xlarge': { usdPerHour: 4.52856, gpus: 1 },
  'g6e.12xlarge': { usdPerHour: 10.49264, gpus: 4 },
  'g6e.16xlarge': { usdPerHour: 7.57719, gpus: 1 },
  'g6e.24xlarge': { usdPerHour: 15.06559, gpus: 4 },
  'g6e.48xlarge': { usdPerHour: 30.13118, gpus: 8 },
  'g7.2xlarge': { usdPerHour: 2.52, gpus: 1 },
  'g7.4xlarge': { usdPerHour: 3.04208, gpus: 1 },
  'g7.8xlarge': { usdPerHour: 4.08624, gpus: 1 },
  'g7.12xlarge': { usdPerHour: 7.12832, gpus: 2 },
  'g7.24xlarge': { usdPerHour: 14.25664, gpus: 4 },
  'g7.48xlarge': { usdPerHour: 28.51328, gpus: 8 },
  'g7e.2xlarge': { usdPerHour: 3.36312, gpus: 1 },
  'g7e.4xlarge': { usdPerHour: 3.99816, gpus: 1 },
  'g7e.8xlarge': { usdPerHour: 5.26824, gpus: 1 },
  'g7e.12xlarge': { usdPerHour: 8.28608, gpus: 2 },
  'g7e.24xlarge': { usdPerHour: 16.57216, gpus: 4 },
  'g7e.48xlarge': { usdPerHour: 33.14432, gpus: 8 },
  'p3.2xlarge': { usdPerHour: 3.06, gpus: 1 },
  'p3.8xlarge': { usdPerHour: 12.24, gpus: 4 },
  'p3.16xlarge': { usdPerHour: 24.48, gpus: 8 },
  'p3dn.24xlarge': { usdPerHour: 31.212, gpus: 8 },
  'p4d.24xlarge': { usdPerHour: 21.957642, gpus: 8 },
  'p4de.24xlarge': { usdPerHour: 27.44705, gpus: 8 },
  'p5.4xlarge': { usdPerHour: 6.88, gpus: 1 },
  'p5.48xlarge': { usdPerHour: 55.04, gpus: 8 },
  'p5en.48xlarge': { usdPerHour: 63.296, gpus: 8 },
  'p6-b200.48xlarge': { usdPerHour: 113.9328, gpus: 8 },
  'p6-b300.48xlarge': { usdPerHour: 142.416, gpus: 8 },
};
