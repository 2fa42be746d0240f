import { describe, expect, it } from 'vitest';
import { resolveEvents } from '../../../lambda/core/config/events.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import { event, file } from './smallest.ts';

function resolve(changes: Readonly<Record<string, string | undefined>>, rest?: string) {
  const { config } = parseConfig(
    file({ events: event(changes), workload: 'replica: { capacity: { tokensPerSecond: 9 } }', ...(rest === undefined ? {} : { rest }) }),
    'f',
  );
  return resolveEvents(config, 'config', config.calendar.events)[0];
}

describe('resolveEvents', () => {
  it('fills in the zone of the file and leaves out what nobody gave', () => {
    expect(resolve({}, 'timezone: america/new_york')).toEqual({
      name: 'sale',
      source: 'config',
      workloads: ['chat'],
      importance: 1,
      timezone: 'America/New_York',
      start: '2026-11-27T00:00',
      duration: { ms: 10_800_000 },
      except: [],
      floor: { kind: 'replicas', replicas: 30 },
      ramp: { steps: 1, over: { ms: 0 } },
      release: { steps: 1, over: { ms: 0 }, maxHold: { ms: 3_600_000 } },
    });
  });

  it('keeps the zone and holidays of the event', () => {
    const resolved = resolve({ timezone: 'Europe/Paris', holidays: '{ country: US, state: NY }', max: '40' }, 'timezone: UTC');
    expect(resolved).toMatchObject({ timezone: 'Europe/Paris', holidays: { country: 'US', state: 'NY' }, max: 40 });
  });

  it.each([
    ['5', { kind: 'replicas', replicas: 5 }],
    ['{ add: 4 }', { kind: 'add', replicas: 4 }],
    ['{ times: 1.5 }', { kind: 'times', factor: 1.5 }],
    ['{ tokensPerSecond: 90 }', { kind: 'demand', unit: 'tokensPerSecond', value: 90 }],
    ['learned', { kind: 'learned', fallback: undefined }],
  ])('resolves the floor %s', (floor, resolved) => {
    expect(resolve({ floor })?.floor).toEqual(resolved);
  });

  it('keeps the fallback of a learned floor', () => {
    expect(resolve({ floor: 'learned', fallbackFloor: '20' })?.floor).toEqual({ kind: 'learned', fallback: 20 });
  });

  it("uses the calendar's holidays where the event has none", () => {
    const text = `clusters: [{ name: prod, region: us-east-1 }]
workloads: [{ name: chat, target: { kind: ScaledObject, namespace: a, name: b } }]
calendar: { holidays: { country: FR }, events: [{ name: e, workloads: [chat], start: 2026-01-05T08:45, duration: 9h, recurrence: FREQ=DAILY, except: [holidays], floor: 3 }] }
`;
    const { config } = parseConfig(text, 'f');
    expect(resolveEvents(config, 'events.yaml', config.calendar.events)[0]).toMatchObject({
      source: 'events.yaml',
      holidays: { country: 'FR' },
    });
  });
});
