import { formatCount, formatElapsed } from '../text.ts';
import type { TimelineEvent } from '../timeline-data.ts';
import { cleanText, estimateTextWidth, isolateText, truncateText } from './fit-text.ts';

const GAP_PX = 10;
const PADDING_PX = 5;
const SHORTEST_BAR_PX = 3;
const LONGEST_OUTSIDE_LABEL_PX = 340;
const SHORTEST_OUTSIDE_LABEL_PX = 40;
const MOST_LEFT_OUT = 6;

/** Where an event's bar, the bracket of its lead and its label go; pixels from the picture's left edge. */
export type EventBar = {
  readonly event: TimelineEvent;
  readonly lane: number;
  /** Undefined when the lead lies before the period. */
  readonly bracketX: number | undefined;
  readonly startX: number;
  readonly endX: number;
  /** Whether the start lies within the period, so that something can be said of it. */
  readonly startSeen: boolean;
  readonly label: { readonly text: string; readonly x: number; readonly align: 'left' | 'right' };
};

export type EventLanes = {
  readonly bars: readonly EventBar[];
  readonly laneCount: number;
  readonly leftOut: number;
  /** So many events that all of them stand in one lane, without names. */
  readonly nameless: boolean;
};

export type LaneSpace = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly left: number;
  readonly right: number;
  /** Up to where labels may run. */
  readonly edge: number;
  readonly fontSize: number;
  readonly mostLanes: number;
};

/**
 * Lays events out in lanes so that no bar, bracket or label touches another; what finds no lane is counted in `leftOut`. Where more than
 * {@link MOST_LEFT_OUT} would be, names would hide more than they tell: then every event stands in one lane, nameless.
 */
export function layOutEvents(events: readonly TimelineEvent[], space: LaneSpace): EventLanes {
  const laneEnds: number[] = [];
  const bars: EventBar[] = [];
  const seen = events.filter(({ startMs, endMs }) => startMs < space.toMs && endMs > space.fromMs);
  for (const event of seen.toSorted((a, b) => a.startMs - b.startMs || b.endMs - a.endMs || (a.name < b.name ? -1 : 1))) {
    const { bar, from, to } = placeEvent(event, space);
    const free = laneEnds.findIndex((end) => end + GAP_PX <= from);
    const lane = free === -1 ? laneEnds.length : free;
    if (lane >= space.mostLanes) continue;
    laneEnds[lane] = to;
    bars.push({ ...bar, lane });
  }
  const leftOut = seen.length - bars.length;
  if (leftOut <= MOST_LEFT_OUT) return { bars, laneCount: laneEnds.length, leftOut, nameless: false };
  return { bars: seen.map((event) => ({ ...placeEvent(event, space).bar, lane: 0 })), laneCount: 1, leftOut: 0, nameless: true };
}

function placeEvent(event: TimelineEvent, space: LaneSpace): { bar: Omit<EventBar, 'lane'>; from: number; to: number } {
  const toX = (atMs: number): number => space.left + ((atMs - space.fromMs) / (space.toMs - space.fromMs)) * (space.right - space.left);
  const startX = toX(Math.max(event.startMs, space.fromMs));
  const endX = Math.max(startX + SHORTEST_BAR_PX, toX(Math.min(event.endMs, space.toMs)));
  const startSeen = event.startMs >= space.fromMs;
  const bracketX = startSeen && event.leadFromMs < event.startMs ? toX(Math.max(event.leadFromMs, space.fromMs)) : undefined;
  const label = placeLabel(event, startSeen, bracketX ?? startX, startX, endX, space);
  const width = estimateTextWidth(label.text, space.fontSize);
  return {
    bar: { event, bracketX, startX, endX, startSeen, label },
    from: Math.min(bracketX ?? startX, label.align === 'left' ? label.x : label.x - width),
    to: Math.max(endX, label.align === 'left' ? label.x + width : label.x),
  };
}

/** Inside the bar where it fits, with as many words as fit; else behind the bar; else before it. */
function placeLabel(
  event: TimelineEvent,
  startSeen: boolean,
  firstX: number,
  startX: number,
  endX: number,
  { left, edge, fontSize }: LaneSpace,
): EventBar['label'] {
  const name = `${startSeen ? verdictOf(event) : ''}${isolateText(cleanText(event.name))}`;
  const withFloor = event.floor === null ? name : `${name} · floor ${formatCount(event.floor)}`;
  const withLead = `${withFloor} · lead ${formatElapsed(event.startMs - event.leadFromMs)}`;
  const inside = endX - startX - 2 * PADDING_PX;
  const fitting = [withLead, withFloor, name].find((text) => estimateTextWidth(text, fontSize) <= inside);
  if (fitting !== undefined) return { text: fitting, x: startX + PADDING_PX, align: 'left' };

  const roomBehind = Math.min(LONGEST_OUTSIDE_LABEL_PX, edge - endX - PADDING_PX);
  const roomBefore = Math.min(LONGEST_OUTSIDE_LABEL_PX, firstX - left - PADDING_PX);
  const room = Math.max(roomBehind, roomBefore, inside);
  const text = [withLead, withFloor, name].find((each) => estimateTextWidth(each, fontSize) <= room) ?? truncateText(name, fontSize, room);
  const width = estimateTextWidth(text, fontSize);
  if (width <= roomBehind) return { text, x: endX + PADDING_PX, align: 'left' };
  if (width <= roomBefore && roomBefore >= SHORTEST_OUTSIDE_LABEL_PX) return { text, x: firstX - PADDING_PX, align: 'right' };
  return { text, x: startX + PADDING_PX, align: 'left' };
}

function verdictOf({ readyAtStart }: TimelineEvent): string {
  if (readyAtStart === null) return '? ';
  return readyAtStart ? '✓ ' : '✗ ';
}
