import type { CalendarData } from './calendar-data.ts';
import { buildCalendar } from './charts/calendar.ts';
import type { Chart, ChartView } from './charts/chart.ts';
import { buildEventTimeline } from './charts/event-timeline.ts';
import { buildFrontier } from './charts/frontier.ts';
import { buildMix } from './charts/mix.ts';
import { buildSpend } from './charts/spend.ts';
import type { FrontierData } from './frontier-data.ts';
import type { MixData } from './mix-data.ts';
import type { SpendData } from './spend-data.ts';
import type { TimelineData } from './timeline-data.ts';

/** A picture before it is drawn: which one, and of what. The server and the page draw it with {@link buildPicture}. */
export type Picture =
  | {
      readonly kind: 'timeline';
      /** IANA zone of the axis. */
      readonly timezone: string;
      readonly fromMs: number;
      readonly toMs: number;
      readonly data: TimelineData;
    }
  | { readonly kind: 'calendar'; readonly data: CalendarData }
  | { readonly kind: 'spend'; readonly data: SpendData }
  | { readonly kind: 'frontier'; readonly data: FrontierData }
  | { readonly kind: 'mix'; readonly data: MixData };

export function buildPicture(picture: Picture, view: ChartView): Chart {
  switch (picture.kind) {
    case 'timeline': {
      const { timezone, fromMs, toMs, data } = picture;
      return buildEventTimeline(data, { fromMs, toMs, ...view, timezone });
    }
    case 'calendar':
      return buildCalendar(picture.data, view);
    case 'spend':
      return buildSpend(picture.data, view);
    case 'frontier':
      return buildFrontier(picture.data, view);
    case 'mix':
      return buildMix(picture.data, view);
  }
}
