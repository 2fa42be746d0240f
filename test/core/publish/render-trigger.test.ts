import { ScaledObject, TriggerAuthentication } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import { expect, it } from 'vitest';
import { renderTrigger, renderTriggerYaml } from '../../../lambda/core/publish/render-trigger.ts';
import { CHAT } from '../compose/fixtures.ts';

it("prints a trigger, a TriggerAuthentication and a Secret that fit each other and KEDA's schema", () => {
  const [scaledObject, authentication, secret] = renderTrigger(CHAT, 'https://floors.example.com/');
  expect(scaledObject).toMatchObject({
    spec: {
      triggers: [
        {
          type: 'metrics-api',
          metricType: 'AverageValue',
          metadata: {
            url: 'https://floors.example.com/floor/prod/inference/llama-8b',
            valueLocation: 'foretide_value',
            targetValue: '1',
            activationTargetValue: '0',
            authMode: 'bearer',
          },
          authenticationRef: { name: 'foretide' },
        },
      ],
    },
  });
  const { spec } = scaledObject as { spec: { triggers: [] } };
  const whole = { ...scaledObject, spec: { scaleTargetRef: { name: 'llama-8b' }, ...spec } };
  expect(() => new ScaledObject(whole as ConstructorParameters<typeof ScaledObject>[0]).validate()).not.toThrow();
  expect(() =>
    new TriggerAuthentication(authentication as ConstructorParameters<typeof TriggerAuthentication>[0]).validate(),
  ).not.toThrow();
  expect(authentication).toMatchObject({ spec: { secretTargetRef: [{ parameter: 'token', name: 'foretide-metrics-api', key: 'token' }] } });
  expect(secret).toMatchObject({ kind: 'Secret', metadata: { name: 'foretide-metrics-api', namespace: 'inference' } });
  expect(renderTriggerYaml(CHAT, 'https://floors.example.com').split('---\n')).toHaveLength(3);
});
