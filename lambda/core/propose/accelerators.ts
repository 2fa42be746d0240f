import { isAccelerator } from '../inventory/resource-amounts.ts';
import type { PodNeeds, SurveyedClaimTemplate } from './survey.ts';

/** Resources that are a part of a device. */
const PART = /^nvidia\.com\/(gpu\.shared|mig-.+)$|^aws\.amazon\.com\/neuroncore$/;
/** Device classes of DRA drivers: gpu.nvidia.com, mig.nvidia.com, gpu.amd.com, gpu.intel.com, tpu.google.com, neuron.aws.com. */
const DEVICE_CLASS = /gpu|mig|tpu|neuron|gaudi/i;

export type Accelerators = {
  /** Devices that one replica holds; undefined when not known. 0 when it asks for none. */
  readonly gpus: number | undefined;
  /** How that was found, for a comment; empty where one replica asks for whole `nvidia.com/gpu`. */
  readonly remark: string;
};

/**
 * The accelerators of one replica. `needs` undefined: its pods could not be read, so the number is unknown.
 * Claims of templates that are not among `templates` count one device each, and the remark says so.
 */
export function readAccelerators(
  needs: PodNeeds | undefined,
  namespace: string,
  templates: readonly SurveyedClaimTemplate[],
): Accelerators {
  if (needs === undefined) return { gpus: undefined, remark: 'its pods could not be read' };
  const asked = Object.entries(needs.resources).filter(([name, amount]) => isAccelerator(name) && amount > 0);
  const claimed = needs.claims.map((claim) => countClaim(claim, namespace, templates));
  const gpus = sum(asked.map(([, amount]) => amount)) + sum(claimed.map((claim) => claim.gpus));
  const remarks = [
    ...asked
      .filter(([name]) => name !== 'nvidia.com/gpu')
      .map(([name, amount]) => `${amount} × ${name}${PART.test(name) ? ', a part of a device: count what you pay for' : ''}`),
    ...claimed.flatMap(({ remark }) => (remark === undefined ? [] : [remark])),
  ];
  return { gpus, remark: [...new Set(remarks)].join('; ') };
}

type Counted = { readonly gpus: number; readonly remark?: string };

function countClaim(
  { template, shared }: PodNeeds['claims'][number],
  namespace: string,
  templates: readonly SurveyedClaimTemplate[],
): Counted {
  if (template === undefined) return { gpus: 0, remark: `shares the ResourceClaim ${shared ?? ''} with other pods: not counted` };
  const found = templates.find((one) => one.namespace === namespace && one.name === template);
  if (found === undefined)
    return { gpus: 1, remark: `takes a device by ResourceClaimTemplate ${template}, which could not be read: counted as 1` };
  const devices = found.devices.filter(({ deviceClass }) => DEVICE_CLASS.test(deviceClass));
  if (devices.length === 0) return { gpus: 0 };
  const unknown = devices.some(({ count }) => count === undefined) ? ' (all of a node: counted as 1)' : '';
  return {
    gpus: sum(devices.map(({ count }) => count ?? 1)),
    remark: `${devices.map(({ deviceClass }) => deviceClass).join(', ')} by ResourceClaimTemplate ${template}${unknown}`,
  };
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
