import type { MixReading } from '../mix-data.ts';

/** From the bottom to the top; each has a pattern of its own. */
export const CAPACITY_KINDS = [
  { id: 'reserved', name: 'reserved', colour: 'ok', line: 'ok', text: 'okText', read: ({ reservedGpus }: MixReading) => reservedGpus },
  {
    id: 'onDemand',
    name: 'on-demand',
    colour: 'starting',
    line: 'ready',
    text: 'readyText',
    read: ({ onDemandGpus }: MixReading) => onDemandGpus,
  },
  { id: 'spot', name: 'spot', colour: 'spot', line: 'spotLine', text: 'withoutText', read: ({ spotGpus }: MixReading) => spotGpus },
] as const;

/** A stack with an unknown part in it has no height. */
export function isWhole({ reservedGpus, onDemandGpus, spotGpus }: MixReading): boolean {
  return reservedGpus !== null && onDemandGpus !== null && spotGpus !== null;
}
