import { parseTime } from '../clock.ts';
import type { Condition, KubeObject } from '../objects.ts';
import {
  AUTOSCALERS,
  DEPLOYMENTS,
  EVENTS,
  LIMIT_RANGES,
  NAMESPACES,
  NODE_CLAIMS,
  NODE_POOLS,
  NODES,
  PODS,
  PRIORITY_CLASSES,
  REPLICA_SETS,
  RESOURCE_QUOTAS,
  type Resource,
  SCALED_JOBS,
  SCALED_OBJECTS,
} from '../resources.ts';
import { isPlainObject } from './patch.ts';

type Cell = string | number;
type Column = { readonly name: string; readonly wide?: true; readonly cell: (object: KubeObject, nowMs: number) => Cell };

/** What `kubectl get` shows of each kind, as the real server's printers and the CRDs' printer columns have it. */
const COLUMNS: ReadonlyMap<Resource, readonly Column[]> = new Map<Resource, readonly Column[]>([
  [NAMESPACES, [column('Status', 'status.phase')]],
  [
    PODS,
    [
      { name: 'Ready', cell: (pod) => `${isTrue(pod, 'Ready') ? 1 : 0}/1` },
      { name: 'Status', cell: (pod) => podStatus(pod) },
      { name: 'Restarts', cell: () => 0 },
      { ...column('Node', 'spec.nodeName'), wide: true },
    ],
  ],
  [
    NODES,
    [
      { name: 'Status', cell: (node) => (isTrue(node, 'Ready') ? 'Ready' : 'NotReady') },
      column('GPUs', 'status.allocatable.nvidia\\.com/gpu'),
    ],
  ],
  [
    EVENTS,
    [
      { name: 'Last Seen', cell: (event, nowMs) => renderAge(nowMs - parseTime(String(at(event, 'lastTimestamp')))) },
      column('Type', 'type'),
      column('Reason', 'reason'),
      {
        name: 'Object',
        cell: (event) => `${String(at(event, 'involvedObject.kind')).toLowerCase()}/${String(at(event, 'involvedObject.name'))}`,
      },
      column('Message', 'message'),
    ],
  ],
  [
    DEPLOYMENTS,
    [
      { name: 'Ready', cell: (object) => `${numberAt(object, 'status.readyReplicas')}/${numberAt(object, 'spec.replicas')}` },
      { name: 'Up-to-date', cell: (object) => numberAt(object, 'status.updatedReplicas') },
      { name: 'Available', cell: (object) => numberAt(object, 'status.availableReplicas') },
    ],
  ],
  [
    REPLICA_SETS,
    [
      { name: 'Desired', cell: (object) => numberAt(object, 'spec.replicas') },
      { name: 'Current', cell: (object) => numberAt(object, 'status.replicas') },
      { name: 'Ready', cell: (object) => numberAt(object, 'status.readyReplicas') },
    ],
  ],
  [
    PRIORITY_CLASSES,
    [column('Value', 'value'), { name: 'Global-Default', cell: (object) => String(at(object, 'globalDefault') === true) }],
  ],
  [RESOURCE_QUOTAS, [{ name: 'Request', cell: describeUse }]],
  [LIMIT_RANGES, []],
  [
    AUTOSCALERS,
    [
      {
        name: 'Reference',
        cell: (object) => `${String(at(object, 'spec.scaleTargetRef.kind'))}/${String(at(object, 'spec.scaleTargetRef.name'))}`,
      },
      { name: 'Targets', cell: targets },
      column('MinPods', 'spec.minReplicas'),
      column('MaxPods', 'spec.maxReplicas'),
      { name: 'Replicas', cell: (object) => numberAt(object, 'status.currentReplicas') },
    ],
  ],
  [
    SCALED_OBJECTS,
    [
      column('ScaleTargetKind', 'status.scaleTargetKind'),
      column('ScaleTargetName', 'spec.scaleTargetRef.name'),
      column('Min', 'spec.minReplicaCount'),
      column('Max', 'spec.maxReplicaCount'),
      ...['Ready', 'Active', 'Fallback', 'Paused'].map(conditionColumn),
      column('Triggers', 'status.triggersTypes'),
    ],
  ],
  [SCALED_JOBS, [column('Min', 'spec.minReplicaCount'), column('Max', 'spec.maxReplicaCount')]],
  [
    NODE_POOLS,
    [
      column('NodeClass', 'spec.template.spec.nodeClassRef.name'),
      column('Nodes', 'status.resources.nodes'),
      column('GPUs', 'status.resources.nvidia\\.com/gpu'),
      conditionColumn('Ready'),
      { ...column('Weight', 'spec.weight'), wide: true },
    ],
  ],
  [
    NODE_CLAIMS,
    [
      column('Type', 'metadata.labels.node\\.kubernetes\\.io/instance-type'),
      column('Capacity', 'metadata.labels.karpenter\\.sh/capacity-type'),
      column('Node', 'status.nodeName'),
      conditionColumn('Ready'),
    ],
  ],
]);

