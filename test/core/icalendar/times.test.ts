import { describe, expect, it } from 'vitest';
import { calendar, entry, parse, windows } from './icalendar-fixture.ts';

const MOSCOW_LIKE = [
  'BEGIN:VTIMEZONE',
  'TZID:Somewhere',
  'BEGIN:STANDARD',
  'DTSTART:16010101T000000',
  'TZOFFSETFROM:+0300',
  'TZOFFSETTO:+0330',
  'END:STANDARD',
  'END:VTIMEZONE',
];
const CUSTOM = [
  'BEGIN:VTIMEZONE',
  'TZID:Customized Time Zone',
  'BEGIN:STANDARD',
  'DTSTART:16010101T030000',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10',
  'END:STANDARD',
  'BEGIN:DAYLIGHT',
  'DTSTART:16010101T020000',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3',
  'END:DAYLIGHT',
  'END:VTIMEZONE',
];

describe('when an entry happens', () => {
  it.each<[string, readonly string[], string, readonly string[]]>([
    [
      'what Windows shows for a zone',
      ['DTSTART;TZID="(UTC-05:00) Eastern Time (US & Canada)":20260601T090000', 'DURATION:PT1H'],
      'UTC',
      ['06-01T13:00/06-01T14:00'],
    ],
    [
      'the cities that Windows shows',
      ['DTSTART;TZID="(UTC+01:00) Amsterdam, Berlin, Bern, Rome":20260601T090000', 'DURATION:PT1H'],
      'UTC',
      ['06-01T07:00/06-01T08:00'],
    ],
    ['an offset in brackets', ['DTSTART;TZID="(GMT +01:00)":20260601T090000', 'DURATION:PT1H'], 'UTC', ['06-01T08:00/06-01T09:00']],
    ['an empty rule', ['DTSTART:20260601T090000Z', 'DURATION:PT1H', 'RRULE:'], 'UTC', ['06-01T09:00/06-01T10:00']],
    ['a misplaced T', ['DTSTART;VALUE=DATE:20260601', 'DURATION:PT1W'], 'UTC', ['06-01T00:00/06-08T00:00']],
    ['a day with a Z', ['DTSTART:20260601Z'], 'UTC', ['06-01T00:00/06-02T00:00']],
    ['UTC', ['DTSTART:20260601T090000Z', 'DTEND:20260601T100000Z'], 'UTC', ['06-01T09:00/06-01T10:00']],
    ['a duration', ['DTSTART:20260601T090000Z', 'DURATION:PT1H30M'], 'UTC', ['06-01T09:00/06-01T10:30']],
    [
      'a floating time is local to the configuration',
      ['DTSTART:20260601T090000', 'DTEND:20260601T100000'],
      'Europe/Paris',
      ['06-01T07:00/06-01T08:00'],
    ],
    ['an IANA zone', ['DTSTART;TZID=America/New_York:20260601T090000', 'DURATION:PT1H'], 'UTC', ['06-01T13:00/06-01T14:00']],
    [
      'an IANA zone in quotes behind a path',
      ['DTSTART;TZID="/mozilla.org/20050126_1/Europe/Berlin":20260601T090000', 'DURATION:PT1H'],
      'UTC',
      ['06-01T07:00/06-01T08:00'],
    ],
    [
      'a zone of three words',
      ['DTSTART;TZID=/x/America/Argentina/Salta:20260601T090000', 'DURATION:PT1H'],
      'UTC',
      ['06-01T12:00/06-01T13:00'],
    ],
    ['a zone of Windows', ['DTSTART;TZID=W. Europe Standard Time:20260601T090000', 'DURATION:PT1H'], 'UTC', ['06-01T07:00/06-01T08:00']],
    ['a bare offset', ['DTSTART;TZID=UTC+5:20260601T090000', 'DURATION:PT1H'], 'UTC', ['06-01T04:00/06-01T05:00']],
    [
      'two zones',
      ['DTSTART;TZID=Europe/Paris:20260601T090000', 'DTEND;TZID=Europe/London:20260601T090000'],
      'UTC',
      ['06-01T07:00/06-01T08:00'],
    ],
    ['a day is the local day of the configuration', ['DTSTART;VALUE=DATE:20260601'], 'America/New_York', ['06-01T04:00/06-02T04:00']],
    [
      'days, over the night the clocks change',
      ['DTSTART;VALUE=DATE:20260328', 'DTEND;VALUE=DATE:20260330'],
      'Europe/Paris',
      ['03-27T23:00/03-29T22:00'],
    ],
    ['a day that ends on itself', ['DTSTART;VALUE=DATE:20260601', 'DTEND;VALUE=DATE:20260601'], 'UTC', ['06-01T00:00/06-02T00:00']],
    ['a day without VALUE=DATE', ['DTSTART:20260601'], 'UTC', ['06-01T00:00/06-02T00:00']],
    ['no end', ['DTSTART:20260601T090000Z'], 'UTC', ['06-01T09:00/06-01T09:00']],
    [
      'the night of a DTEND',
      ['DTSTART;TZID=Europe/Paris:20260328T220000', 'DTEND;TZID=Europe/Paris:20260329T060000'],
      'UTC',
      ['03-28T21:00/03-29T04:00'],
    ],
    ['a P1D of 23 hours', ['DTSTART;TZID=Europe/Paris:20260328T120000', 'DURATION:P1D'], 'UTC', ['03-28T11:00/03-29T10:00']],
    ['a PT24H of 24', ['DTSTART;TZID=Europe/Paris:20260328T120000', 'DURATION:PT24H'], 'UTC', ['03-28T11:00/03-29T11:00']],
    ['folded lines', ['DTSTART;TZID=Eur\r\n ope/Paris:202606\r\n\t01T090000', 'DURATION:PT1H'], 'UTC', ['06-01T07:00/06-01T08:00']],
    ['lower case', ['dtstart;tzid=Europe/Paris:20260601t090000', 'duration:pt1h', 'DTSTART-NOTE:x'], 'UTC', ['06-01T07:00/06-01T08:00']],
  ])('%s', (_, lines, zone, expected) => {
    expect(windows(calendar(entry(...lines)), zone)).toEqual(expected);
  });

  it('reads a zone that only the calendar knows by its rules', () => {
    const series = entry(
      'DTSTART;TZID=Customized Time Zone:20260327T090000',
      'DTEND;TZID=Customized Time Zone:20260327T100000',
      'RRULE:FREQ=DAILY;COUNT=4',
    );
    expect(windows(calendar(...CUSTOM, series))).toEqual([
      '03-27T08:00/03-27T09:00',
      '03-28T08:00/03-28T09:00',
      '03-29T07:00/03-29T08:00',
      '03-30T07:00/03-30T08:00',
    ]);
    const gap = entry('DTSTART;TZID=Customized Time Zone:20260329T023000', 'DURATION:PT1H');
    expect(windows(calendar(...CUSTOM, gap))).toEqual(['03-29T01:30/03-29T02:30']);
    const twice = entry('DTSTART;TZID=Customized Time Zone:20261025T023000', 'DURATION:PT1H');
    expect(windows(calendar(...CUSTOM, twice))).toEqual(['10-25T00:30/10-25T01:30']);
    expect(windows(calendar(...MOSCOW_LIKE, entry('DTSTART;TZID=Somewhere:20260601T090000', 'DURATION:PT1H')))).toEqual([
      '06-01T05:30/06-01T06:30',
    ]);
  });

  it('keeps an entry whose zone nobody knows, and says so', () => {
    const { events, problems } = parse(calendar(entry('DTSTART;TZID=Middle Earth:20260601T090000', 'DURATION:PT1H')), {
      timezone: 'Europe/Paris',
    });
    expect(events).toHaveLength(1);
    expect(problems).toMatchObject([{ kind: 'doubtful', problem: expect.stringContaining('"Middle Earth" is unknown') }]);
  });
});

