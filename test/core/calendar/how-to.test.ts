import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expandOccurrences } from '../../../lambda/core/calendar/expand.ts';
import { validateRecurrence } from '../../../lambda/core/calendar/recurrence.ts';
import { renderOccurrences } from '../../../lambda/core/calendar/render.ts';
import { resolveEvents } from '../../../lambda/core/config/events.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import { parseICalendar } from '../../../lambda/core/icalendar/parse-icalendar.ts';
import { parseInstant } from '../../../lambda/core/units/time.ts';
import { makeEvent } from './event-fixture.ts';

const page = readFileSync(new URL('../../../docs/how-to/calendar.md', import.meta.url), 'utf8');

describe('docs/how-to/calendar.md', () => {
  const ics = /```ics\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const [, icsFrom = '', icsTo = '', icsJson = ''] =
    /calendar list --config icalendar.yaml --from (\S+) --to (\S+) --json\n\n```json\n([\s\S]*?)```/.exec(page) ?? [];

  it('lists the iCalendar as it says, without the lunch', () => {
    const { config } = parseConfig(yaml, 'calendar.md');
    const { events, problems } = parseICalendar(ics, 'campaigns.ics', config, {});
    const occurrences = expandOccurrences(events, parseInstant(icsFrom, config.timezone), parseInstant(icsTo, config.timezone));
    expect(renderOccurrences(occurrences)).toEqual(JSON.parse(icsJson));
    expect(problems.map(({ entry, problem }) => `${entry} ${problem}`)).toEqual(['Team lunch names no workload']);
  });

  const yaml = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const listings = [...page.matchAll(/calendar list --from (\S+) --to (\S+) --json\n\n```json\n([\s\S]*?)```/g)];

  it('has a configuration and three listings', () => {
    expect(yaml).not.toBe('');
    expect(listings).toHaveLength(3);
  });

  it.each(listings.map(([, from, to, json]) => [from ?? '', to ?? '', json ?? ''] as const))(
    'lists %s to %s as it says',
    (from, to, json) => {
      const { config } = parseConfig(yaml, 'calendar.md');
      const events = resolveEvents(config, 'config', config.calendar.events);
      const occurrences = expandOccurrences(events, parseInstant(from, config.timezone), parseInstant(to, config.timezone));
      expect(renderOccurrences(occurrences)).toEqual(JSON.parse(json));
    },
  );

  it('shows rules that are accepted', () => {
    const rules = [...page.matchAll(/^\| `(FREQ=[^`]+)` \|/gm)].map(([, rule]) => rule ?? '');
    expect(rules).toHaveLength(10);
    expect(rules.map((recurrence) => validateRecurrence(makeEvent({ recurrence })))).toEqual(rules.map(() => undefined));
    const lines = [...page.matchAll(/^ {6}- ((?:RRULE|RDATE|EXDATE)\S+)$/gm)].map(([, line]) => line ?? '');
    expect(lines).toHaveLength(4);
    expect(validateRecurrence(makeEvent({ recurrence: lines.join('\n') }))).toBeUndefined();
  });
});
