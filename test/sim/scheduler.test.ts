import { describe, expect, it } from 'vitest';
import { EVENTS, NODES, PRIORITY_CLASSES } from '../../sim/resources.ts';
import type { NodePoolOptions } from '../../sim/workloads.ts';
import { LLM } from './fixture.ts';
import { prepareCluster } from './karpenter-fixture.ts';

const FOUR: NodePoolOptions = { name: 'four', instanceTypes: ['g6e.12xlarge'], consolidateAfter: '10s' };

function createClass(model: ReturnType<typeof prepareCluster>['model'], name: string, value: number): void {
  model.store.create(PRIORITY_CLASSES, { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value });
}

describe('the scheduler', () => {
  it('says of a pod that fits nowhere why not, node by node', () => {
    const { model, wait, pods, events } = prepareCluster([{ ...FOUR, limitGpus: 4 }], { minReplicas: 4 });
    wait(100);
    model.workloads.add({ ...LLM, name: 'zoned', nodeSelector: { 'topology.kubernetes.io/zone': 'zone-b' } });
    model.workloads.add({ ...LLM, name: 'more' });
    wait(10);
    const said = Object.fromEntries(
      pods()
        .filter(({ spec }) => spec.nodeName === undefined)
        .map(({ metadata, status }) => [metadata.labels?.app, status.conditions[0]?.message]),
    );
    expect(said).toEqual({
      zoned:
        "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
      more: '0/2 nodes are available: 2 Insufficient nvidia.com/gpu. no new claims to deallocate, preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
    });
    expect(events('FailedScheduling')).toContain(`Pod: ${said.more}`);
  });

  it('leaves a cordoned node alone, and comes back when it is uncordoned', () => {
    const { model, wait, nodes, pods } = prepareCluster([{ ...FOUR, limitGpus: 4 }], { minReplicas: 1 });
    wait(100);
    const [node] = nodes();
    if (node !== undefined) model.store.update(NODES, { ...node, spec: { ...node.spec, unschedulable: true } });
    model.workloads.add({ ...LLM, name: 'more' });
    wait(10);
    const waiting = () => pods().filter(({ spec }) => spec.nodeName === undefined);
    expect(waiting().map(({ status }) => status.conditions[0]?.message)).toEqual([
      expect.stringContaining('1 Insufficient nvidia.com/gpu, 1 node(s) had untolerated taint(s)'),
    ]);
    const [cordoned] = nodes();
    if (cordoned !== undefined) model.store.update(NODES, { ...cordoned, spec: { ...cordoned.spec, unschedulable: false } });
    wait(1);
    expect(waiting()).toEqual([]);
  });

  it('puts a pod of higher priority in the place of lower ones, as few as needed; those come back elsewhere', () => {
    const { model, wait, pods, events } = prepareCluster([{ ...FOUR, limitGpus: 4 }], { minReplicas: 4, priorityClassName: 'placeholder' });
    createClass(model, 'placeholder', -10);
    wait(100);
    model.workloads.add({ ...LLM, name: 'chat', minReplicas: 3 });
    wait(1);
    const placed = (app: string) => pods().filter(({ metadata, spec }) => metadata.labels?.app === app && spec.nodeName !== undefined);
    expect([placed('chat').length, placed('llm').length]).toEqual([3, 1]);
    expect(events('Preempted')).toHaveLength(3);
    expect(events('Preempted')[0]).toMatch(/^Pod: Preempted by pod [-0-9a-f]{36} on node four-\w{5}$/);
    expect(pods().filter(({ metadata }) => metadata.labels?.app === 'llm')).toHaveLength(4);
  });

  it('equal priorities don’t preempt each other', () => {
    const { model, wait, events } = prepareCluster([{ ...FOUR, limitGpus: 4 }], { minReplicas: 4 });
    wait(100);
    model.workloads.add({ ...LLM, name: 'chat', minReplicas: 3 });
    wait(100);
    expect(events('Preempted')).toEqual([]);
  });

  it('a class that is missing keeps the replica set from creating pods until it is there', () => {
    const { model, wait, pods, events } = prepareCluster([FOUR], { priorityClassName: 'later' });
    wait(10);
    expect(pods()).toEqual([]);
    expect(events('FailedCreate')).toEqual([
      expect.stringMatching(/^ReplicaSet: Error creating: pods "llm-\w+-" is forbidden: no PriorityClass with name later was found$/),
    ]);
    createClass(model, 'later', 100);
    wait(1);
    expect(pods()[0]?.spec).toMatchObject({ priorityClassName: 'later', priority: 100, preemptionPolicy: 'PreemptLowerPriority' });
  });
});

describe('events', () => {
  it('are named as the real components name them, one for each step', () => {
    const { wait, events } = prepareCluster([FOUR]);
    wait(200);
    expect(events('ScalingReplicaSet')).toEqual([expect.stringMatching(/^Deployment: Scaled up replica set llm-\w{10} from 0 to 1$/)]);
    expect(events('SuccessfulCreate')).toEqual([expect.stringMatching(/^ReplicaSet: Created pod: llm-\w{10}-\w{5}$/)]);
    expect(events('Nominated')).toEqual([expect.stringMatching(/^Pod: Pod should schedule on: nodeclaim\/four-\w{5}$/)]);
    expect(events('Scheduled')).toEqual([expect.stringMatching(/^Pod: Successfully assigned inference\/llm-\w{10}-\w{5} to four-\w{5}$/)]);
  });

  it('many that differ in their message only become one, counted', () => {
    const { wait, model } = prepareCluster([{ ...FOUR }], { minReplicas: 30, maxReplicas: 30 });
    wait(10);
    const created = model.store.list(EVENTS, 'inference').filter(({ reason }) => reason === 'SuccessfulCreate');
    expect(created).toHaveLength(11);
    expect(created.filter(({ message }) => message.startsWith('(combined from similar events): Created pod: '))).toMatchObject([
      { count: 20 },
    ]);
  });

  it('end after an hour', () => {
    const { wait, model } = prepareCluster([FOUR]);
    wait(300);
    expect(model.store.list(EVENTS, 'inference').length).toBeGreaterThan(3);
    wait(3_600);
    expect(model.store.list(EVENTS, 'inference')).toEqual([]);
  });
});
