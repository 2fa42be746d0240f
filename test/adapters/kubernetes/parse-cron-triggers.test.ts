import { expect, it } from 'vitest';
import { parseTarget } from '../../../lambda/adapters/kubernetes/parse-target.ts';
import { scaledObject } from './samples.ts';

const triggersOf = (triggers: unknown) => parseTarget('main', 'ScaledObject', scaledObject('chat', { triggers })).cronTriggers;
const CRON = { timezone: 'UTC', start: '0 8 * * *', end: '0 18 * * *', desiredReplicas: '6' };

it('reads the cron triggers among others, as they are written', () => {
  const triggers = [
    { type: 'prometheus', metadata: { query: 'up' } },
    { type: 'cron', name: 'day', metadata: { ...CRON, more: 'x' } },
  ];
  expect(triggersOf(triggers)).toEqual([CRON]);
});

it.each<[string, unknown, unknown]>([
  ['no triggers', [], undefined],
  ['no list', null, undefined],
  ['others only', [{ type: 'kafka', metadata: {} }], undefined],
  ['things that are no triggers', [null, 7, 'cron', { type: 'cron' }, { type: 'cron', metadata: 'x' }], undefined],
  [
    'fields that are missing or no text',
    [{ type: 'cron', metadata: { ...CRON, start: 8, desiredReplicas: undefined } }],
    [{ ...CRON, start: '', desiredReplicas: '' }],
  ],
])('%s cost no tick', (_, triggers, expected) => {
  expect(triggersOf(triggers)).toEqual(expected);
});