describe('a series', () => {
  const paris = (...lines: readonly string[]) =>
    entry('DTSTART;TZID=Europe/Paris:20260323T090000', 'DTEND;TZID=Europe/Paris:20260323T100000', ...lines);
  const instance = (id: string, ...lines: readonly string[]) => entry(`RECURRENCE-ID;TZID=Europe/Paris:${id}`, ...lines);
  const starts = (...lines: readonly string[]) => windows(calendar(...lines)).map((window) => window.slice(0, 11));

  it.each<[string, string, readonly string[]]>([
    ['keeps its hour over a clock change', 'RRULE:FREQ=WEEKLY;COUNT=2', ['03-23T08:00', '03-30T07:00']],
    ['ends with a UTC UNTIL', 'RRULE:FREQ=DAILY;UNTIL=20260324T080000Z', ['03-23T08:00', '03-24T08:00']],
    ['ends with an UNTIL of the day', 'RRULE:FREQ=DAILY;UNTIL=20260324', ['03-23T08:00', '03-24T08:00']],
    ['has its own start even where the rule lacks it', 'RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=1', ['03-23T08:00', '03-24T08:00']],
    ['takes default RSCALE and SKIP', 'RRULE:RSCALE=GREGORIAN;FREQ=DAILY;COUNT=2;SKIP=OMIT', ['03-23T08:00', '03-24T08:00']],
    ['adds RDATE', 'RDATE;TZID=Europe/Paris:20260401T090000,20260402T100000', ['03-23T08:00', '04-01T07:00', '04-02T08:00']],
    ['adds RDATE in UTC', 'RDATE:20260401T093000Z', ['03-23T08:00', '04-01T09:30']],
    ['adds a day', 'RDATE;VALUE=DATE:20260401', ['03-23T08:00', '04-01T07:00']],
  ])('%s', (_, line, expected) => {
    expect(starts(paris(line))).toEqual(expected);
  });

  it.each<[string, string]>([
    ['in its zone', 'EXDATE;TZID=Europe/Paris:20260324T090000'],
    ['in UTC', 'EXDATE:20260324T080000Z'],
    ['floating', 'EXDATE:20260324T090000'],
    ['in another zone', 'EXDATE;TZID=Europe/London:20260324T080000'],
    ['as a day', 'EXDATE;VALUE=DATE:20260324'],
  ])('loses EXDATE %s', (_, line) => {
    expect(starts(paris('RRULE:FREQ=DAILY;COUNT=3', line))).toEqual(['03-23T08:00', '03-25T08:00']);
  });

  it('loses days to EXDATE however they are written', () => {
    for (const exdate of [
      'EXDATE;VALUE=DATE:20260602',
      'EXDATE:20260602T000000',
      'EXDATE:20260602T000000Z',
      'EXDATE;TZID=Europe/Paris:20260602T000000',
    ])
      expect(starts(entry('DTSTART;VALUE=DATE:20260601', 'RRULE:FREQ=DAILY;UNTIL=20260603T220000Z', exdate))).toEqual([
        '06-01T00:00',
        '06-03T00:00',
      ]);
  });

  it('gives periods of RDATE their own length', () => {
    expect(windows(calendar(paris('RDATE;VALUE=PERIOD:20260401T080000Z/PT3H,20260402T080000Z/20260402T083000Z')))).toEqual([
      '03-23T08:00/03-23T09:00',
      '04-01T08:00/04-01T11:00',
      '04-02T08:00/04-02T08:30',
    ]);
  });

  it('moves an instance, in either order, and the highest SEQUENCE wins', () => {
    const moved = instance(
      '20260324T090000',
      'DTSTART;TZID=Europe/Paris:20260326T110000',
      'DTEND;TZID=Europe/Paris:20260326T113000',
      'SEQUENCE:2',
    );
    const older = instance('20260324T090000', 'DTSTART;TZID=Europe/Paris:20260327T110000', 'DURATION:PT1H', 'SEQUENCE:1');
    const series = paris('RRULE:FREQ=DAILY;COUNT=3');
    const expected = ['03-23T08:00', '03-25T08:00', '03-26T10:00'];
    expect(starts(series, moved, older)).toEqual(expected);
    expect(starts(older, moved, series)).toEqual(expected);
  });

  it('loses an instance that is cancelled', () => {
    expect(starts(paris('RRULE:FREQ=DAILY;COUNT=3'), instance('20260324T090000', 'STATUS:CANCELLED'))).toEqual([
      '03-23T08:00',
      '03-25T08:00',
    ]);
  });

  it('loses an instance named by its day, and one named in UTC', () => {
    const series = paris('RRULE:FREQ=DAILY;COUNT=3');
    const other = ['DTSTART:20260401T090000Z', 'DURATION:PT1H'];
    expect(starts(series, entry('RECURRENCE-ID;VALUE=DATE:20260324', ...other))).toEqual(['03-23T08:00', '03-25T08:00', '04-01T09:00']);
    expect(starts(series, entry('RECURRENCE-ID:20260324T080000Z', ...other))).toEqual(['03-23T08:00', '03-25T08:00', '04-01T09:00']);
  });

  it('moves this and the later ones', () => {
    const later = entry(
      'RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Paris:20260325T090000',
      'DTSTART;TZID=Europe/Paris:20260325T140000',
      'DURATION:PT2H',
    );
    const exception = instance('20260327T090000', 'DTSTART;TZID=Europe/Paris:20260327T200000', 'DURATION:PT1H');
    expect(windows(calendar(paris('RRULE:FREQ=DAILY;COUNT=6'), later, exception))).toEqual([
      '03-23T08:00/03-23T09:00',
      '03-24T08:00/03-24T09:00',
      '03-25T13:00/03-25T15:00',
      '03-26T13:00/03-26T15:00',
      '03-27T19:00/03-27T20:00',
      '03-28T13:00/03-28T15:00',
    ]);
  });

  it('ends where this and the later ones are cancelled', () => {
    const end = entry('RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Paris:20260325T090000', 'STATUS:CANCELLED');
    expect(starts(paris('RRULE:FREQ=DAILY;COUNT=6'), end)).toEqual(['03-23T08:00', '03-24T08:00']);
  });

  it('is gone when it is cancelled, with its instances', () => {
    const moved = instance('20260324T090000', 'DTSTART;TZID=Europe/Paris:20260326T110000', 'DURATION:PT1H');
    expect(starts(paris('RRULE:FREQ=DAILY;COUNT=3', 'STATUS:CANCELLED'), moved)).toEqual([]);
    expect(starts('METHOD:CANCEL', paris('RRULE:FREQ=DAILY;COUNT=3'))).toEqual([]);
    const confirmed = instance('20260324T090000', 'DTSTART;TZID=Europe/Paris:20260326T110000', 'DURATION:PT1H', 'STATUS:CONFIRMED');
    expect(starts(paris('RRULE:FREQ=DAILY;COUNT=3', 'STATUS:CANCELLED'), confirmed)).toEqual(['03-26T10:00']);
  });

  it('keeps apart what has no UID or shares one, and an instance without its series', () => {
    expect(
      starts(entry('UID:', 'DTSTART:20260601T090000Z', 'DURATION:PT1H'), entry('UID:', 'DTSTART:20260602T090000Z', 'DURATION:PT1H')),
    ).toEqual(['06-01T09:00', '06-02T09:00']);
    expect(starts(entry('DTSTART:20260601T090000Z', 'DURATION:PT1H'), entry('DTSTART:20260602T090000Z', 'DURATION:PT1H'))).toEqual([
      '06-01T09:00',
      '06-02T09:00',
    ]);
    expect(starts(instance('20260324T090000', 'DTSTART:20260602T090000Z', 'DURATION:PT1H'))).toEqual(['06-02T09:00']);
  });

  it('of one UID counts the highest SEQUENCE', () => {
    expect(
      starts(entry('DTSTART:20260601T090000Z', 'DURATION:PT1H'), entry('SEQUENCE:3', 'DTSTART:20260602T090000Z', 'DURATION:PT1H')),
    ).toEqual(['06-02T09:00']);
  });
});

