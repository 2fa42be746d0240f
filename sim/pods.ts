import { renderTime } from './clock.ts';
import type { NamespaceLimits } from './namespace-limits.ts';
import type { Condition, Deployment, JsonObject, PodSpec, ReplicaSet } from './objects.ts';
import { containerStatuses, gpusOf, hashOf, owner, podCondition } from './pod-shapes.ts';
import { DEPLOYMENTS, PODS, PRIORITY_CLASSES, REPLICA_SETS } from './resources.ts';
import type { World } from './world.ts';

/** How long a replica takes from its creation to Ready when it needs a new node; log-normal. */
export type Startup = {
  readonly medianMs: number;
  readonly sigma: number;
  /** The part of it that the node takes; the rest is pulling the image and loading the model. */
  readonly nodeShare: number;
};

/** A pod as the scheduler and the fleet see it. */
export type PodRecord = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly deployment: string;
  /** Pods with the same key were made from the same template. */
  readonly templateKey: string;
  readonly gpus: number;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly JsonObject[];
  readonly priority: number;
  readonly preemptionPolicy: string;
  readonly createdMs: number;
  readonly nodeStartMs: number;
  readonly loadMs: number;
  nodeName: string | undefined;
  readyAtMs: number | undefined;
  /** The scheduler has said so. */
  unschedulable: boolean;
  removed: boolean;
};

export type Placement = {
  /** A pod wants a node; the fleet answers with `bind`. */
  readonly place: (pod: PodRecord) => void;
  /** The pod has its node. */
  readonly bound: (pod: PodRecord) => void;
  readonly release: (pod: PodRecord) => void;
};

export type Counts = { readonly wanted: number; readonly existing: number; readonly ready: number };

export type Pods = {
  readonly bind: (pod: PodRecord, nodeName: string) => void;
  readonly count: (namespace: string, deployment: string) => Counts;
  readonly setStartup: (namespace: string, deployment: string, startup: Startup) => void;
  readonly connect: (placement: Placement) => void;
};

/** The deployment and replica set controllers act within some ten milliseconds. */
const CONTROLLER_MS = 20;
/** client-go's rate limiter of a controller's queue: it tries again after 5 ms, doubled each time up to 1000 s. */
const FIRST_RETRY_MS = 5;
const LAST_RETRY_MS = 1_000_000;
/** A node of its kind takes 2–4 minutes on EC2 with a GPU AMI, a model of some ten GB as long again. */
const DEFAULT_STARTUP: Startup = { medianMs: 360_000, sigma: 0.3, nodeShare: 0.35 };
/** Of what follows the node the image takes a third: 101 s beside 195 s of the engine in a published measurement (A100, 27B). */
const IMAGE_SHARE = 1 / 3;

type Group = {
  readonly pods: Map<string, PodRecord>;
  replicaSetName: string | undefined;
  readonly random: World['random'];
  /** Why its last pod was refused, and how often one was in a row. */
  refusal: string | undefined;
  refusals: number;
  ready: number;
  due: boolean;
};

