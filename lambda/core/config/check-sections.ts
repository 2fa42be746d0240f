import type { LooseFile } from './loose.ts';
import type { Finding, Path } from './problem.ts';
import { suggestion } from './suggest.ts';

/** What is wrong between clusters, workloads, groups and caps: names twice, names that mean nothing, things that exclude each other. */
export function checkSections(file: LooseFile): Finding[] {
  return [...checkClusters(file), ...checkWorkloads(file), ...checkGroups(file), ...checkCaps(file)];
}

/** Refuses the second use of a name among the entries of a list. */
export function checkUnique(names: readonly (string | undefined)[], base: Path): Finding[] {
  const first = new Map<string, number>();
  return names.flatMap((name, index): Finding[] => {
    if (name === undefined) return [];
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, index);
      return [];
    }
    return [
      {
        path: [...base, index, 'name'],
        message: `is already the name of ${base.at(-1) ?? 'entry '}[${before}]`,
        fix: 'give each its own name',
      },
    ];
  });
}

/** Refuses a name that nothing has. */
export function checkKnown(name: string | undefined, known: readonly (string | undefined)[], path: Path, what: string): Finding[] {
  if (name === undefined || known.includes(name)) return [];
  const names = [...new Set(known)].filter((candidate) => candidate !== undefined);
  return [{ path, message: `is not the name of a ${what}`, fix: suggestion(name, names, `${what}s`) }];
}

function checkClusters({ clusters }: LooseFile): Finding[] {
  const findings = checkUnique(names(clusters), ['clusters']);
  for (const [index, cluster] of clusters.entries()) {
    const path: Path = ['clusters', index];
    if (cluster.written.size > 0 && !cluster.written.has('region') && !cluster.written.has('kubeconfig'))
      findings.push({
        path,
        message: 'has neither region nor kubeconfig',
        fix: 'add region: us-east-1 for an EKS cluster, or kubeconfig: { context: NAME }',
      });
    const roleAccount = cluster.roleArn?.split(':')[4];
    if (roleAccount !== undefined && cluster.account !== undefined && roleAccount !== cluster.account)
      findings.push({
        path: [...path, 'roleArn'],
        message: `is a role of another account than ${cluster.account}`,
        fix: 'name a role of the account of the cluster',
      });
  }
  return findings;
}

function checkWorkloads({ workloads, clusters, groups }: LooseFile): Finding[] {
  const findings = checkUnique(names(workloads), ['workloads']);
  const targets = new Map<string, number>();
  for (const [index, workload] of workloads.entries()) {
    const path: Path = ['workloads', index];
    findings.push(...checkCluster(workload, path, 'workload', clusters));
    findings.push(...checkKnown(workload.group, names(groups), [...path, 'group'], 'pool group'));
    const cluster = workload.cluster ?? clusters[0]?.name;
    const group = groups.find((candidate) => candidate.name !== undefined && candidate.name === workload.group);
    const groupCluster = group?.cluster ?? clusters[0]?.name;
    if (group !== undefined && cluster !== groupCluster)
      findings.push({
        path: [...path, 'group'],
        message: `is a pool group of cluster ${groupCluster}, not of ${cluster}`,
        fix: 'name a group of the same cluster',
      });
    if (workload.sizing?.outsideEvents === 'learned' && !workload.written.has('bounds'))
      findings.push({
        path: [...path, 'sizing', 'outsideEvents'],
        message: 'is learned, which needs bounds: there is no time outside events to read them from the object',
        fix: 'add for example bounds: { min: 2, max: 60 }',
      });
    const { target } = workload;
    if (target === undefined) continue;
    if (workload.delivery === 'metricsApi' && target.kind !== 'ScaledObject')
      findings.push({
        path: [...path, 'delivery'],
        message: `is metricsApi, which needs a ScaledObject: nothing else has KEDA triggers that scale replicas`,
        fix: 'name a ScaledObject as the target, or remove delivery',
      });
    const key = JSON.stringify([cluster, target.kind, target.namespace, target.name]);
    const before = targets.get(key);
    if (before === undefined) targets.set(key, index);
    else
      findings.push({
        path: [...path, 'target'],
        message: `is already the target of workloads[${before}]`,
        fix: 'keep one workload for each object',
      });
  }
  return findings;
}

function checkCluster(
  entry: { readonly cluster?: string; readonly written: ReadonlySet<string> },
  path: Path,
  what: string,
  clusters: LooseFile['clusters'],
): Finding[] {
  if (entry.written.has('cluster')) return checkKnown(entry.cluster, names(clusters), [...path, 'cluster'], 'cluster');
  if (clusters.length < 2) return [];
  return [
    {
      path: [...path, 'cluster'],
      message: `is required, since there are ${clusters.length} clusters`,
      fix: `write the name of the cluster of the ${what}`,
    },
  ];
}

function checkGroups({ groups, clusters }: LooseFile): Finding[] {
  return [
    ...checkUnique(names(groups), ['capacity', 'groups']),
    ...groups.flatMap((group, index) => checkCluster(group, ['capacity', 'groups', index], 'pool group', clusters)),
  ];
}

function checkCaps({ caps, workloads }: LooseFile): Finding[] {
  return [
    ...checkUnique(names(caps), ['spend', 'caps']),
    ...caps.flatMap(({ scope }, index) => {
      if (typeof scope !== 'object' || !('workload' in scope)) return [];
      return checkKnown(scope.workload, names(workloads), ['spend', 'caps', index, 'scope', 'workload'], 'workload');
    }),
  ];
}

function names(entries: readonly { readonly name?: string }[]): (string | undefined)[] {
  return entries.map((entry) => entry.name);
}
