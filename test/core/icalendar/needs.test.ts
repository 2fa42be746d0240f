import { describe, expect, it } from 'vitest';
import { CHAT, calendar, entry, parse } from './icalendar-fixture.ts';

const described = (description: string, ...lines: readonly string[]) =>
  calendar(entry(`DESCRIPTION:${description.replace(/[\\;,]/g, '\\$&').replaceAll('\n', '\\n')}`, ...lines));
const one = (text: string, defaults = {}) => {
  const { events, problems } = parse(text, { defaults });
  expect(problems).toEqual([]);
  return events[0];
};
const BOTH = { workloads: ['chat', 'embeddings'], floor: { kind: 'add', replicas: 4 } };

describe('what an entry needs', () => {
  it('comes from the source where it says nothing', () => {
    expect(one(calendar(entry()), CHAT)).toMatchObject({
      name: 'Launch',
      uid: 'a',
      source: 'a.ics',
      workloads: ['chat'],
      floor: { kind: 'replicas', replicas: 10 },
    });
  });

  it('comes from properties', () => {
    const text = calendar(
      entry(
        'X-FORETIDE-WORKLOADS:chat\\, embeddings',
        'X-FORETIDE-FLOOR:{ add: 4 }',
        'X-FORETIDE-CLASS:match',
        'X-FORETIDE-MAX:9',
        'X-FORETIDE-IMPORTANCE:2',
        'X-FORETIDE-RAMP:{ steps: 3\\, over: 20m }',
        'X-FORETIDE-RELEASE:{ steps: 2, over: 30m }',
      ),
    );
    expect(one(text)).toMatchObject({
      ...BOTH,
      class: 'match',
      max: 9,
      importance: 2,
      ramp: { steps: 3, over: { ms: 1_200_000 } },
      release: { steps: 2 },
    });
  });

  it('takes what an entry leaves out from the source, and a property before the block', () => {
    expect(one(calendar(entry('X-FORETIDE-FLOOR:5')), CHAT)).toMatchObject({ workloads: ['chat'], floor: { replicas: 5 } });
    expect(one(described('foretide: { floor: 3, max: 20 }', 'X-FORETIDE-FLOOR:5'), CHAT)).toMatchObject({
      floor: { replicas: 5 },
      max: 20,
    });
  });

  it.each([
    ['fenced', '```foretide\nworkloads: [chat, embeddings]\nfloor: { add: 4 }\n```'],
    [
      'fenced, with remarks around',
      'Big one!\n\n```foretide\nworkloads: [chat, embeddings]\nfloor: { add: 4 }\n```\nAsk Jane: she knows. floor: 99',
    ],
    ['indented', 'foretide:\n  workloads: [chat, embeddings]\n  floor: { add: 4 }'],
    [
      'with remarks around',
      'Hello: all\nforetide:\n  workloads: [chat, embeddings]\n  floor: { add: 4 }\n\nDial in: https://example.com/?a=b&c',
    ],
    [
      'with a remark within',
      'foretide:\n  workloads: [chat, embeddings]\n  Note: ask Jane before you change this\n  do not touch!\n  floor: { add: 4 } # really',
    ],
    ['as a list', 'foretide:\n  workloads:\n    - chat\n    - embeddings\n  floor:\n    add: 4\n'],
    ['as a list at the margin', 'foretide:\n  workloads:\n  - chat\n  - embeddings\n  floor: { add: 4 }'],
    ['without indentation', 'foretide:\nworkloads: [chat, embeddings]\nfloor: { add: 4 }\n\nCheers, Jane'],
    ['without indentation, a remark right below', 'foretide:\nworkloads: [chat, embeddings]\nfloor: { add: 4 }\nCheers, Jane'],
    ['on one line', 'foretide: { workloads: [chat, embeddings], floor: { add: 4 } }\nCheers'],
    ['over lines in braces', 'foretide: { workloads: [chat, embeddings],\n  floor: { add: 4 } }\nCheers'],
    ['with names in one text', 'foretide:\n  workloads: chat, embeddings\n  floor: { add: 4 }'],
    ['with its heading in a fence', '```foretide\nforetide:\n  workloads: [chat, embeddings]\n  floor: { add: 4 }\n```'],
    [
      'as HTML of Google',
      'Big one!<br>foretide:<br>&nbsp; workloads: [chat, embeddings]<br>&nbsp; floor: { add: 4 }<br><br>Ask <a href="mailto:j@example.com">Jane</a> &amp; co',
    ],
    [
      'as HTML of Outlook',
      '<html><body><p>foretide:</p>\n<p>&nbsp;&nbsp;workloads: [chat, embeddings]</p>\n<p>&nbsp;&nbsp;floor: { add: 4 }</p><p>Thanks</p></body></html>',
    ],
    [
      'as HTML without indentation',
      '<div>foretide:</div><div>workloads: [chat, embeddings]</div><div>floor: { add: 4 }</div><div>Cheers</div>',
    ],
    ['with odd spaces', 'foretide:\n\u00a0 workloads: [chat,\u00a0embeddings]\n\u00a0 floor: { add: 4 }'],
  ])('comes from a block %s', (_, description) => {
    expect(one(described(description))).toMatchObject(BOTH);
  });

  it('comes from HTML beside a description that says nothing', () => {
    const text = calendar(entry('DESCRIPTION:Hi', 'X-ALT-DESC;FMTTYPE=text/html:<p>foretide: { floor: 4 }</p>'));
    expect(one(text, CHAT)).toMatchObject({ floor: { replicas: 4 } });
  });

  it('is what the series says, for an instance that says nothing', () => {
    const { events } = parse(
      calendar(
        entry('DTSTART:20260601T090000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=2', 'X-FORETIDE-FLOOR:7'),
        entry('RECURRENCE-ID:20260602T090000Z', 'DTSTART:20260605T090000Z', 'DURATION:PT1H'),
      ),
    );
    expect(events.map(({ floor }) => floor)).toEqual([
      { kind: 'replicas', replicas: 7 },
      { kind: 'replicas', replicas: 7 },
    ]);
  });

  it.each([
    ['nothing', '', {}, 'names no workload'],
    ['no known workload', 'foretide: { workloads: [caht], floor: 3 }', {}, 'names no known workload, but "caht"'],
    ['no floor', 'foretide: { workloads: [chat] }', {}, 'says no floor'],
    ['a floor that is none', 'foretide:\n  floor: lots', CHAT, 'has floor lots, which must be'],
    ['a floor above the max', 'foretide:\n  floor: 61', CHAT, 'has floor 61, which is 61 replicas, above bounds.max'],
    ['a slip of the pen', 'foretide:\n  flor: 5', CHAT, 'has the unknown key flor in its foretide block'],
    ['YAML that is none', 'foretide:\n  floor: {add: 4', CHAT, 'has a foretide block that is no YAML'],
    ['a list', 'foretide: [chat]', CHAT, 'has a foretide block that sets nothing'],
    ['two blocks', 'foretide: { floor: 3 }\n```foretide\nfloor: 4\n```', CHAT, 'its description has more than one foretide block'],
  ])('%s: is reported with when it happens, and silences nobody', (_, description, defaults, problem) => {
    const { events, problems } = parse(
      `${described(description)}${calendar(entry('UID:b', 'SUMMARY:Good', 'X-FORETIDE-WORKLOADS:chat', 'X-FORETIDE-FLOOR:3'))}`,
      { defaults },
    );
    expect(events.map(({ name }) => name)).toEqual(['Good']);
    expect(problems).toMatchObject([
      {
        entry: 'Launch',
        kind: 'left-out',
        problem: expect.stringContaining(problem),
        when: { name: 'Launch', start: '2026-06-01T09:00:00Z' },
      },
    ]);
    expect(problems[0]?.fix).not.toBe('');
  });

  it('an unknown property is reported', () => {
    const { events, problems } = parse(calendar(entry('X-FORETIDE-FLOR:3')));
    expect(events).toEqual([]);
    expect(problems).toMatchObject([{ problem: 'has the unknown property X-FORETIDE-FLOR', fix: 'did you mean floor?' }]);
  });

  it('keeps the known ones of several workloads', () => {
    const { events, problems } = parse(calendar(entry('X-FORETIDE-WORKLOADS:chat,nope')));
    expect(events).toMatchObject([{ workloads: ['chat'] }]);
    expect(problems).toMatchObject([{ kind: 'doubtful', problem: 'names the unknown workload "nope"' }]);
  });

  it.each([
    ['Two\\nlines \\, here\u200B', 'Two lines , here'],
    ['x'.repeat(200), 'x'.repeat(100)],
    ['', 'a'],
  ])('is called by its summary, on one line', (summary, name) => {
    expect(one(calendar(entry(`SUMMARY:${summary}`)), CHAT)?.name).toBe(name);
  });
});
