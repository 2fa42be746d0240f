import type { CalendarData, CalendarEvent, CalendarProof } from '../calendar-data.ts';
import { formatLocalMinute, formatLocalTime, formatOffset, formatUtcMinute, formatZone } from '../local-time.ts';
import { PALETTE } from '../palette.ts';
import { formatCount, formatElapsed, formatPlural } from '../text.ts';
import { axisText, STILL, timeAxis } from './axes.ts';
import { type CalendarFrame, type CalendarRow, frameCalendar } from './calendar-frame.ts';
import { markCalendarEvent, markHolidays, markNow, markOverride } from './calendar-marks.ts';
import type { Chart, ChartNote, ChartView } from './chart.ts';
import { cleanText, isolateText, truncateText } from './fit-text.ts';
import { type Mark, textMark } from './mark.ts';
import { eventSwatch, textSwatch } from './swatch.ts';

/** What is coming, and is it ready? One row for each event of each workload, its lead in brackets before it, and a mark for the proof. */
export function buildCalendar(data: CalendarData, view: ChartView): Chart {
  const period = { fromMs: view.fromMs ?? data.fromMs, toMs: view.toMs ?? data.toMs };
  const frame = frameCalendar(data, period, view);
  return {
    option: {
      ...STILL,
      grid: {
        left: frame.left,
        right: frame.marginRight,
        top: frame.plotTop,
        bottom: frame.height - frame.plotBottom,
        outerBoundsMode: 'none',
      },
      xAxis: timeAxis({ ...frame, timezone: data.timezone, splitLine: true }),
      yAxis: { type: 'value', min: 0, max: 1, show: false, axisLabel: axisText(frame.fontSize) },
      series: [],
      graphic: { elements: [...markPeriod(data, frame), ...frame.rows.flatMap((row) => markRow(row, frame)), ...markNow(data, frame)] },
    },
    width: frame.width,
    height: frame.height,
    title: 'Calendar: events by workload',
    description: describeCalendar(data, period),
    notes: frame.rows.flatMap((row) => noteRow(row, data, frame)),
    key: [
      { swatch: eventSwatch(), words: 'event, its lead in brackets before it' },
      { swatch: textSwatch('✓', 'okText'), words: 'ready' },
      { swatch: textSwatch('!', 'shortText'), words: 'at risk' },
      { swatch: textSwatch('✗', 'shortText'), words: 'not ready at the start' },
      ...(data.overrides.length === 0 ? [] : [{ swatch: overrideSwatch(), words: 'override by a person' }]),
    ],
    timeArea: { left: frame.left, right: frame.right, top: frame.plotTop, bottom: frame.plotBottom, ...period },
  };
}

function markPeriod(data: CalendarData, frame: CalendarFrame): readonly Mark[] {
  const { fontSize, left, plotBottom } = frame;
  const muted = { colour: PALETTE.muted.light, align: 'left', fontSize } as const;
  const empty =
    frame.rows.length > 0
      ? []
      : [textMark('no events in this period', left + 4, (frame.plotTop + plotBottom) / 2, { ...muted, rim: true })];
  const stale =
    data.staleSinceMs === null
      ? []
      : [
          textMark(`calendar not read since ${formatLocalMinute(data.staleSinceMs, data.timezone)}`, 0, plotBottom + 54, {
            ...muted,
            colour: PALETTE.shortText.light,
          }),
        ];
  const more =
    frame.leftOut === 0 ? [] : [textMark(`and ${formatPlural(frame.leftOut, 'more row')}: see the table`, 0, frame.rowsBottom + 9, muted)];
  return [
    ...markHolidays(data, frame),
    ...empty,
    textMark(formatZone(frame.fromMs, frame.toMs, data.timezone), left, plotBottom + 36, muted),
    ...more,
    ...stale,
  ];
}

