import { z } from 'zod';
import { distinct, duration, text } from './fields.ts';
import { secretName } from './resource-fields.ts';

export const SignalsConfig = z.strictObject({
  remoteWrite: z
    .strictObject({
      bearerSecret: secretName().describe('Secrets Manager name of the bearer token that senders present.'),
      allow: distinct(text('DCGM_FI_*', 255))
        .exactOptional()
        .describe('Metric names that are taken, `*` as wildcard. Default: those that workloads use.'),
      outOfOrder: duration(0, 86_400_000).prefault('10m').describe('How late a sample may come. Default 10m.'),
      haLabels: distinct(text('__replica__', 255))
        .exactOptional()
        .describe('Labels that tell replicas of one sender apart. Default: cluster and __replica__.'),
    })
    .exactOptional()
    .describe('The receiver for Prometheus remote write. Default: none.'),
});
export type SignalsConfig = z.output<typeof SignalsConfig>;
