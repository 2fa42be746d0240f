/** An instance type as the kwok provider of Karpenter reads it. */
export type KwokInstanceType = {
  readonly name: string;
  readonly architecture: string;
  readonly operatingSystems: readonly string[];
  readonly resources: Readonly<Record<string, string>>;
  readonly offerings: readonly {
    readonly Price: number;
    readonly Available: boolean;
    readonly Requirements: readonly { readonly key: string; readonly operator: string; readonly values: readonly string[] }[];
  }[];
};

const ZONES = ['us-east-1a', 'us-east-1b'];
/** What spot costs of the on-demand price; made up, only the order matters. */
const SPOT_SHARE = 0.4;

const SIZES = [
  { name: 'p5.48xlarge', cpu: '192', memory: '2048Gi', gpus: 8, pricePerHourUsd: 98.32 },
  { name: 'p4d.24xlarge', cpu: '96', memory: '1152Gi', gpus: 8, pricePerHourUsd: 32.77 },
];

/** What Karpenter can choose from: every type in every zone, spot and on-demand. */
export function listInstanceTypes(): readonly KwokInstanceType[] {
  return SIZES.map(({ name, cpu, memory, gpus, pricePerHourUsd }) => ({
    name,
    architecture: 'amd64',
    operatingSystems: ['linux'],
    resources: { cpu, memory, 'ephemeral-storage': '900Gi', pods: '110', 'nvidia.com/gpu': String(gpus) },
    offerings: ZONES.flatMap((zone) =>
      ['spot', 'on-demand'].map((capacityType) => ({
        Price: capacityType === 'spot' ? pricePerHourUsd * SPOT_SHARE : pricePerHourUsd,
        Available: true,
        Requirements: [
          { key: 'karpenter.sh/capacity-type', operator: 'In', values: [capacityType] },
          { key: 'topology.kubernetes.io/zone', operator: 'In', values: [zone] },
        ],
      })),
    ),
  }));
}