describe('what is wrong with one entry', () => {
  it.each<[string, readonly string[], string]>([
    ['no start', ['DTSTART-X:1', 'DTEND:20260601T100000Z'], 'it has no DTSTART'],
    ['no such day', ['DTSTART:20260230T090000Z'], 'is no date or time that exists'],
    ['an end before the start', ['DTSTART:20260601T090000Z', 'DTEND:20260601T080000Z'], 'is before its start'],
    ['a length of years', ['DTSTART:20260601T090000Z', 'DTEND:20990601T080000Z'], 'lasts longer than ten years'],
    ['a rule that is none', ['DTSTART:20260601T090000Z', 'DURATION:PT1H', 'RRULE:FREQ=FORTNIGHTLY'], 'FREQ=FORTNIGHTLY is unknown'],
    ['a backward duration', ['DTSTART:20260601T090000Z', 'DURATION:-PT1H'], "it can't go back"],
  ])('%s: does not silence the others', (_, lines, problem) => {
    const { events, problems } = parse(calendar(entry('UID:bad', ...lines), entry('SUMMARY:Good')));
    expect(events.map(({ name }) => name)).toEqual(['Good']);
    expect(problems).toHaveLength(1);
    expect(`${problems[0]?.problem}: ${problems[0]?.fix}`).toContain(problem);
    expect(problems[0]).toMatchObject({ entry: 'Launch', kind: 'left-out', when: undefined });
  });
});

describe('what is no iCalendar as a whole', () => {
  it.each([
    ['nothing', '', 'a.ics:1:1: is no iCalendar: it has no content'],
    ['a web page', '<!DOCTYPE html>\n<html></html>', 'a.ics:1:1: is no iCalendar: it has "<!DOCTYPE html>"'],
    [
      'a calendar that is cut off',
      'BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\n',
      'a.ics:2:1: is cut off: the VEVENT that begins here has no end',
    ],
    ['ends that do not match', 'BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n', 'a.ics:3:1: ends VCALENDAR, but VEVENT is open'],
    ['an entry alone', 'BEGIN:VEVENT\nEND:VEVENT\n', 'a.ics:1:1: begins with VEVENT, not with a calendar'],
    ['too much', `BEGIN:VCALENDAR\n${'X'.repeat(1024 * 1024)}`, 'a.ics:1:1: has 1048592 characters; at most 1048576 are read'],
  ])('%s is refused', (_, text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('has no entries when it has none', () => expect(parse(calendar())).toEqual({ events: [], problems: [] }));
});
