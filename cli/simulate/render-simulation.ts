import { formatInZone, formatUtc } from '../../lambda/core/units/time.ts';
import type { SimulatedPolicy, SimulationReport } from '../../report/simulation.ts';
import { formatAttainment, formatCount, formatGpuHours, formatPlural, formatUsd } from '../../report/text.ts';
import { colors } from '../colors.ts';
import { renderTable } from '../output.ts';

const WORST_EVENTS = 5;

/** A simulation for people: each workload's policies side by side, its worst events, and what the figures rest on. */
export function renderSimulation(report: SimulationReport): string {
  const { timezone, fromMs, toMs, workloads, assumptions } = report;
  const period = `${formatInZone(fromMs, timezone)} to ${formatInZone(toMs, timezone)} (${formatUtc(fromMs)} to ${formatUtc(toMs)})`;
  return [
    colors.bold(`Simulated ${period}`),
    ...workloads.flatMap(({ workload, policies, events }) => {
      const short = events.filter(({ shortMinutes }) => (shortMinutes ?? 0) > 0);
      return [
        '',
        colors.bold(`${workload}: was it enough, and what did it cost?`),
        renderTable(
          ['POLICY', 'EVENT MINUTES', 'ALL MINUTES', 'COST × NEED', 'SHORT REPLICA-MIN', 'GPU-HOURS', 'COST'],
          policies.map(policyRow),
        ),
        `Enough in every minute of ${formatCount(events.length - short.length)} of ${formatPlural(events.length, 'event')}.`,
        ...(short.length === 0
          ? []
          : [
              renderTable(
                ['SHORTEST EVENTS', 'START', 'START (UTC)', 'FLOOR', 'READY', 'SHORT MINUTES'],
                short
                  .toSorted((a, b) => (b.shortMinutes ?? 0) - (a.shortMinutes ?? 0) || a.startMs - b.startMs)
                  .slice(0, WORST_EVENTS)
                  .map((event) => [
                    event.name,
                    formatInZone(event.startMs, timezone),
                    formatUtc(event.startMs),
                    event.learned ? 'learned' : formatCount(event.floor),
                    formatCount(event.readyAtStart),
                    formatCount(event.shortMinutes),
                  ]),
              ),
            ]),
      ];
    }),
    '',
    colors.dim(assumptions.map(({ name, value }) => `${name}: ${value}`).join('\n')),
  ].join('\n');
}

function policyRow({ name, kind, eventAttainment, allAttainment, costMultiple, shortReplicaMinutes, gpuHours, usd }: SimulatedPolicy) {
  return [
    kind === 'foretide' ? colors.bold(name) : name,
    formatAttainment(eventAttainment),
    formatAttainment(allAttainment),
    costMultiple === null ? 'no need' : costMultiple.toFixed(2),
    formatCount(shortReplicaMinutes),
    formatGpuHours(gpuHours),
    formatUsd(usd),
  ];
}

/** A simulation for machines; unknown figures are null. */
export function renderSimulationJson({ fromMs, toMs, workloads, assumptions, warnings, generatedBy }: SimulationReport): unknown {
  return {
    from: formatUtc(fromMs),
    to: formatUtc(toMs),
    generatedBy,
    workloads: workloads.map(({ workload, unit, capacityPerReplica, policies, events }) => ({
      workload,
      unit,
      capacityPerReplica,
      policies,
      events: events.map(({ startMs, endMs, leadFromMs, ...event }) => ({
        ...event,
        start: formatUtc(startMs),
        end: formatUtc(endMs),
        leadFrom: formatUtc(leadFromMs),
      })),
    })),
    assumptions,
    warnings,
  };
}