function markRow(row: CalendarRow, frame: CalendarFrame): readonly Mark[] {
  const { fontSize } = frame;
  switch (row.kind) {
    case 'workload':
      return [
        ...(row.y > frame.plotTop + 1
          ? [
              {
                type: 'line',
                silent: true,
                z: 2,
                shape: { x1: 0, y1: row.y, x2: frame.right, y2: row.y },
                style: { stroke: PALETTE.axis.light, lineWidth: 1 },
              } as const,
            ]
          : []),
        textMark(truncateText(isolateText(cleanText(row.workload)), fontSize + 1, frame.width - 8), 0, row.y + 12, {
          colour: PALETTE.ink.light,
          align: 'left',
          fontSize: fontSize + 1,
          bold: true,
          rim: true,
        }),
      ];
    case 'event': {
      const floors = new Set(row.events.map(({ floor }) => floor));
      const [floor = null] = floors;
      const suffix = floors.size === 1 && floor !== null ? ` · floor ${formatCount(floor)}` : '';
      return [
        labelRow(row, `${isolateText(cleanText(row.name))}${suffix}`, frame),
        ...row.events.flatMap((event, index) => markCalendarEvent(event, row.events[index + 1], row, frame)),
      ];
    }
    case 'override':
      return [labelRow(row, 'override', frame), ...row.overrides.flatMap((each) => markOverride(each, row, frame))];
  }
}

function labelRow(row: CalendarRow, label: string, { fontSize, labelWidth, labelAbove }: CalendarFrame): Mark {
  const y = labelAbove ? row.y + 8 : row.y + row.height / 2;
  return textMark(truncateText(label, fontSize, labelWidth), 0, y, { colour: PALETTE.muted.light, align: 'left', fontSize, rim: true });
}

function noteRow(row: CalendarRow, { timezone }: CalendarData, frame: CalendarFrame): readonly ChartNote[] {
  const noteOf = (fromMs: number, endMs: number, text: readonly string[]): ChartNote => {
    const x = frame.toX(fromMs);
    return { x, y: row.y, width: Math.max(8, frame.toX(endMs) - x), height: row.height, text: text.join('\n') };
  };
  const when = (startMs: number, endMs: number): readonly string[] => [
    `${formatLocalMinute(startMs, timezone)} to ${formatLocalMinute(endMs, timezone)}, ${formatOffset(startMs, timezone)}`,
    `from ${formatUtcMinute(startMs)}`,
  ];
  switch (row.kind) {
    case 'workload':
      return [];
    case 'event':
      return row.events.map((event) =>
        noteOf(event.leadFromMs, event.endMs, [
          cleanText(event.name),
          ...when(event.startMs, event.endMs),
          `${event.floor === null ? '' : `floor ${formatCount(event.floor)}, `}asked for ${formatElapsed(event.startMs - event.leadFromMs)} before`,
          describeProof(event),
        ]),
      );
    case 'override':
      return row.overrides.map(({ what, startMs, endMs }) => noteOf(startMs, endMs, [cleanText(what), ...when(startMs, endMs)]));
  }
}

const PROOF_WORDS: Readonly<Record<CalendarProof, string>> = {
  ready: 'ready',
  atRisk: 'at risk',
  missed: 'not ready at the start',
  open: 'nothing to say yet',
};

/** The proof in words, with its reason where there is one. */
export function describeProof({ proof, why }: Pick<CalendarEvent, 'proof' | 'why'>): string {
  return `${PROOF_WORDS[proof]}${why === null ? '' : `: ${cleanText(why)}`}`;
}

function describeCalendar(
  { workloads, timezone, nowMs, staleSinceMs }: CalendarData,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): string {
  const events = workloads.flatMap((each) => each.events).filter(({ startMs, endMs }) => startMs < toMs && endMs > fromMs);
  const count = (proof: CalendarProof): number => events.filter((event) => event.proof === proof).length;
  const said = [
    `${formatCount(count('ready'))} ready`,
    `${formatCount(count('atRisk'))} at risk`,
    `${formatCount(count('missed'))} not ready`,
  ];
  const now = nowMs === null ? '' : ` It is ${formatLocalMinute(nowMs, timezone)}.`;
  const stale = staleSinceMs === null ? '' : ` The calendar was not read since ${formatLocalTime(staleSinceMs, timezone)}.`;
  const zone = formatZone(fromMs, toMs, timezone);
  return `${formatLocalMinute(fromMs, timezone)} to ${formatLocalMinute(toMs, timezone)}, ${zone}. ${formatPlural(events.length, 'event')}: ${said.join(', ')}.${now}${stale}`;
}

function overrideSwatch(): string {
  return `<rect x="1" y="1" width="24" height="10" fill="none" stroke="${PALETTE.ink.light}" stroke-dasharray="2 3"/>`;
}