/** Deployments, their replica sets and pods, and what becomes of a pod once it has a node. */
export function startPods(world: World, limits: NamespaceLimits): Pods {
  const { clock, store } = world;
  const groups = new Map<string, Group>();
  const startups = new Map<string, Startup>();
  let placement: Placement | undefined;

  store.subscribe(({ type, resource, object, previous }) => {
    const { namespace = '', name } = object.metadata;
    if (resource === DEPLOYMENTS) {
      if (type === 'MODIFIED' && previous?.spec === object.spec) return;
      requestSync(`${namespace}/${name}`);
    } else if (resource === PRIORITY_CLASSES && type === 'ADDED') {
      // Pods that named it before it was there can be created now.
      for (const key of groups.keys()) requestSync(key);
    } else if (resource === PODS && type === 'DELETED') {
      for (const owner of object.metadata.ownerReferences ?? []) {
        const key = `${namespace}/${owner.name.replace(/-[^-]*$/, '')}`;
        const record = groups.get(key)?.pods.get(name);
        if (record !== undefined) forget(key, record);
        requestSync(key);
      }
    }
  });

  function groupOf(key: string): Group {
    const existing = groups.get(key);
    if (existing !== undefined) return existing;
    const group: Group = {
      pods: new Map(),
      replicaSetName: undefined,
      refusal: undefined,
      refusals: 0,
      random: world.random.fork(`pods/${key}`),
      ready: 0,
      due: false,
    };
    groups.set(key, group);
    return group;
  }

  function requestSync(key: string): void {
    const group = groupOf(key);
    if (group.due) return;
    group.due = true;
    clock.after(CONTROLLER_MS, () => {
      group.due = false;
      sync(key, group);
    });
  }

  function sync(key: string, group: Group): void {
    const [namespace = '', name = ''] = key.split('/');
    const deployment = store.get(DEPLOYMENTS, namespace, name);
    const wanted = deployment?.spec.replicas ?? (deployment === undefined ? 0 : 1);
    const surplus = group.pods.size - wanted;
    if (surplus > 0) for (const record of chooseVictims(group, surplus)) removePod(record, replicaSetOf(namespace, group));
    if (deployment !== undefined) {
      const replicaSet = keepReplicaSet(group, deployment, wanted);
      let missing = wanted - group.pods.size;
      // The controller stops at the first that is refused.
      while (missing > 0 && createPod(key, group, deployment, replicaSet)) missing -= 1;
      if (missing > 0) retryLater(key, group);
      else forgetRefusal(group);
      writeCounts(key, group);
    } else {
      const replicaSet = replicaSetOf(namespace, group);
      if (replicaSet !== undefined) store.remove(REPLICA_SETS, replicaSet);
      groups.delete(key);
    }
  }

  function retryLater(key: string, group: Group): void {
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** group.refusals, LAST_RETRY_MS);
    group.refusals += 1;
    clock.after(waitMs, () => {
      if (groups.get(key) === group) requestSync(key);
    });
  }

  function forgetRefusal(group: Group): void {
    group.refusal = undefined;
    group.refusals = 0;
  }

  /** The replica set controller's order: without a node first, then not ready, then on crowded nodes, then the youngest. */
  function chooseVictims(group: Group, count: number): readonly PodRecord[] {
    const perNode = new Map<string, number>();
    for (const { nodeName } of group.pods.values()) if (nodeName !== undefined) perNode.set(nodeName, (perNode.get(nodeName) ?? 0) + 1);
    const crowd = (pod: PodRecord) => (pod.nodeName === undefined ? 0 : (perNode.get(pod.nodeName) ?? 0));
    return [...group.pods.values()]
      .sort(
        (left, right) =>
          Number(left.nodeName !== undefined) - Number(right.nodeName !== undefined) ||
          Number(isReady(left)) - Number(isReady(right)) ||
          crowd(right) - crowd(left) ||
          (right.readyAtMs ?? 0) - (left.readyAtMs ?? 0) ||
          right.createdMs - left.createdMs ||
          (left.name < right.name ? 1 : -1),
      )
      .slice(0, count);
  }

  function isReady({ readyAtMs }: PodRecord): boolean {
    return readyAtMs !== undefined && readyAtMs <= clock.now();
  }

  /** False when admission refuses it. */
  function createPod(key: string, group: Group, deployment: Deployment, replicaSet: ReplicaSet): boolean {
    const { namespace = '' } = deployment.metadata;
    const template = deployment.spec.template;
    const startup = startups.get(key) ?? DEFAULT_STARTUP;
    const { priorityClassName } = template.spec;
    if (priorityClassName !== undefined && store.get(PRIORITY_CLASSES, undefined, priorityClassName) === undefined) {
      return refuse(
        group,
        replicaSet,
        `pods "${replicaSet.metadata.name}-" is forbidden: no PriorityClass with name ${priorityClassName} was found`,
      );
    }
    const totalMs = group.random.logNormal(startup.medianMs, startup.sigma);
    const podName = `${replicaSet.metadata.name}-${group.random.nameSuffix()}`;
    const admitted = limits.admit(namespace, podName, withPriority(template.spec));
    if (admitted.kind === 'refused') return refuse(group, replicaSet, admitted.why);
    const labels = { ...template.metadata?.labels, 'pod-template-hash': hashOf(replicaSet) };
    const pod = store.create(PODS, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: podName,
        namespace,
        labels,
        ...(template.metadata?.annotations === undefined ? {} : { annotations: template.metadata.annotations }),
        ownerReferences: [owner(replicaSet)],
      },
      spec: admitted.spec,
      status: { phase: 'Pending', conditions: [] },
    });
    const record: PodRecord = {
      namespace,
      name: pod.metadata.name,
      uid: pod.metadata.uid,
      deployment: deployment.metadata.name,
      templateKey: `${namespace}/${replicaSet.metadata.name}`,
      gpus: gpusOf(pod),
      nodeSelector: template.spec.nodeSelector ?? {},
      tolerations: template.spec.tolerations ?? [],
      priority: pod.spec.priority ?? 0,
      preemptionPolicy: pod.spec.preemptionPolicy ?? 'PreemptLowerPriority',
      createdMs: clock.now(),
      nodeStartMs: totalMs * startup.nodeShare,
      loadMs: totalMs * (1 - startup.nodeShare),
      nodeName: undefined,
      readyAtMs: undefined,
      unschedulable: false,
      removed: false,
    };
    group.pods.set(record.name, record);
    const message = `Created pod: ${record.name}`;
    world.recordEvent(replicaSet, { type: 'Normal', reason: 'SuccessfulCreate', message, component: 'replicaset-controller' });
    placement?.place(record);
    return true;
  }

  function refuse(group: Group, replicaSet: ReplicaSet, why: string): false {
    group.refusal = why;
    const event = {
      type: 'Warning' as const,
      reason: 'FailedCreate',
      message: `Error creating: ${why}`,
      component: 'replicaset-controller',
    };
    world.recordEvent(replicaSet, event);
    return false;
  }

  /** The Priority admission plug-in: the class that the pod names, else the global default, else 0. */
  function withPriority(spec: PodSpec): PodSpec {
    const chosen =
      spec.priorityClassName === undefined
        ? store.list(PRIORITY_CLASSES).find(({ globalDefault }) => globalDefault === true)
        : store.get(PRIORITY_CLASSES, undefined, spec.priorityClassName);
    if (chosen === undefined) return spec;
    const { metadata, value: priority, preemptionPolicy = 'PreemptLowerPriority' } = chosen;
    return { ...spec, priorityClassName: metadata.name, priority, preemptionPolicy };
  }

  function removePod(record: PodRecord, replicaSet: ReplicaSet | undefined): void {
    const pod = store.get(PODS, record.namespace, record.name);
    if (pod === undefined) return;
    store.remove(PODS, pod);
    if (replicaSet === undefined) return;
    const message = `Deleted pod: ${record.name}`;
    world.recordEvent(replicaSet, { type: 'Normal', reason: 'SuccessfulDelete', message, component: 'replicaset-controller' });
  }

  function forget(key: string, record: PodRecord): void {
    const group = groupOf(key);
    if (isReady(record)) group.ready -= 1;
    group.pods.delete(record.name);
    record.removed = true;
    placement?.release(record);
  }

  function bind(record: PodRecord, nodeName: string): void {
    const pod = store.get(PODS, record.namespace, record.name);
    if (pod === undefined) return;
    record.nodeName = nodeName;
    record.readyAtMs = clock.now() + record.loadMs;
    const time = renderTime(clock.now());
    const waiting = podCondition('False', time, 'ContainersNotReady');
    store.update(PODS, {
      ...pod,
      spec: { ...pod.spec, nodeName },
      status: {
        phase: 'Pending',
        startTime: time,
        conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: time }, ...waiting],
        containerStatuses: containerStatuses(pod.spec, { waiting: { reason: 'ContainerCreating' } }),
      },
    });
    placement?.bound(record);
    clock.after(record.loadMs * IMAGE_SHARE, () => {
      if (!record.removed) startContainers(record);
    });
    clock.at(record.readyAtMs, () => {
      if (!record.removed) becomeReady(record);
    });
  }

  /** The image is there; the model loads. */
  function startContainers(record: PodRecord): void {
    const pod = store.get(PODS, record.namespace, record.name);
    if (pod === undefined) return;
    const state = { running: { startedAt: renderTime(clock.now()) } };
    store.update(PODS, {
      ...pod,
      status: { ...pod.status, phase: 'Running', containerStatuses: containerStatuses(pod.spec, state) },
    });
  }

  function becomeReady(record: PodRecord): void {
    const pod = store.get(PODS, record.namespace, record.name);
    if (pod === undefined) return;
    const time = renderTime(clock.now());
    const scheduled = pod.status.conditions.filter(({ type }) => type === 'PodScheduled');
    const { startTime = time } = pod.status;
    store.update(PODS, {
      ...pod,
      status: {
        phase: 'Running',
        startTime,
        conditions: [...scheduled, ...podCondition('True', time)],
        containerStatuses: (pod.status.containerStatuses ?? []).map((status) => ({ ...status, ready: true })),
      },
    });
    const key = `${record.namespace}/${record.deployment}`;
    const group = groupOf(key);
    group.ready += 1;
    writeCounts(key, group);
  }

  function replicaSetOf(namespace: string, group: Group): ReplicaSet | undefined {
    return group.replicaSetName === undefined ? undefined : store.get(REPLICA_SETS, namespace, group.replicaSetName);
  }

  /** One replica set a deployment: the twin doesn't roll out new templates. */
  function keepReplicaSet(group: Group, deployment: Deployment, replicas: number): ReplicaSet {
    const { namespace = '', name, uid } = deployment.metadata;
    const existing = replicaSetOf(namespace, group);
    if (existing !== undefined) {
      if (existing.spec.replicas === replicas) return existing;
      sayScaled(deployment, existing.metadata.name, existing.spec.replicas, replicas);
      return store.update(REPLICA_SETS, { ...existing, spec: { ...existing.spec, replicas } });
    }
    const hash = world.random.fork(`template/${uid}`).nameSuffix(10);
    const labels = { ...deployment.spec.template.metadata?.labels, 'pod-template-hash': hash };
    group.replicaSetName = `${name}-${hash}`;
    sayScaled(deployment, group.replicaSetName, 0, replicas);
    return store.create(REPLICA_SETS, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: group.replicaSetName, namespace, labels, ownerReferences: [owner(deployment)] },
      spec: {
        replicas,
        selector: { matchLabels: { ...deployment.spec.selector.matchLabels, 'pod-template-hash': hash } },
        template: { metadata: { labels }, spec: deployment.spec.template.spec },
      },
      status: { replicas: 0 },
    });
  }

  function sayScaled(deployment: Deployment, replicaSetName: string, from: number, to: number): void {
    if (from === to) return;
    const message = `Scaled ${from < to ? 'up' : 'down'} replica set ${replicaSetName} from ${from} to ${to}`;
    world.recordEvent(deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message, component: 'deployment-controller' });
  }

  function writeCounts(key: string, group: Group): void {
    const [namespace = '', name = ''] = key.split('/');
    const deployment = store.get(DEPLOYMENTS, namespace, name);
    if (deployment === undefined) return;
    const replicas = group.pods.size;
    const observedGeneration = deployment.metadata.generation ?? 1;
    const before = deployment.status;
    const failed = before?.conditions?.find(({ type }) => type === 'ReplicaFailure');
    if (
      before?.replicas === replicas &&
      (before.readyReplicas ?? 0) === group.ready &&
      before.observedGeneration === observedGeneration &&
      failed?.message === group.refusal
    )
      return;
    const failure = group.refusal === undefined ? {} : { conditions: [replicaFailure(group.refusal, failed)] };
    const ready = group.ready === 0 ? {} : { readyReplicas: group.ready, availableReplicas: group.ready };
    const missing = replicas - group.ready;
    store.update(DEPLOYMENTS, {
      ...deployment,
      status: {
        observedGeneration,
        replicas,
        updatedReplicas: replicas,
        ...ready,
        ...(missing === 0 ? {} : { unavailableReplicas: missing }),
        ...failure,
      },
    });
    const replicaSet = replicaSetOf(namespace, group);
    if (replicaSet !== undefined) store.update(REPLICA_SETS, { ...replicaSet, status: { replicas, ...ready } });
  }

  function replicaFailure(message: string, before: Condition | undefined): Condition {
    const { lastTransitionTime = renderTime(clock.now()) } = before ?? {};
    return { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime };
  }

  return {
    bind,
    count: (namespace, deployment) => {
      const group = groups.get(`${namespace}/${deployment}`);
      const wanted = store.get(DEPLOYMENTS, namespace, deployment)?.spec.replicas ?? 0;
      return { wanted, existing: group?.pods.size ?? 0, ready: group?.ready ?? 0 };
    },
    setStartup: (namespace, deployment, startup) => startups.set(`${namespace}/${deployment}`, startup),
    connect: (value) => {
      placement = value;
    },
  };
}
