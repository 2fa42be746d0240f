import { stringify } from 'yaml';
import type { Proposal, ProposedWorkload } from './propose.ts';

/** How the proposed file reaches the cluster: `clusters[0]` without what the survey found. */
export type ProposedCluster = {
  readonly name: string;
  readonly region?: string;
  readonly account?: string;
  readonly roleArn?: string;
  readonly kubeconfig?: { readonly context: string; readonly path?: string };
};

export type FileOptions = { readonly cluster: ProposedCluster; readonly timezone: string };

/** The proposal as the plain values of a foretide.yaml; proposed events are not among them, since they stand commented in the file. */
export function proposedValues(proposal: Proposal, { cluster, timezone }: FileOptions) {
  const { groups, gitops, prometheusUrl } = proposal;
  const ampWorkspaceId = workspaceIn(prometheusUrl);
  const prometheus = ampWorkspaceId === undefined ? { url: prometheusUrl } : { ampWorkspaceId };
  return {
    version: 1,
    timezone,
    clusters: [{ ...cluster, ...(gitops !== undefined && { gitops }), ...(prometheusUrl !== undefined && { prometheus }) }],
    workloads: proposal.workloads.map(valuesOf),
    ...(groups.length > 0 && { capacity: { groups: groups.map(({ name, pools }) => ({ name, pools: shorten(pools) })) } }),
  };
}

function valuesOf({ name, target, tier, gpus, instanceType, demand, group }: ProposedWorkload) {
  const replica = { ...(gpus !== undefined && { gpus }), ...(instanceType !== undefined && { instanceType }) };
  return {
    name,
    target,
    tier: tier.tier,
    ...(Object.keys(replica).length > 0 && { replica }),
    ...(demand !== undefined && { demand }),
    ...(group !== undefined && { group }),
  };
}

/** A list of one pool is written as its name. */
function shorten(pools: Readonly<Record<string, readonly string[]>>) {
  return Object.fromEntries(Object.entries(pools).map(([kind, names]) => [kind, names.length === 1 ? names[0] : names]));
}

/** Of Amazon Managed Service for Prometheus, whose URLs name their workspace. */
function workspaceIn(url: string | undefined): string | undefined {
  return /^https:\/\/aps-workspaces\.[a-z0-9-]+\.amazonaws\.com\/workspaces\/(ws-[0-9a-z-]{8,64})/.exec(url ?? '')?.[1];
}

/** The text of the proposed foretide.yaml, with what its reader must decide as comments. It parses without problems when there is a workload. */
export function renderProposal(proposal: Proposal, options: FileOptions): string {
  const { version, timezone, clusters, workloads, capacity } = proposedValues(proposal, options);
  const [cluster] = clusters;
  return [
    remark(
      `A proposal by \`foretide init\`, from what cluster ${options.cluster.name} says about itself. Nothing is read from this file until you use it.`,
    ),
    '# Look at what is marked TODO and at the guesses, add events, then try: foretide plan --live, foretide run --once --dry-run.',
    `version: ${version}`,
    line(0, 'timezone', timezone, 'default zone of local times'),
    '',
    'clusters:',
    ...Object.entries(cluster ?? {}).map(
      ([key, value], index) => (index === 0 ? '  - ' : '    ') + line(0, key, value, clusterRemark(key)),
    ),
    '',
    'workloads:',
    ...proposal.workloads.flatMap((workload, index) => renderWorkload(workload, workloads[index] ?? {})),
    ...(capacity === undefined ? [] : renderGroups(capacity.groups)),
    '',
    ...renderEvents(proposal),
    '',
  ].join('\n');
}

function clusterRemark(key: string): string {
  switch (key) {
    case 'gitops':
      return 'as the labels of its objects say';
    case 'prometheus':
      return "where KEDA's triggers ask, from inside the cluster; Foretide must reach it too";
    case 'kubeconfig':
      return 'for `foretide run` on this machine; to deploy, write region: instead';
    default:
      return '';
  }
}

function renderWorkload({ tier, gpus, bounds, remarks }: ProposedWorkload, values: Readonly<Record<string, unknown>>): string[] {
  const remarkOf: Readonly<Record<string, string>> = {
    target: remarks.target === '' ? '' : `TODO ${remarks.target}`,
    tier: `a guess (${tier.because}); critical, standard or batch: batch gives way first`,
    replica: [remarks.gpus, remarks.instanceType].filter((text) => text !== '').join('; '),
    demand: remarks.demand,
    group: remarks.group,
  };
  const lines = Object.entries(values).map(
    ([key, value], index) => (index === 0 ? '  - ' : '    ') + line(0, key, value, remarkOf[key] ?? ''),
  );
  const notes = [
    ...(gpus === undefined ? [`TODO replica: { gpus: N }   ${remarks.gpus}; without it 1 is taken`] : []),
    'TODO replica.capacity: { requestsPerMinute: N } (or tokensPerSecond, concurrency), what one replica serves; needed for floors in demand',
    `bounds: ${flow(bounds)}   as found; left out, they are read from the object outside events`,
    ...(values.demand === undefined && remarks.demand !== '' ? [`no demand: ${remarks.demand}`] : []),
    ...(values.group === undefined && remarks.group !== '' ? [`TODO group: ${remarks.group}`] : []),
  ];
  return [...lines, ...notes.map((note) => `    ${remark(note)}`)];
}

function renderGroups(groups: readonly object[]): string[] {
  return ['', 'capacity:', '  groups:', ...groups.map((group) => `    - ${flow(group)}`)];
}

const EXAMPLE = { name: 'launch', start: '2027-01-15T09:00', end: '2027-01-15T12:00', floor: { times: 3 } };

function renderEvents({ events, workloads }: Proposal): string[] {
  const first = workloads[0]?.name;
  if (events.length === 0) {
    const example = { ...EXAMPLE, workloads: first === undefined ? [] : [first] };
    return ['# TODO What is known to come, such as:', '# calendar:', '#   events:', remark(`    - ${flow(example)}`)];
  }
  return [
    '# The cron triggers as events, which are up before their start by the lead time. To use one, remove the # and, in the same change, the',
    '# trigger from its ScaledObject: KEDA would go on asking for its replicas.',
    '# calendar:',
    '#   events:',
    ...events.map((event) => remark(`    - ${flow(event)}`)),
  ];
}

function line(indent: number, key: string, value: unknown, comment: string): string {
  const text = `${' '.repeat(indent)}${key}: ${flow(value)}`;
  return comment === '' ? text : `${text}   ${remark(comment)}`;
}

/** One line of YAML, whatever the value: within a flow list even a text of several lines is quoted. */
function flow(value: unknown): string {
  return stringify([value], { collectionStyle: 'flow', lineWidth: 0 }).trim().slice('[ '.length, -' ]'.length);
}

const LONGEST_REMARK = 600;

/** Names and texts of a cluster may hold anything; a comment ends with its line. */
function remark(text: string): string {
  return `# ${text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, LONGEST_REMARK)}`;
}
