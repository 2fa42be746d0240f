import { z } from 'zod';
import { distinct, dollars, Expectations, exactlyOne, flag, name, percent, positiveNumber, text, wholeNumber } from './fields.ts';
import { accountId, instanceType, region, roleArn } from './resource-fields.ts';

const PricesConfig = z.strictObject({
  discount: percent().prefault('0%').describe('Discount on the list prices of EC2, such as from a savings plan. Default 0%.'),
  instances: z
    .record(instanceType(), positiveNumber())
    .prefault({})
    .describe('Dollars per hour of an instance type, after discount; wins over the bundled price table.'),
  perGpuHour: z
    .record(name('coreweave-h100'), positiveNumber())
    .prefault({})
    .describe('Dollars per GPU-hour of nodes outside EC2, by the value of their label `foretide.dev/price`.'),
  bedrock: z
    .record(
      text('meta.llama3-8b-instruct-v1:0', 2_048),
      z.strictObject({
        inputPer1k: dollars().describe('Dollars per 1,000 input tokens.'),
        outputPer1k: dollars().describe('Dollars per 1,000 output tokens.'),
      }),
    )
    .prefault({})
    .describe('Token prices of Bedrock models.'),
});

const LADDER_ACTIONS = [
  'notify',
  'freezeBatchPrescaling',
  'preferSpot',
  'clampNodePools',
  'lowerMax',
  'pauseBatch',
  'denyLaunches',
  'suspendAsg',
  'stopTagged',
  'denyBedrock',
] as const;

export const LadderConfig = z
  .array(
    z.strictObject({
      at: percent().describe('Share of the cap at which the stage begins.'),
      do: distinct(z.enum(LADDER_ACTIONS)).describe('What it does. denyLaunches, suspendAsg, stopTagged and denyBedrock are opt-in.'),
    }),
  )
  .min(1)
  .max(20)
  .superRefine((stages, context) => {
    for (const [index, stage] of stages.entries()) {
      const before = stages[index - 1];
      if (before === undefined || before.at.ratio < stage.at.ratio) continue;
      context.addIssue({
        code: 'custom',
        path: [index, 'at'],
        message: 'is not above the stage before it',
        params: { fix: 'order the stages from the lowest share to the highest' },
      });
    }
  });
export type LadderConfig = z.output<typeof LadderConfig>;

const DEFAULT_LADDER: z.input<typeof LadderConfig> = [
  { at: '50%', do: ['notify'] },
  { at: '80%', do: ['notify', 'freezeBatchPrescaling'] },
  { at: '90%', do: ['notify', 'preferSpot'] },
  { at: '95%', do: ['notify', 'clampNodePools'] },
  { at: '100%', do: ['notify', 'lowerMax', 'pauseBatch'] },
];

export const CapConfig = z
  .strictObject({
    name: name('gpu-month').describe('Name of the cap.'),
    scope: z
      .union([
        z.literal('all'),
        z.strictObject({ workload: name('chat').describe('One workload.') }),
        z.strictObject({ account: accountId().describe('One account.') }),
        z.strictObject({ accounts: distinct(accountId()).describe('Several accounts together.') }),
      ])
      .register(Expectations, { expects: 'all, { workload: name }, { account: "id" } or { accounts: ["id"] }', example: 'all' })
      .prefault('all')
      .describe('What the cap covers: `all`, one workload, one account, or several. Default all.'),
    usdPerMonth: positiveNumber().exactOptional().describe('Dollars per UTC month.'),
    usdPerDay: positiveNumber().exactOptional().describe('Dollars per UTC day.'),
    maxGpus: wholeNumber(0, 10_000_000).exactOptional().describe('GPUs at any time.'),
    include: distinct(z.enum(['gpu', 'sagemaker', 'bedrock']))
      .prefault(['gpu'])
      .describe('Which spend counts. Default: gpu.'),
    ladder: LadderConfig.exactOptional().describe('Stages of this cap alone. Default: `spend.ladder`.'),
  })
  .superRefine(exactlyOne(['usdPerMonth', 'usdPerDay', 'maxGpus']));
export type CapConfig = z.output<typeof CapConfig>;

export const SpendConfig = z.strictObject({
  regions: distinct(region()).exactOptional().describe('Regions whose accelerators are metered. Default: those of the clusters.'),
  accounts: z
    .array(
      z.strictObject({
        id: accountId().describe('AWS account id, in quotes.'),
        roleArn: roleArn().exactOptional().describe('Role to assume there. Default: none, for the account deployed into.'),
      }),
    )
    .max(1_000)
    .exactOptional()
    .describe('Accounts whose accelerators are metered. Default: the account deployed into.'),
  prices: PricesConfig.prefault({}).describe('Prices that differ from the bundled table.'),
  caps: z.array(CapConfig).max(1_000).prefault([]).describe('Limits in dollars or GPUs. Default: none.'),
  ladder: LadderConfig.prefault(DEFAULT_LADDER).describe(
    'Ordered stages of enforcement, shared by all caps without their own. Default: the five stages of the reference file.',
  ),
  runRateHours: positiveNumber(8_784)
    .prefault(24)
    .describe('Stages below 100% also act when the run rate would exhaust the budget within these hours. Default 24.'),
  allowCritical: flag().prefault(false).describe('Let the ladder touch critical workloads. Default false.'),
});
export type SpendConfig = z.output<typeof SpendConfig>;
