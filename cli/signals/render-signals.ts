import type { SignalNow } from '../../lambda/app/signals-now.ts';
import type { AbsenceReason, Reading } from '../../lambda/core/signals/reading.ts';
import { type InstantMs, MINUTE_MS, SECOND_MS } from '../../lambda/core/units/quantities.ts';
import { formatUtc } from '../../lambda/core/units/time.ts';
import { formatCount, formatPlural } from '../../report/text.ts';
import { colors } from '../colors.ts';
import { renderTable } from '../output.ts';
import { UNIT_NAMES } from '../unit-names.ts';
import { coarsen, sparkline } from './sparkline.ts';

const ABSENT: Readonly<Record<AbsenceReason, string>> = {
  'no-data': 'no data within 15 min',
  'no-number': 'no number',
  future: 'from the future',
  ambiguous: 'several series',
  unreadable: 'can not be read',
};

/** A block of the line stands for so many minutes. */
const MINUTES_PER_BLOCK = 3;

/** The signals of a cluster for people. */
export function renderSignals(clusterName: string, signals: readonly SignalNow[], nowMs: InstantMs): string {
  if (signals.length === 0) return `${clusterName}: no workload has a \`demand\`; the metrics of the HPAs serve where one is needed`;
  const rows = signals.map(({ workload, source, reading, replicas, recent }) => [
    workload.name,
    describeValue(reading, workload.capacity && UNIT_NAMES[workload.capacity.unit]),
    replicas === undefined ? '' : formatPlural(replicas, 'replica'),
    describeState(reading, nowMs),
    sparkline(coarsen(recent.values, MINUTES_PER_BLOCK)),
    source,
  ]);
  return [
    colors.bold(`${clusterName}, ${formatUtc(nowMs)}`),
    renderTable(['workload', 'demand now', 'needs', 'state', 'last hour', 'read at'], rows),
    ...signals.flatMap(({ workload, reading, warnings, dependents }) => [
      '',
      `${workload.name}: ${dependents.join(', ')} go by it`,
      ...(reading.kind === 'absent' && reading.detail !== undefined ? [`  ${reading.detail}`] : []),
      ...warnings.map((warning) => `  the source says: ${warning}`),
    ]),
  ].join('\n');
}

function describeValue(reading: Reading<number>, unit: string | undefined): string {
  if (reading.kind === 'absent') return 'unknown';
  const { value } = reading;
  return [value < 100 ? String(Number(value.toFixed(2))) : formatCount(value), ...(unit === undefined ? [] : [unit])].join(' ');
}

function describeState(reading: Reading<number>, nowMs: InstantMs): string {
  if (reading.kind === 'absent') return colors.red(ABSENT[reading.why]);
  const age = `${formatAge(nowMs - reading.observedAtMs)} old`;
  return reading.kind === 'ok' ? colors.green(age) : colors.yellow(`stale, ${age}`);
}

function formatAge(ageMs: number): string {
  return ageMs < 2 * MINUTE_MS ? `${Math.round(ageMs / SECOND_MS)} s` : `${Math.round(ageMs / MINUTE_MS)} min`;
}

/** For machines: what is unknown is null. */
export function renderSignalsJson(signals: readonly SignalNow[], nowMs: InstantMs): unknown {
  return signals.map(({ workload, source, reading, replicas, recent, warnings, dependents }) => ({
    workload: workload.name,
    cluster: workload.target.cluster,
    source,
    state: reading.kind,
    value: reading.kind === 'absent' ? null : reading.value,
    unit: workload.capacity?.unit ?? null,
    replicas: replicas ?? null,
    observedAt: reading.kind === 'absent' ? null : formatUtc(reading.observedAtMs),
    ageSeconds: reading.kind === 'absent' ? null : Math.round((nowMs - reading.observedAtMs) / SECOND_MS),
    why: reading.kind === 'absent' ? reading.why : null,
    detail: reading.kind === 'absent' ? (reading.detail ?? null) : null,
    recent: {
      start: recent.values.length === 0 ? null : formatUtc(recent.startMs),
      perMinute: [...recent.values].map((value) => (Number.isNaN(value) ? null : value)),
    },
    warnings,
    dependents,
  }));
}
