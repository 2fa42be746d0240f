import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTwin, type Twin } from '../../sim/twin.ts';
import { findKubectl } from './find-kubectl.ts';

type Outcome = { readonly code: number; readonly stdout: string; readonly stderr: string };

const START_MS = Date.UTC(2026, 10, 23, 18, 40);
const COMMAND_TIMEOUT_MS = 30_000;

let twin: Twin;
let directory: string;
let binary: string;

beforeAll(async () => {
  binary = await findKubectl();
  directory = await mkdtemp(join(tmpdir(), 'foretide-twin-'));
  twin = await startTwin({ seed: 'kubectl', startMs: START_MS });
  twin.addWorkload({
    namespace: 'inference',
    name: 'llm',
    minReplicas: 2,
    maxReplicas: 20,
    gpusPerReplica: 1,
    capacityPerReplicaPerMinute: 100,
    startupMedianMs: 60_000,
    startupSigma: 0,
  });
  twin.advanceBy(600_000);
  await writeFile(join(directory, 'kubeconfig'), twin.kubeconfig());
}, 330_000);

afterAll(async () => {
  await twin?.stop();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

function kubectl(...command: readonly string[]): Promise<Outcome> {
  const settings = ['--kubeconfig', join(directory, 'kubeconfig'), '--cache-dir', join(directory, 'cache')];
  return new Promise((resolve) => {
    execFile(binary, [...settings, ...command], { timeout: COMMAND_TIMEOUT_MS }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr });
    });
  });
}

/** Columns of a table as lists of words, the age left out. */
function rows({ stdout }: Outcome): readonly (readonly string[])[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).slice(0, -1));
}

