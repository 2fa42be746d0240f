import type { CloudWatchQuery } from '../signals/metric-query.ts';
import { MINUTE_MS } from '../units/quantities.ts';

/**
 * Requests that Bedrock throttled in a minute, and the tokens of that minute that it counts against the quota of a model (AWS/Bedrock: InvocationThrottles,
 * EstimatedTPMQuotaUsage, by ModelId). Bedrock publishes a minute only when something was invoked: no data is no calm.
 */
export function bedrockSignals(
  cluster: string,
  modelId: string,
): { readonly throttles: CloudWatchQuery; readonly tokensPerMinute: CloudWatchQuery } {
  const query = (metricName: string): CloudWatchQuery => ({
    kind: 'cloudwatch',
    cluster,
    periodMs: MINUTE_MS,
    of: { namespace: 'AWS/Bedrock', metricName, dimensions: { ModelId: modelId }, stat: 'Sum' },
  });
  return { throttles: query('InvocationThrottles'), tokensPerMinute: query('EstimatedTPMQuotaUsage') };
}
