import { expect, it } from 'vitest';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import { ConfigError } from '../../../lambda/core/config/problem.ts';
import { event, file } from './smallest.ts';

it('floors are written unless a workload says otherwise', () => {
  const { config, notes } = parseConfig(file({ workload: 'delivery: metricsApi' }), 'f.yaml');
  expect(config.workloads[0]?.delivery).toBe('metricsApi');
  expect(notes).toEqual([]);
});

it('only a ScaledObject has triggers to read a floor by', () => {
  const text = file({ workload: 'delivery: metricsApi' }).replace('kind: ScaledObject', 'kind: HorizontalPodAutoscaler');
  expect(() => parseConfig(text, 'f.yaml')).toThrow(ConfigError);
  expect(() => parseConfig(text, 'f.yaml')).toThrow(/workloads\[0\]\.delivery: is metricsApi, which needs a ScaledObject/);
});

it("an event's max is said to cut floors only", () => {
  const { notes } = parseConfig(file({ workload: 'delivery: metricsApi', events: event({ max: '40' }) }), 'f.yaml');
  expect(notes.map(({ path, message }) => `${path} ${message}`)).toEqual([
    "calendar.events[0].max can't be enforced for workload chat, whose bounds Foretide does not write (delivery: metricsApi): it cuts floors only",
  ]);
});

it('the address of the endpoint is a URL, and its token is named, not written', () => {
  expect(() => parseConfig(file({ rest: 'metricsApi: { url: floors.example.com }' }), 'f.yaml')).toThrow(
    /metricsApi\.url: must be an http\(s\) URL/,
  );
  expect(() => parseConfig(file({ rest: 'metricsApi: { bearerSecret: "a token" }' }), 'f.yaml')).toThrow(/must be the name of a secret/);
});
