import type { Finding } from '../prescale/findings.ts';
import { formatUtc } from '../units/time.ts';
import type { PreflightCode } from './codes.ts';
import type { EventNeed } from './event-need.ts';

type Facts = Finding['facts'];

/** Something that stands in the way of more than one event, told of once: `subject` names it. */
export function findShared(code: PreflightCode, severity: Finding['severity'], subject: string, facts: Facts): Finding {
  return { key: `preflight/${subject}/${code}`, severity, code, stage: severity, subject, facts };
}

/** Something that stands in the way of an event. Occurrences of the same event are one incident, told of by the next one. */
export function findOfEvent(code: PreflightCode, severity: Finding['severity'], need: EventNeed, facts: Facts, detail = ''): Finding {
  const { workload } = need.view;
  const { event } = need.occurrence;
  return {
    key: `preflight/${workload.name}/${event.source}/${event.name}/${code}${detail === '' ? '' : `/${detail}`}`,
    severity,
    code,
    stage: stageOf(need, severity),
    subject: `${workload.name}: ${event.name}`,
    facts: { ...describeWhen(need), ...facts },
  };
}

/** What several events want together and can't have, told of once under all their names. */
export function findOfEvents(
  code: PreflightCode,
  severity: Finding['severity'],
  needs: readonly EventNeed[],
  facts: Facts,
  detail: string,
): Finding {
  const names = needs.map(nameOf).sort();
  const first = needs.reduce((earliest, need) => (need.occurrence.startMs < earliest.occurrence.startMs ? need : earliest));
  return {
    key: `preflight/${names.join('+')}/${code}/${detail}`,
    severity,
    code,
    stage: stageOf(first, severity),
    subject: names.join(' and '),
    facts: { ...describeWhen(first), ...facts },
  };
}

/** What keeps replicas away is critical, unless batch workloads alone have to wait. */
export function graveFor(needs: readonly EventNeed[]): Finding['severity'] {
  return needs.some(({ view }) => view.place.tier !== 'batch') ? 'critical' : 'warning';
}

/** What is told of again: the next occurrence, and a change of how grave it is. */
function stageOf({ occurrence }: EventNeed, severity: Finding['severity']): string {
  return `${formatUtc(occurrence.startMs)}/${severity}`;
}

export function nameOf({ view, occurrence }: EventNeed): string {
  return `${view.workload.name}: ${occurrence.event.name}`;
}

function describeWhen({ occurrence, askMs }: EventNeed): Facts {
  return { event: occurrence.event.name, start: formatUtc(occurrence.startMs), askedFor: formatUtc(askMs) };
}
