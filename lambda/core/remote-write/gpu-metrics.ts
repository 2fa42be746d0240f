/** A metric of NVIDIA's DCGM exporter, under its name as a metric of Foretide. */
export type GpuMetric = { readonly name: string; readonly unit: 'Percent' | 'Megabytes' | 'None' };

/** https://docs.nvidia.com/datacenter/dcgm/latest/dcgm-api/dcgm-api-field-ids.html; frame buffer in MiB. */
export const GPU_METRICS: ReadonlyMap<string, GpuMetric> = new Map([
  ['DCGM_FI_DEV_GPU_UTIL', { name: 'GpuUtilization', unit: 'Percent' }],
  ['DCGM_FI_DEV_MEM_COPY_UTIL', { name: 'GpuMemoryCopyUtilization', unit: 'Percent' }],
  ['DCGM_FI_DEV_FB_USED', { name: 'GpuMemoryUsed', unit: 'Megabytes' }],
  ['DCGM_FI_DEV_FB_FREE', { name: 'GpuMemoryFree', unit: 'Megabytes' }],
  ['DCGM_FI_DEV_XID_ERRORS', { name: 'GpuXidError', unit: 'None' }],
]);

/** DCGM writes these and the three numbers after each where it has no value: not found, not supported, not permitted. dcgm_structs.h */
const BLANK_INT32 = 2_147_483_632;
const BLANK_FLOAT64 = 140_737_488_355_328;
/** The blank of 64 bits, 9223372036854775792, is this number as a double; so is what comes after it. */
const BLANK_INT64 = 2 ** 63;
const BLANKS = 4;

/**
 * Whether a sample holds a value that can be used: a number, finite, and not one of those that DCGM writes where it knows none. Unknown is
 * never 0, so what is not usable is not there.
 */
export function isUsable(metric: string, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  if (!metric.startsWith('DCGM_')) return true;
  return !(value >= BLANK_INT64 || isBlankFrom(BLANK_INT32, value) || isBlankFrom(BLANK_FLOAT64, value));
}

function isBlankFrom(first: number, value: number): boolean {
  return value >= first && value < first + BLANKS;
}
