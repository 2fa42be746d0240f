/**
 * Where in the endpoint's answer KEDA finds the value: `valueLocation` of the trigger. It is in the name of the metric
 * too, which is how the trigger is recognized among others.
 */
export const VALUE_LOCATION = 'foretide_value';

/** KEDA names the metric of a metrics-api trigger `s<index>-metric-api-<valueLocation>` (pkg/scalers/metrics_api_scaler.go of 2.20). */
export function isFloorMetric(name: string | undefined): boolean {
  return name !== undefined && /^s\d+-metric-api-/.test(name) && name.endsWith(`-${VALUE_LOCATION}`);
}

/** Where the endpoint tells the floor of a workload's object. */
export function floorPath(target: { readonly cluster: string; readonly namespace: string; readonly name: string }): string {
  return `/floor/${encodeURIComponent(target.cluster)}/${target.namespace}/${target.name}`;
}
