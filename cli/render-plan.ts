import type { SourceProblem } from '../lambda/app/calendar.ts';
import type { PeriodPlan } from '../lambda/app/plan.ts';
import type { CronTrigger } from '../lambda/core/keda/cron-windows.ts';
import type { WorkloadPlan } from '../lambda/core/prescale/plan.ts';
import type { PlannedCron, PlannedWindow } from '../lambda/core/prescale/plan-cron.ts';
import type { PlanNote } from '../lambda/core/prescale/plan-notes.ts';
import { MINUTE_MS } from '../lambda/core/units/quantities.ts';
import { formatInZone, formatUtc } from '../lambda/core/units/time.ts';
import { formatCount, formatGpuHours, formatUsd } from '../report/text.ts';
import { colors } from './colors.ts';
import { renderTable } from './output.ts';

/** The plan for people: what changes when, what it adds up to, and what needs a look. */
export function renderPlan(plan: PeriodPlan, timezone: string): string {
  const period = `${formatInZone(plan.fromMs, timezone)} to ${formatInZone(plan.toMs, timezone)} (${formatUtc(plan.fromMs)} to ${formatUtc(plan.toMs)})`;
  const changes = plan.workloads.flatMap(({ workload, baseline, segments }) =>
    segments.map((segment) => [
      workload.name,
      formatInZone(segment.fromMs, timezone),
      formatUtc(segment.fromMs),
      baseline === undefined && segment.by === undefined ? 'baseline' : formatCount(segment.floor),
      formatCount(segment.floor * workload.gpusPerReplica),
      segment.by ?? colors.dim('baseline'),
    ]),
  );
  const totals = plan.workloads.map(({ workload, baseline, addedGpuHours, addedUsd }) => [
    workload.name,
    baseline === undefined ? 'unknown (bounds, or --live)' : `min ${baseline.min}, max ${baseline.max}`,
    `${Math.ceil(workload.leadMs / (MINUTE_MS / 10)) / 10} min${workload.startup === undefined ? '' : ', learned'}`,
    formatGpuHours(addedGpuHours),
    formatUsd(addedUsd),
  ]);
  return [
    colors.bold(`Plan for ${period}`),
    '',
    renderTable(['WORKLOAD', 'FROM', 'FROM (UTC)', 'FLOOR', 'GPUS', 'BY'], changes),
    '',
    renderTable(['WORKLOAD', 'BASELINE', 'LEAD', 'ADDED GPU-HOURS', 'ADDED COST'], totals),
    ...renderCrons(plan.crons ?? [], timezone),
    ...renderNotes([
      ...plan.notes.map((note) => describeNote(note, timezone)),
      ...(plan.crons ?? []).flatMap(describeWrongCron),
      ...plan.entries.map((entry) => describeEntry(entry, timezone)),
      ...plan.unreadable.map(({ source }) => `${source} can't be read: its events are missing here`),
    ]),
  ].join('\n');
}

/** What already raises replicas, so that nobody plans it twice or takes it for Foretide's. */
function renderCrons(crons: readonly PlannedCron[], timezone: string): string[] {
  const rows = crons.flatMap((cron) =>
    'wrong' in cron
      ? []
      : cron.windows.map((window) => [
          cron.workload,
          formatInZone(window.fromMs, timezone),
          formatUtc(window.fromMs),
          formatInZone(window.toMs, timezone),
          formatUtc(window.toMs),
          String(cron.replicas),
          describeCron(cron.trigger),
          describeMet(window),
        ]),
  );
  if (rows.length === 0) return [];
  const head = ['WORKLOAD', 'FROM', 'FROM (UTC)', 'TO', 'TO (UTC)', 'REPLICAS', 'CRON TRIGGER', 'EVENTS'];
  return ['', colors.bold('KEDA cron triggers on the cluster'), renderTable(head, rows)];
}

function describeCron({ start, end, timezone }: CronTrigger): string {
  return `${start} to ${end}, ${timezone}`;
}

function describeMet({ covers, meets }: PlannedWindow): string {
  return [...covers.map((event) => `covers ${event}`), ...meets.map((event) => `overlaps ${event}`)].join(', ');
}

function describeWrongCron(cron: PlannedCron): string[] {
  if (!('wrong' in cron)) return [];
  return [`${cron.workload}: a cron trigger of its ScaledObject ${cron.wrong} (${describeCron(cron.trigger)}): KEDA can't follow it`];
}

function renderNotes(notes: readonly string[]): string[] {
  return notes.length === 0 ? [] : ['', colors.bold('Needs a look'), ...notes.map((note) => `  ${note}`)];
}

