import type { Finding } from '../prescale/findings.ts';
import { formatUtc } from '../units/time.ts';
import type { PreflightCode } from './codes.ts';
import type { EventNeed } from './event-need.ts';

type Facts = Finding['facts'];

/** Something that stands in the way of more than one event, told of once: `subject` names it. */
export function findShared(code: PreflightCode, severity: Finding['severity'], subject: string, facts: Facts): Finding {
  return { key: `preflight/${subject}/${code}`, severity, code, subject, facts };
}

/** Something that stands in the way of an event. Occurrences of the same event are one incident, told of by the next one. */
export function findOfEvent(code: PreflightCode, severity: Finding['severity'], need: EventNeed, facts: Facts, detail = ''): Finding {
  const { workload } = need.view;
  const { event } = need.occurrence;
  return {
    key: `preflight/${workload.name}/${event.source}/${event.name}/${code}${detail === '' ? '' : `/${detail}`}`,
    severity,
    code,
    subject: `${workload.name}: ${event.name}`,
    facts: { ...describeWhen(need), ...facts },
  };
}

/** What several events want together and can't have, told of once under all their names. */
export function findOfEvents(code: PreflightCode, needs: readonly EventNeed[], facts: Facts, detail: string): Finding {
  const names = needs.map(nameOf).sort();
  const first = needs.reduce((earliest, need) => (need.occurrence.startMs < earliest.occurrence.startMs ? need : earliest));
  return {
    key: `preflight/${names.join('+')}/${code}/${detail}`,
    severity: needs.some(({ view }) => view.place.tier !== 'batch') ? 'critical' : 'warning',
    code,
    subject: names.join(' and '),
    facts: { ...describeWhen(first), ...facts },
  };
}

export function nameOf({ view, occurrence }: EventNeed): string {
  return `${view.workload.name}: ${occurrence.event.name}`;
}

function describeWhen({ occurrence, askMs }: EventNeed): Facts {
  return { event: occurrence.event.name, start: formatUtc(occurrence.startMs), askedFor: formatUtc(askMs) };
}
