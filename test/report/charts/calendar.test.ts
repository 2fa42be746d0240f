import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { CalendarData } from '../../../report/calendar-data.ts';
import { buildCalendar } from '../../../report/charts/calendar.ts';
import { renderCalendarTable } from '../../../report/tables/calendar-table.ts';
import { buildExampleCalendar } from '../../fixtures/pictures-example.ts';
import { textsOf } from './texts-of.ts';

const Element = z.looseObject({ type: z.string() });
type Element = z.infer<typeof Element>;

const data = buildExampleCalendar();
const nothing: CalendarData = { ...data, nowMs: null, workloads: [], holidays: [], overrides: [] };

describe('the calendar', () => {
  it('has a row for each event of each workload, marks for the proof, holidays, overrides and now', () => {
    expect(textsOf(buildCalendar(data, { size: 'wide' }))).toEqual([
      'Thanksgiving',
      'America/New_York (UTC−5)',
      'chat',
      'business-hours · floor 6',
      '✓',
      'black-friday · floor 30',
      '!',
      'cyber-monday · floor 24',
      'embeddings',
      'nightly-index',
      '✓',
      '✗',
      'highlights',
      'derby · floor 10',
      'override',
      'floor 12 by Ana: load test',
      'now 23:24',
    ]);
  });

  it('draws bars where events are, and their lead before them, wide enough to be seen', () => {
    const drawn = elementsOf(buildCalendar({ ...nothing, workloads: data.workloads.slice(2) }, { size: 'wide' }));
    const [bar, bracket] = drawn.filter(({ type }) => type === 'rect' || type === 'polyline');
    // Sunday 15:00 to 17:00 of a week of 724 pixels from 212 on.
    expect(bar).toMatchObject({ type: 'rect', shape: { x: 690.4, width: 8.6 } });
    expect(bracket).toMatchObject({
      type: 'polyline',
      shape: {
        points: [
          [690.4, 32],
          [687.4, 32],
          [687.4, 50],
          [690.4, 50],
        ],
      },
    });
  });

  it('shows the part of the week that the reader zooms into', () => {
    const { fromMs } = data;
    const zoomed = buildCalendar(data, { size: 'wide', fromMs, toMs: fromMs + 86_400_000 });
    expect(textsOf(zoomed)).not.toContain('black-friday · floor 30');
    expect(zoomed.timeArea).toMatchObject({ fromMs, toMs: fromMs + 86_400_000 });
  });

  it('answers a pointer with local time, UTC, floor, lead and proof', () => {
    expect(buildCalendar(data, { size: 'narrow' }).notes.map(({ text }) => text)).toContain(
      'black-friday\nFri 27 Nov, 00:00 to Sat 28 Nov, 02:00, UTC−5\nfrom 2026-11-27 05:00 UTC\nfloor 30, asked for 25 min before\n' +
        'at risk: 22 of 30 ready; 8 wait for p5.48xlarge in us-east-1a (no capacity)',
    );
  });

  it('says that nothing is planned, and since when the calendar was not read', () => {
    expect(textsOf(buildCalendar({ ...nothing, staleSinceMs: data.fromMs + 50_580_000 }, { size: 'narrow' }))).toEqual([
      'no events in this period',
      'America/New_York (UTC−5)',
      'calendar not read since Wed 25 Nov, 14:03',
    ]);
  });

  it('says in words what it shows', () => {
    expect(buildCalendar(data, { size: 'wide' }).description).toBe(
      'Wed 25 Nov, 00:00 to Wed 2 Dec, 00:00, America/New_York (UTC−5). 10 events: 2 ready, 1 at risk, 1 not ready. It is Thu 26 Nov, 23:24.',
    );
  });

  it('has a table of the same', () => {
    const html = renderCalendarTable(data);
    expect(html.match(/<tr role="row">/g)).toHaveLength(1 + 10 + 1 + 2);
    expect(html).toContain('at risk: 22 of 30 ready; 8 wait for p5.48xlarge in us-east-1a (no capacity)');
    expect(html).toContain('holiday: Thanksgiving');
    expect(html).toContain('override of highlights: floor 12 by Ana: load test');
  });
});

function elementsOf({ option: { graphic } }: ReturnType<typeof buildCalendar>): readonly Element[] {
  return graphic !== undefined && 'elements' in graphic ? z.array(Element).parse(graphic.elements) : [];
}
