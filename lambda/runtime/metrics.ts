export type MetricUnit = 'Count' | 'Milliseconds' | 'Percent' | 'Megabytes' | 'None';
/** Of several values, at most 100, CloudWatch makes its statistics. */
export type Metric = { readonly value: number | readonly number[]; readonly unit: MetricUnit };

/**
 * Fields that make a log line a metric document (CloudWatch embedded metric format): CloudWatch reads the metrics
 * from the log, no call is made. Dimension values must come from a bounded set: each combination is billed.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * @throws {RangeError} on a value that is not finite, which CloudWatch would refuse with the whole document.
 */
export function renderMetrics(
  namespace: string,
  dimensions: Readonly<Record<string, string>>,
  metrics: Readonly<Record<string, Metric>>,
  atMs: number,
) {
  const entries = Object.entries(metrics);
  for (const [name, { value }] of entries) {
    if (![value].flat().every(Number.isFinite)) throw new RangeError(`metric ${name} is ${value}`);
  }
  const directive = {
    Namespace: namespace,
    Dimensions: [Object.keys(dimensions)],
    Metrics: entries.map(([Name, { unit }]) => ({ Name, Unit: unit })),
  };
  return {
    _aws: { Timestamp: atMs, CloudWatchMetrics: [directive] },
    ...dimensions,
    ...Object.fromEntries(entries.map(([name, { value }]) => [name, value])),
  };
}
