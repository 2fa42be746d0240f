import { describe, expect, it } from 'vitest';
import type { SimulatedEvent, SimulationReport } from '../../report/simulation.ts';
import { composeSimulationHeadline } from '../../report/simulation-headline.ts';
import { renderSimulationPage } from '../../report/simulation-page.ts';
import { chooseEvents } from '../../report/simulation-summary.ts';
import { buildExampleSimulation } from '../fixtures/simulation-example.ts';

const report = buildExampleSimulation();
const page = renderSimulationPage(report);
const [workload] = report.workloads;
if (workload === undefined) throw new Error('the example has no workload');

function headlineOf(one: Pick<SimulationReport, 'workloads'>): string {
  return composeSimulationHeadline(one)
    .map(({ text }) => text)
    .join('');
}

describe('the headline of a simulation', () => {
  it('answers in plain words', () =>
    expect(headlineOf(report)).toBe(
      'At the start of 45 of 48 events everything was ready. 99.7 % of event minutes had enough replicas, at 1.12 × the cost of exact need.',
    ));

  it('takes the worst of several workloads', () => {
    const dearer = { ...workload, workload: 'other', shownPolicy: 'KEDA, 30 % headroom', events: [] };
    expect(headlineOf({ workloads: [workload, dearer] })).toBe(
      'At the start of 45 of 48 events everything was ready. In each workload at least 97.4 % of event minutes had enough replicas, ' +
        'at no more than 1.27 × the cost of exact need.',
    );
  });

  it('says what is not known, and takes it for nothing else', () => {
    const unknown = {
      ...workload,
      shownPolicy: 'a person by hand',
      events: workload.events.slice(0, 2).map((event, index) => ({ ...event, readyAtStart: index === 0 ? null : event.readyAtStart })),
    };
    expect(headlineOf({ workloads: [unknown] })).toBe(
      'At the start of 1 of 2 events everything was ready (1 not known). How many event minutes had enough replicas is not known; ' +
        'what that cost is not known.',
    );
    expect(headlineOf({ workloads: [] })).toBe('No workloads were simulated.');
  });

  it('counts what demand needed where an event has no floor', () => {
    const { minutes } = workload;
    const [first] = workload.events;
    if (first === undefined) throw new Error('the example has no event');
    const without = (readyAtStart: number): SimulatedEvent => ({ ...first, floor: null, readyAtStart });
    const need = minutes.need[Math.floor((first.startMs - minutes.startMs) / 60_000)] ?? 0;
    expect(headlineOf({ workloads: [{ ...workload, events: [without(need), without(need - 1)] }] })).toContain('1 of 2 events');
  });
});

describe('the events that are shown', () => {
  const event = (name: string, shortMinutes: number | null): SimulatedEvent => ({
    learned: false,
    name,
    class: null,
    startMs: 0,
    endMs: 1,
    leadFromMs: 0,
    floor: 1,
    readyAtStart: 1,
    shortMinutes,
  });

  it('are the worst, the worst first, and a typical one', () => {
    const events = [event('a', 0), event('b', 9), event('c', null), event('d', 3), event('e', 0), event('f', 1)];
    expect(chooseEvents(events, 2).map(({ event: { name }, as }) => `${as} ${name}`)).toEqual(['worst b', 'worst d', 'typical f']);
    expect(chooseEvents([event('a', 0)], 2).map(({ as }) => as)).toEqual(['typical']);
    expect(chooseEvents([event('c', null)], 2)).toEqual([]);
  });
});

describe('the page of a simulation', () => {
  it('has a picture of the frontier, the events, the week and the whole, and a table of every event', () => {
    const pictures = [...page.matchAll(/<figure id="([^"]+)" data-picture="([^"]+)"/g)].map(([, id, kind]) => `${id} ${kind}`);
    expect(pictures).toEqual([
      'workload-1-frontier frontier',
      'workload-1-event-1 timeline',
      'workload-1-event-2 timeline',
      'workload-1-event-3 timeline',
      'workload-1-event-4 timeline',
      'workload-1-event-5 timeline',
      'workload-1-calendar calendar',
      'workload-1-whole timeline',
    ]);
    expect(page).toContain('highlights: each event.');
    expect(page).toContain('Prices are list prices of one day; yours differ.');
    expect(page).toContain('Cold start, median');
  });

  it('links each figure of the headline to how it was computed', () => {
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(targets).toEqual(['how-ready', 'how-attainment', 'how-cost']);
    for (const id of targets) expect(page).toContain(`<dt id="${id}">`);
  });

  it('is the same at every call, and stays small for six weeks of two workloads', () => {
    expect(renderSimulationPage(buildExampleSimulation())).toBe(page);
    const long = buildExampleSimulation(42);
    const html = renderSimulationPage({ ...long, workloads: [...long.workloads, ...long.workloads] });
    expect(html.length).toBeLessThan(2_000_000);
  });

  it('has words for each empty part', () => {
    const html = renderSimulationPage({ ...report, assumptions: [], warnings: [], workloads: [{ ...workload, policies: [], events: [] }] });
    for (const words of [
      'No policy was simulated.',
      'No event whose short minutes are known.',
      'No events in this period.',
      'No assumption was named.',
    ])
      expect(html).toContain(words);
  });
});
