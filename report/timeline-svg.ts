import { buildEventTimeline, type TimelineView } from './charts/event-timeline.ts';
import type { WorkloadReplay } from './replay.ts';
import { renderStandaloneSvg } from './svg.ts';
import { timelineOfReplay } from './timeline-data.ts';

/** The event timeline of one workload as an SVG file of its own, with its title drawn in: for a README or a document. */
export function renderTimelineSvg(replay: WorkloadReplay, view: Omit<TimelineView, 'size' | 'withTitle'>): string {
  return renderStandaloneSvg(buildEventTimeline(timelineOfReplay(replay), { ...view, size: 'wide', withTitle: true }));
}
