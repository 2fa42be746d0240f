import { expect, it } from 'vitest';
import { expandOccurrences } from '../../../lambda/core/calendar/expand.ts';
import { renderOccurrences } from '../../../lambda/core/calendar/render.ts';
import { parseInstant } from '../../../lambda/core/units/time.ts';
import { makeEvent } from './event-fixture.ts';

it('renders a row an occurrence, times in UTC to the second', () => {
  const events = [makeEvent({ recurrence: 'FREQ=DAILY;COUNT=2', source: 'events.yaml' })];
  const rows = renderOccurrences(expandOccurrences(events, parseInstant('2026-01-01', 'UTC'), parseInstant('2026-02-01', 'UTC')));
  expect(rows).toEqual([
    { event: 'sale', workloads: ['chat'], start: '2026-01-01T14:00:00Z', end: '2026-01-01T15:00:00Z', source: 'events.yaml' },
    { event: 'sale', workloads: ['chat'], start: '2026-01-02T14:00:00Z', end: '2026-01-02T15:00:00Z', source: 'events.yaml' },
  ]);
});
