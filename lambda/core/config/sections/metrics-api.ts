import { z } from 'zod';
import { shaped } from './fields.ts';
import { secretName } from './resource-fields.ts';

export const MetricsApiConfig = z.strictObject({
  bearerSecret: secretName()
    .exactOptional()
    .describe(
      'Secrets Manager name of the bearer token that KEDA presents. With it, `cdk deploy` deploys the endpoint; `foretide serve` takes a file instead.',
    ),
  url: shaped({
    pattern: /^https?:\/\/[^\s/?#]+[^\s?#]*$/,
    expects: 'an http(s) URL without query',
    example: 'https://abc123.lambda-url.us-east-1.on.aws',
  })
    .exactOptional()
    .describe('Where KEDA reaches the endpoint; `foretide render keda-trigger` writes it into triggers.'),
});
export type MetricsApiConfig = z.output<typeof MetricsApiConfig>;
