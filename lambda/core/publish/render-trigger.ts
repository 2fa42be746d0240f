import { stringify } from 'yaml';
import type { TargetRef } from '../compose/intent.ts';
import { floorPath, VALUE_LOCATION } from './trigger.ts';

const AUTHENTICATION = 'foretide';
const SECRET = 'foretide-metrics-api';

/** Stands for the endpoint's address where nobody has said it. */
export const UNKNOWN_URL = 'https://WHERE-FORETIDE-ANSWERS';

/**
 * The objects by which KEDA reads the floor of a ScaledObject: its trigger, the TriggerAuthentication, and the Secret with the
 * token, to be filled in. The metric counts replicas: its target is an average of 1.
 */
export function renderTrigger(target: TargetRef, url: string): object[] {
  const { namespace, name } = target;
  const trigger = {
    type: 'metrics-api',
    name: 'foretide',
    metricType: 'AverageValue',
    metadata: {
      url: `${url.replace(/\/+$/, '')}${floorPath(target)}`,
      valueLocation: VALUE_LOCATION,
      targetValue: '1',
      activationTargetValue: '0',
      authMode: 'bearer',
    },
    authenticationRef: { name: AUTHENTICATION },
  };
  return [
    { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata: { namespace, name }, spec: { triggers: [trigger] } },
    {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'TriggerAuthentication',
      metadata: { namespace, name: AUTHENTICATION },
      spec: { secretTargetRef: [{ parameter: 'token', name: SECRET, key: 'token' }] },
    },
    { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name: SECRET }, stringData: { token: 'THE-TOKEN-OF-THE-ENDPOINT' } },
  ];
}

/** As one YAML text. */
export function renderTriggerYaml(target: TargetRef, url: string): string {
  const [scaledObject, ...others] = renderTrigger(target, url).map((object) => stringify(object, { lineWidth: 0 }));
  return [
    `# Append this trigger to those that the ScaledObject has: a list in a manifest replaces the one before.\n${scaledObject}`,
    ...others,
  ].join('---\n');
}