describe('the real kubectl on the twin', () => {
  it('get shows the columns of the real kinds', async () => {
    expect(rows(await kubectl('get', 'scaledobjects', '-A'))).toEqual([
      ['NAMESPACE', 'NAME', 'SCALETARGETKIND', 'SCALETARGETNAME', 'MIN', 'MAX', 'READY', 'ACTIVE', 'FALLBACK', 'PAUSED', 'TRIGGERS'],
      ['inference', 'llm', 'apps/v1.Deployment', 'llm', '2', '20', 'True', 'False', 'False', 'False', 'prometheus'],
    ]);
    expect(rows(await kubectl('get', 'hpa'))).toEqual([
      ['NAME', 'REFERENCE', 'TARGETS', 'MINPODS', 'MAXPODS', 'REPLICAS'],
      ['keda-hpa-llm', 'Deployment/llm', '0/100', '(avg)', '2', '20', '2'],
    ]);
    const all = await kubectl('get', 'pods,nodes,nodepools,nodeclaims,deploy', '-o', 'name');
    expect(
      all.stdout
        .trim()
        .split('\n')
        .map((line) => line.split('/')[0]),
    ).toEqual([
      'pod',
      'pod',
      'node',
      'node',
      'node',
      'nodepool.karpenter.sh',
      'nodeclaim.karpenter.sh',
      'nodeclaim.karpenter.sh',
      'deployment.apps',
    ]);
  });

  it('describes each kind, with its events', async () => {
    const [claim] = (await kubectl('get', 'nodeclaims', '-o', 'name')).stdout.trim().split('\n');
    const node = claim?.split('/')[1] ?? '';
    const described = async (...what: readonly string[]) => {
      const outcome = await kubectl('describe', ...what);
      expect(outcome).toMatchObject({ code: 0 });
      return outcome.stdout.replaceAll(/ +/g, ' ');
    };
    const pods = await described('pods', '-l', 'app=llm');
    expect(pods).toMatch(/Limits:\n nvidia.com\/gpu: 1/);
    expect(pods).toMatch(/Normal Scheduled \S+ default-scheduler Successfully assigned inference\/llm-\w+-\w+ to gpu-\w+/);
    expect(pods).toMatch(/Warning FailedScheduling \S+ default-scheduler 0\/1 nodes are available: 1 Insufficient nvidia.com\/gpu\./);
    const machine = await described('node', node);
    expect(machine).toContain('Taints: nvidia.com/gpu:NoSchedule');
    expect(machine).toMatch(/Allocatable:\n cpu: 4\n memory: 32Gi\n nvidia.com\/gpu: 1/);
    expect(machine).toMatch(/Non-terminated Pods: \(1 in total\)/);
    expect(machine).toMatch(/Normal RegisteredNode \S+ node-controller/);
    expect(await described('hpa', 'keda-hpa-llm')).toMatch(/Min replicas: 2\nMax replicas: 20/);
    expect(await described('deploy', 'llm')).toMatch(
      /Normal ScalingReplicaSet \S+ deployment-controller Scaled up replica set llm-\w+ from 0 to 2/,
    );
    expect(await described('so', 'llm')).toMatch(/Normal ScaledObjectReady \S+ keda-operator ScaledObject is ready for scaling/);
    expect(await described('nodepool', 'gpu')).toMatch(/Resources:\n Cpu: 8\n Memory: 64Gi\n Nodes: 2\n nvidia.com\/gpu: 2/);
    expect(await described('nodeclaim', node)).toMatch(
      /Normal Registered \S+ karpenter Status condition transitioned, Type: Registered, Status: Unknown -> True, Reason: Registered/,
    );
  });

  it('shows events as a table', async () => {
    const { stdout } = await kubectl('get', 'events', '--field-selector', 'reason=ScalingReplicaSet');
    expect(stdout.split('\n')[0]?.split(/\s{2,}/)).toEqual(['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']);
    expect(stdout).toMatch(/^10m +Normal +ScalingReplicaSet +deployment\/llm +Scaled up replica set/m);
  });

  it('pages through a list', async () => {
    const { stdout } = await kubectl('get', 'pods', '--chunk-size=1', '-o', 'name');
    expect(stdout.trim().split('\n')).toHaveLength(2);
  });

  it('patch, annotate and scale move the cluster', async () => {
    const patched = await kubectl('patch', 'so', 'llm', '--type', 'merge', '-p', '{"spec":{"minReplicaCount":5}}');
    expect(patched).toMatchObject({ code: 0, stdout: 'scaledobject.keda.sh/llm patched\n' });
    twin.advanceBy(1_000);
    expect((await kubectl('get', 'hpa', 'keda-hpa-llm', '-o', 'jsonpath={.spec.minReplicas}')).stdout).toBe('5');
    expect((await kubectl('get', 'deploy', 'llm', '-o', 'jsonpath={.spec.replicas}')).stdout).toBe('5');
    expect((await kubectl('annotate', 'so', 'llm', 'autoscaling.keda.sh/paused=true')).code).toBe(0);
    twin.advanceBy(1_000);
    expect((await kubectl('get', 'hpa')).stderr).toContain('No resources found');
    expect((await kubectl('scale', 'deploy', 'llm', '--replicas=1')).stdout).toBe('deployment.apps/llm scaled\n');
    twin.advanceBy(1_000);
    expect(twin.readWorkload('llm').replicas).toBe(1);
    expect((await kubectl('annotate', 'so', 'llm', 'autoscaling.keda.sh/paused-')).code).toBe(0);
    twin.advanceBy(1_000);
    expect(twin.readWorkload('llm').replicas).toBe(5);
  });

  it.each<[string, readonly string[], string]>([
    [
      'a min above max',
      ['patch', 'so', 'llm', '--type', 'merge', '-p', '{"spec":{"minReplicaCount":50}}'],
      'The ScaledObject "llm" is invalid: spec: Invalid value: minReplicaCount must be less than or equal to maxReplicaCount',
    ],
    [
      'a strategic merge',
      ['patch', 'so', 'llm', '-p', '{"spec":{"minReplicaCount":5}}'],
      'application/strategic-merge-patch+json is not supported by keda.sh/v1alpha1, Kind=ScaledObject',
    ],
    ['a missing object', ['get', 'so', 'none'], 'Error from server (NotFound): scaledobjects.keda.sh "none" not found'],
    ['a missing kind', ['get', 'widgets'], 'the server doesn\'t have a resource type "widgets"'],
  ])('says what is wrong with %s', async (_, command, message) => {
    const outcome = await kubectl(...command);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain(message);
  });

  it('warns of a misspelt field in a patch', async () => {
    const outcome = await kubectl('patch', 'so', 'llm', '--type', 'merge', '-p', '{"spec":{"minReplicasCount":3}}');
    expect(outcome).toMatchObject({
      code: 0,
      stdout: 'scaledobject.keda.sh/llm patched (no change)\n',
      stderr: 'Warning: unknown field "spec.minReplicasCount"\n',
    });
  });

  it('applies on the server: creates, co-owns, meets conflicts, forces', async () => {
    const file = join(directory, 'priority.yaml');
    const write = (value: number) =>
      writeFile(file, `apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: placeholder}\nvalue: ${value}\n`);
    const apply = (...more: readonly string[]) => kubectl('apply', '--server-side', '-f', file, ...more);
    await write(-10);
    expect(await apply('--field-manager', 'one')).toMatchObject({
      code: 0,
      stdout: 'priorityclass.scheduling.k8s.io/placeholder serverside-applied\n',
    });
    expect(await apply('--field-manager', 'two')).toMatchObject({ code: 0 });
    await write(-20);
    const refused = await apply('--field-manager', 'two');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('Apply failed with 1 conflict: conflict with "one": .value');
    expect(await apply('--field-manager', 'two', '--force-conflicts')).toMatchObject({ code: 0 });
    expect((await kubectl('get', 'pc', 'placeholder', '-o', 'jsonpath={.value}')).stdout).toBe('-20');
  });

  it('create refuses a misspelt field, apply creates and changes, delete deletes', async () => {
    const manifest = (min: string) =>
      [
        'apiVersion: v1\nkind: Namespace\nmetadata: {name: batch}',
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: emb, namespace: batch}\nspec:\n  replicas: 1\n  selector: {matchLabels: {app: emb}}\n  template:\n    metadata: {labels: {app: emb}}\n    spec: {containers: [{name: server, image: example.com/emb}]}',
        `apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: emb, namespace: batch}\nspec:\n  scaleTargetRef: {name: emb}\n  ${min}\n  triggers: [{type: prometheus, metadata: {serverAddress: "http://p", query: q, threshold: "5"}}]`,
      ].join('\n---\n');
    const file = join(directory, 'emb.yaml');
    await writeFile(file, manifest('minReplicasCount: 1'));
    expect((await kubectl('create', '-f', file)).stderr).toContain('strict decoding error: unknown field "spec.minReplicasCount"');
    await writeFile(file, manifest('minReplicaCount: 1'));
    expect((await kubectl('apply', '-f', file)).stdout).toContain('scaledobject.keda.sh/emb created');
    await writeFile(file, manifest('minReplicaCount: 3'));
    expect((await kubectl('apply', '-f', file)).stdout).toContain('scaledobject.keda.sh/emb configured');
    twin.advanceBy(1_000);
    expect((await kubectl('get', 'deploy', 'emb', '-n', 'batch', '-o', 'jsonpath={.spec.replicas}')).stdout).toBe('3');
    expect((await kubectl('delete', 'so', 'emb', '-n', 'batch', '--wait=false')).stdout).toContain('deleted');
    twin.advanceBy(1_000);
    expect((await kubectl('get', 'so,hpa', '-n', 'batch')).stderr).toContain('No resources found');
  });
});
