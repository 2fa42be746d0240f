import { z } from 'zod';
import { distinct, duration, text } from './fields.ts';
import { secretName } from './resource-fields.ts';

export const SignalsConfig = z.strictObject({
  remoteWrite: z
    .strictObject({
      bearerSecret: secretName()
        .exactOptional()
        .describe(
          'Secrets Manager name of the bearer token that senders present. Default: requests are signed instead (SigV4, service `lambda`), which AWS checks. `foretide serve` takes a file, `--remote-write-token`.',
        ),
      allow: distinct(text('DCGM_FI_*', 255))
        .exactOptional()
        .describe(
          'Metric names that are taken, `*` as wildcard: of those, what `demand.remoteWrite` of workloads reads, and GPU metrics of DCGM for CloudWatch. Default: what workloads read.',
        ),
      outOfOrder: duration(0, 86_400_000).prefault('10m').describe('How late a sample may come. Default 10m.'),
      haLabels: distinct(text('__replica__', 255))
        .exactOptional()
        .superRefine((labels, context) => {
          if (labels.length === 2) return;
          context.addIssue({
            code: 'custom',
            message: `has ${labels.length} labels, and should have 2`,
            params: { fix: 'write [cluster, __replica__]: the label of the group of replicas, then the label of the replica' },
          });
        })
        .describe(
          'The label that names a group of replicas that send the same, and the one that names the replica. Default: cluster and __replica__.',
        ),
    })
    .exactOptional()
    .describe('The receiver for Prometheus remote write. Default: none.'),
});
export type SignalsConfig = z.output<typeof SignalsConfig>;