/** An entry of a calendar that can't be used as it is: which, when, what, and what to do. */
export function describeEntry({ source, entry, startMs, kind, problem, fix }: SourceProblem, timezone: string): string {
  const when = startMs === undefined ? '' : ` on ${formatInZone(startMs, timezone)} (${formatUtc(startMs)})`;
  return `${source}: ${entry}${when} ${problem}${kind === 'left-out' ? '; it is left out' : ''}: ${fix}`;
}

/** The same for machines. */
function renderEntryJson({ source, entry, startMs, kind, problem, fix }: SourceProblem): unknown {
  return { source, entry, start: startMs === undefined ? null : formatUtc(startMs), leftOut: kind === 'left-out', problem, fix };
}

/** Something about a plan that needs a look, for people. */
export function describeNote(note: PlanNote, timezone: string): string {
  const { event, startMs } = note.event;
  const what = `${note.workload}: ${event} on ${formatInZone(startMs, timezone)} (${formatUtc(startMs)})`;
  switch (note.kind) {
    case 'trimmed':
      return `${what} wants ${note.wanted} replicas, but max is ${note.max}: raise maxReplicaCount or lower the floor`;
    case 'unsized':
      return `${what}: ${UNSIZED[note.why]}`;
    case 'moved-forward':
      return `${what}: the clock skips the local time that was written; the start moved forward`;
    case 'first-of-two':
      return `${what}: the clock passes the local time that was written twice; the first is meant`;
  }
}

export const UNSIZED: Readonly<Record<Extract<PlanNote, { kind: 'unsized' }>['why'], string>> = {
  'no-capacity': 'its floor is a demand, and the workload has no replica.capacity to divide it by',
  'other-unit': "its floor is a demand in another unit than the workload's replica.capacity",
  'nothing-learned': 'nothing has been learned yet, and it has no fallbackFloor',
  'demand-unknown': 'its demand was not read lately, and it has no fallbackFloor',
  'zero-baseline': 'its floor is a multiple of the baseline min, which is 0: give a number or { add: n }',
  'no-baseline': 'its floor is relative to a baseline that is not known here: give `bounds`, or ask with --live',
};

/** The plan for machines. Unknown figures are null. */
export function renderPlanJson(plan: PeriodPlan): unknown {
  return {
    from: formatUtc(plan.fromMs),
    to: formatUtc(plan.toMs),
    workloads: plan.workloads.map(renderWorkloadJson),
    notes: plan.notes.map(({ workload, event, ...note }) => ({ workload, event: event.event, start: formatUtc(event.startMs), ...note })),
    cronTriggers: plan.crons?.map(renderCronJson) ?? null,
    entries: plan.entries.map(renderEntryJson),
    unreadable: plan.unreadable,
  };
}

function renderCronJson(cron: PlannedCron): unknown {
  const { workload, trigger } = cron;
  if ('wrong' in cron) return { workload, trigger, problem: cron.wrong };
  const windows = cron.windows.map(({ fromMs, toMs, covers, meets }) => ({
    from: formatUtc(fromMs),
    to: formatUtc(toMs),
    covers,
    overlaps: meets,
  }));
  return { workload, trigger, replicas: cron.replicas, windows };
}

function renderWorkloadJson({ workload, baseline, events, segments, floorGpuHours, addedGpuHours, addedUsd }: WorkloadPlan): unknown {
  return {
    workload: workload.name,
    cluster: workload.target.cluster,
    baseline: baseline === undefined ? null : { min: baseline.min, max: baseline.max },
    leadMinutes: workload.leadMs / 60_000,
    leadLearned: workload.startup !== undefined,
    floors: segments.map(({ fromMs, toMs, floor, by }) => ({
      from: formatUtc(fromMs),
      to: formatUtc(toMs),
      floor: baseline === undefined && by === undefined ? null : floor,
      gpus: baseline === undefined && by === undefined ? null : floor * workload.gpusPerReplica,
      event: by ?? null,
    })),
    events: events.map(({ event, source, startMs, endMs, askMs, floor }) => ({
      event,
      source,
      start: formatUtc(startMs),
      end: formatUtc(endMs),
      askAt: formatUtc(askMs),
      floor: floor ?? null,
    })),
    floorGpuHours: baseline === undefined ? null : floorGpuHours,
    addedGpuHours: baseline === undefined ? null : addedGpuHours,
    addedUsd: baseline === undefined ? null : addedUsd,
  };
}
