import { z } from 'zod';
import { distinct, duration, name, percent, wholeNumber } from './fields.ts';
import { kubernetesName } from './resource-fields.ts';

const POOL_KINDS = ['reserved', 'onDemand', 'spot'] as const;

const pools = () =>
  z.union([kubernetesName(), distinct(kubernetesName())]).transform((value) => (typeof value === 'string' ? [value] : value));

const PoolsConfig = z
  .strictObject({
    reserved: pools().exactOptional().describe('NodePools of reserved capacity: a name, or a list of names.'),
    onDemand: pools().exactOptional().describe('On-demand NodePools: a name, or a list of names.'),
    spot: pools().exactOptional().describe('Spot NodePools: a name, or a list of names; one a zone gives most control.'),
  })
  .superRefine((value, context) => {
    if (POOL_KINDS.some((kind) => value[kind] !== undefined)) return;
    context.addIssue({ code: 'custom', message: 'has no NodePool', params: { fix: 'write one or more of reserved, onDemand, spot' } });
  });

export const PoolGroupConfig = z.strictObject({
  name: name('l40s').describe('Name of the group; workloads refer to it.'),
  cluster: name('prod-use1').exactOptional().describe('Name of its cluster. Default: the only cluster.'),
  pools: PoolsConfig.describe('The Karpenter NodePools that compete for one kind of GPU.'),
  policy: z
    .strictObject({
      spotShareMax: percent().prefault('100%').describe('Largest share of the replicas on spot. Default 100%.'),
      extraReplicas: wholeNumber(0, 1_000).prefault(0).describe('Replicas on spot beyond the target, against interruptions. Default 0.'),
      coolOff: duration().prefault('30m').describe('Time without a loss before a zone counts as good again. Default 30m.'),
      minZones: wholeNumber(1, 10).prefault(1).describe('Zones over which spot is spread at least. Default 1.'),
    })
    .prefault({})
    .describe('How spot and on-demand are mixed.'),
  protect: z
    .strictObject({
      during: z.enum(['events']).prefault('events').describe('When nodes are protected. Default events.'),
      reasons: distinct(z.enum(['Underutilized', 'Drifted', 'Empty'])).describe('Karpenter disruption reasons that are held off.'),
    })
    .exactOptional()
    .describe('Disruptions that are held off while warm replicas are needed. Default: none.'),
});
export type PoolGroupConfig = z.output<typeof PoolGroupConfig>;

export const CapacityMixConfig = z.strictObject({
  groups: z.array(PoolGroupConfig).max(1_000).prefault([]).describe('Pool groups. Default: none.'),
});
export type CapacityMixConfig = z.output<typeof CapacityMixConfig>;