export function renderTable(resource: Resource, objects: readonly KubeObject[], metadata: object, nowMs: number): object {
  const own = COLUMNS.get(resource) ?? [];
  const name: Column = { name: 'Name', cell: ({ metadata: { name } }) => name };
  const age: Column = { name: 'Age', cell: ({ metadata: { creationTimestamp } }) => renderAge(nowMs - parseTime(creationTimestamp)) };
  // Nobody looks for an event by its name.
  const columns: readonly Column[] = resource === EVENTS ? [...own, { ...name, wide: true }] : [name, ...own, age];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map(({ name, wide }) => ({
      name,
      type: 'string',
      format: name === 'Name' ? 'name' : '',
      description: name,
      priority: wide === true ? 1 : 0,
    })),
    rows: objects.map((object) => ({
      cells: columns.map(({ cell }) => cell(object, nowMs)),
      object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
    })),
  };
}

/** kubectl's short durations: two units where the larger one is small. */
function renderAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  if (hours < 48) return `${hours}h`;
  return days < 8 && hours % 24 !== 0 ? `${days}d${hours % 24}h` : `${days}d`;
}

function column(name: string, path: string): Column {
  return {
    name,
    cell: (object) => {
      const value = at(object, path);
      return typeof value === 'number' || typeof value === 'string' ? value : '';
    },
  };
}

function conditionColumn(type: string): Column {
  return { name: type, cell: (object) => conditionsOf(object).find((one) => one.type === type)?.status ?? 'Unknown' };
}

function conditionsOf(object: KubeObject): readonly Condition[] {
  const conditions = at(object, 'status.conditions');
  return Array.isArray(conditions) ? conditions : [];
}

function isTrue(object: KubeObject, type: string): boolean {
  return conditionsOf(object).some((one) => one.type === type && one.status === 'True');
}

function podStatus(pod: KubeObject): string {
  if (isTrue(pod, 'Ready')) return 'Running';
  return at(pod, 'spec.nodeName') === undefined ? 'Pending' : 'ContainerCreating';
}

/** Used and allowed of each key; those that nothing counts are 0, as kubectl has them. */
function describeUse(quota: KubeObject): string {
  const [hard, used] = [at(quota, 'status.hard'), at(quota, 'status.used')];
  if (!isPlainObject(hard)) return '';
  return Object.entries(hard)
    .map(([key, most]) => `${key}: ${String((isPlainObject(used) ? used[key] : undefined) ?? 0)}/${String(most)}`)
    .join(', ');
}

function targets(object: KubeObject): string {
  const metrics = at(object, 'spec.metrics');
  const current = at(object, 'status.currentMetrics');
  return (Array.isArray(metrics) ? metrics : [])
    .map((metric: unknown, index) => {
      const wanted = at(metric, 'external.target.averageValue');
      const now = Array.isArray(current) ? at(current[index], 'external.current.averageValue') : undefined;
      return wanted === undefined
        ? `${String(now ?? '<unknown>')}/${String(at(metric, 'external.target.value') ?? '<unset>')}`
        : `${String(now ?? '<unknown>')}/${String(wanted)} (avg)`;
    })
    .join(', ');
}

function numberAt(object: KubeObject, path: string): number {
  const value = at(object, path);
  return typeof value === 'number' ? value : 0;
}

/** A dot inside a name is written `\.`. */
function at(object: unknown, path: string): unknown {
  const keys = path.split(/(?<!\\)\./).map((key) => key.replaceAll('\\.', '.'));
  return keys.reduce<unknown>((value, key) => (isPlainObject(value) ? value[key] : undefined), object);
}
