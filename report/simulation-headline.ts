import type { SimulationReport } from './simulation.ts';
import { sumSimulation } from './simulation-summary.ts';
import { formatCount, formatMultiple, formatPlural, formatShare } from './text.ts';

/** A piece of the headline; `explainedBy` names what says how its figure was computed. */
export type SimulationHeadlinePart = { readonly text: string; readonly explainedBy?: 'ready' | 'attainment' | 'cost' };

/** The one answer in plain words, e.g. "At the start of 46 of 48 events everything was ready. 99.7 % of event minutes had enough replicas, at 1.12 × the cost of exact need." */
export function composeSimulationHeadline(report: Pick<SimulationReport, 'workloads'>): readonly SimulationHeadlinePart[] {
  const sums = sumSimulation(report);
  const { events, ready, notKnown, eventAttainment, costMultiple } = sums;
  if (report.workloads.length === 0) return [{ text: 'No workloads were simulated.' }];
  const readiness: readonly SimulationHeadlinePart[] =
    events === 0
      ? [{ text: 'No events in this period.' }]
      : [
          { text: 'At the start of ' },
          { text: `${formatCount(ready)} of ${formatPlural(events, 'event')}`, explainedBy: 'ready' },
          { text: ` everything was ready${notKnown === 0 ? '' : ` (${formatCount(notKnown)} not known)`}.` },
        ];
  const several = report.workloads.length > 1;
  const served: readonly SimulationHeadlinePart[] =
    eventAttainment === null
      ? [{ text: ' How many event minutes had enough replicas is not known' }]
      : [
          { text: several ? ' In each workload at least ' : ' ' },
          { text: formatShare(eventAttainment), explainedBy: 'attainment' },
          { text: ' of event minutes had enough replicas' },
        ];
  const cost: readonly SimulationHeadlinePart[] =
    costMultiple === null
      ? [{ text: '; what that cost is not known.' }]
      : [
          { text: several ? ', at no more than ' : ', at ' },
          { text: formatMultiple(costMultiple), explainedBy: 'cost' },
          { text: ' the cost of exact need.' },
        ];
  return [...readiness, ...served, ...cost];
}
