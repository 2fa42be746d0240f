import type { Explanation } from '../../lambda/app/explain.ts';
import { leadOfLast } from '../../lambda/core/prescale/lead.ts';
import { ENOUGH_SAMPLES, type StartupEstimate, type StartupGroup } from '../../lambda/core/startup/estimate-startups.ts';
import { STARTUP_PHASES, type StartupPhase } from '../../lambda/core/startup/startup-records.ts';
import { formatCount, formatPlural } from '../../report/text.ts';
import { colors } from '../colors.ts';
import { renderTable } from '../output.ts';
import { formatTook } from './took.ts';

/** How long before an event its replicas are asked for, and what of. */
export function renderLead({ workload, startups, events }: Explanation): string[] {
  const { learnsLead, leadMs, startup } = workload;
  const [together] = startups.groups;
  const seen = `${formatPlural(together?.ready ?? 0, 'start')} that became Ready, ${formatCount(together?.censored ?? 0)} that did not, ${formatCount(startups.pending)} on their way`;
  const title = colors.bold(`Lead time: ${formatTook(leadMs)}, ${startup === undefined ? 'as configured' : 'learned'}`);
  if (learnsLead === undefined) return ['', title, 'leadTime.learn is false: nothing is measured.'];
  const { percentile, safetyMs } = learnsLead;
  if (startup === undefined) {
    return ['', title, `Seen: ${seen}. From ${ENOUGH_SAMPLES} that became Ready on it is learned.`, ...renderPhases(startups)];
  }
  const most = Math.max(1, ...events.map((event) => event.together));
  return [
    '',
    title,
    `In ${percentile} of 100 cases the last of the replicas that its largest event asks for at once is Ready within it${safetyMs > 0 ? `, ${formatTook(safetyMs)} of safety included` : ''}.`,
    `Seen: ${seen}.${startups.newNodesOnly ? ' Only starts that waited for a new node count.' : ''}`,
    renderGroups(startups, percentile, most),
    ...describeSharing(startups),
    ...renderPhases(startups),
  ];
}

function renderGroups({ groups }: StartupEstimate, percentile: number, most: number): string {
  const shown = groups.length === 2 ? groups.slice(1) : groups;
  const rows = shown.map((group) => {
    const { startup } = group;
    const lead = (count: number) => (startup === undefined ? '' : formatTook(leadOfLast(startup, count, percentile)));
    return [
      describeKind(group),
      `${Math.round(group.share * 100)} %`,
      formatCount(group.ready),
      formatCount(group.censored),
      startup === undefined ? 'too few' : formatTook(startup.medianMs),
      startup === undefined ? '' : startup.sigma.toFixed(2),
      lead(1),
      lead(most),
      group.counts ? 'yes' : 'no',
    ];
  });
  const head = ['NODE', 'SHARE', 'READY', 'NOT READY', 'MEDIAN', 'σ', `ONE, p${percentile}`, `LAST OF ${most}, p${percentile}`, 'COUNTS'];
  return renderTable(head, rows);
}

function describeKind({ kind }: StartupGroup): string {
  if (kind === undefined) return 'all together';
  if (kind.instanceType === undefined && kind.capacityType === undefined) return 'not known';
  return [kind.instanceType, kind.capacityType].filter((part) => part !== undefined).join(', ');
}

function describeSharing({ groups }: StartupEstimate): string[] {
  const shared = Math.min(...groups.flatMap(({ counts, startup }) => (counts && startup !== undefined ? [startup.shared] : [])));
  return shared >= 0.01 && Number.isFinite(shared)
    ? [
        `Replicas asked for together have ${Math.round(shared * 100)} % of the variance in common, so the last of many is less late than if each were alone.`,
      ]
    : [];
}

const PHASES: Readonly<Record<StartupPhase, string>> = {
  claim: 'until a node is asked for',
  launch: 'node: launch',
  register: 'node: register',
  initialize: 'node: initialize',
  schedule: 'until scheduled',
  image: 'image',
  load: 'model load',
};
const BAR_LENGTH = 40;

function renderPhases({ phasesMs }: StartupEstimate): string[] {
  const total = STARTUP_PHASES.reduce((sum, phase) => sum + phasesMs[phase], 0);
  if (total === 0) return [];
  const width = Math.max(...STARTUP_PHASES.map((phase) => PHASES[phase].length));
  return [
    'Where the time goes, on average:',
    ...STARTUP_PHASES.map((phase) => {
      const share = phasesMs[phase] / total;
      const bar = '█'.repeat(Math.round(share * BAR_LENGTH));
      return `  ${PHASES[phase].padEnd(width)}  ${bar} ${formatTook(phasesMs[phase])} (${Math.round(share * 100)} %)`;
    }),
  ];
}
