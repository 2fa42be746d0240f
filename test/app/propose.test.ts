import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { surveyCluster } from '../../lambda/app/survey.ts';
import { parseConfig } from '../../lambda/core/config/parse.ts';
import { type Proposal, proposeConfig } from '../../lambda/core/propose/propose.ts';
import { type FileOptions, proposedValues, renderProposal } from '../../lambda/core/propose/render.ts';
import { ClusterError } from '../../lambda/ports/cluster.ts';
import { readManifests, surveyOfManifests } from '../fakes/survey-of-manifests.ts';

/** A Friday; in Paris it is already 01:00 of it. */
const NOW_MS = Date.parse('2026-11-27T00:00:00Z');
const FILE: FileOptions = { cluster: { name: 'prod-use1', region: 'us-east-1' }, timezone: 'America/New_York' };
const FLEET = readFileSync(fileURLToPath(new URL('../fixtures/init/gpu-fleet.yaml', import.meta.url)), 'utf8');

async function propose(text: string, all = false): Promise<Proposal> {
  return proposeConfig(await surveyCluster(surveyOfManifests(readManifests(text))), { all, nowMs: NOW_MS });
}

/** The file with its commented events in force. */
function uncommentEvents(text: string): string {
  const [before = '', events = ''] = text.split(/^# calendar:$/m);
  return `${before}calendar:${events.replaceAll(/^# /gm, '')}`;
}

function expectParses(proposal: Proposal): void {
  const text = renderProposal(proposal, FILE);
  expect(() => parseConfig(text, 'foretide.yaml')).not.toThrow();
  expect(() => parseConfig(uncommentEvents(text), 'foretide.yaml')).not.toThrow();
}

describe('a cluster of GPUs', () => {
  it('becomes a configuration', async () => {
    const proposal = await propose(FLEET);
    expect(proposedValues(proposal, FILE)).toEqual({
      version: 1,
      timezone: 'America/New_York',
      clusters: [{ name: 'prod-use1', region: 'us-east-1', gitops: 'argocd', prometheus: { url: 'https://prometheus.example.com' } }],
      workloads: [
        {
          name: 'summarize',
          target: { kind: 'ScaledJob', namespace: 'batch', name: 'summarize' },
          tier: 'batch',
          replica: { gpus: 2 },
          demand: { keda: { trigger: 'rabbitmq-jobs' }, kind: 'backlog', drainMinutes: 30 },
        },
        {
          name: 'llama-405b',
          target: { kind: 'HorizontalPodAutoscaler', namespace: 'inference', name: 'llama-405b-hpa' },
          tier: 'standard',
          replica: { gpus: 16, instanceType: 'p5.48xlarge' },
          group: 'h100',
        },
        {
          name: 'llama-8b',
          target: { kind: 'ScaledObject', namespace: 'inference', name: 'llama-8b-scaledobject' },
          tier: 'critical',
          replica: { gpus: 1, instanceType: 'g6e.xlarge' },
          demand: { prometheus: { query: 'sum(rate(vllm:request_success_total{model_name="llama-8b"}[1m])) * 60' } },
          group: 'l40s',
        },
        {
          // Nothing is known of a RayCluster's pods, which is not the same as no GPU.
          name: 'embed',
          target: { kind: 'ScaledObject', namespace: 'research', name: 'embed' },
          tier: 'standard',
        },
        {
          name: 'search-embed',
          target: { kind: 'ScaledObject', namespace: 'search', name: 'embed' },
          tier: 'standard',
          replica: { gpus: 1 },
          demand: {
            cloudwatch: {
              namespace: 'AWS/ApplicationELB',
              metricName: 'RequestCount',
              dimensions: { TargetGroup: 'targetgroup/embed/0123456789abcdef', LoadBalancer: 'app/web/fedcba9876543210' },
              stat: 'Sum',
              period: '60s',
            },
          },
        },
      ],
      capacity: {
        groups: [
          { name: 'h100', pools: { reserved: 'h100-odcr' } },
          { name: 'l40s', pools: { onDemand: 'l40s-od', spot: ['l40s-spot-a', 'l40s-spot-b'] } },
        ],
      },
    });
    expectParses(proposal);
  });

  it('says what it left out and why, and what to look at', async () => {
    const proposal = await propose(FLEET);
    expect(proposal.leftOut).toEqual([
      { why: 'it scales a Deployment that does not exist', objects: ['ScaledObject research/forgotten'] },
      { why: 'its pods ask for no GPU (--all includes it)', objects: ['HorizontalPodAutoscaler web/shop'] },
    ]);
    const text = renderProposal(proposal, FILE);
    for (const comment of [
      'tier: critical   # a guess (PriorityClass gpu-critical)',
      '# KEDA adds a replica for each 600 of it; capacity must be in its unit',
      '# TODO KEDA ends its running Jobs when the object changes; set rollout.strategy: gradual first',
      '# 1 × nvidia.com/mig-1g.10gb, a part of a device: count what you pay for',
      '# gpu.nvidia.com by ResourceClaimTemplate one-gpu',
      '# TODO replica: { gpus: N }   its pods could not be read; without it 1 is taken',
      '# bounds: { min: 2, max: 60 }   as found',
      '# TODO group: one of h100, l40s',
    ]) {
      expect(text).toContain(comment);
    }
    expect(text).not.toContain('hunter2');
  });

  it('turns cron triggers into events that wait to be taken over', async () => {
    const proposal = await propose(FLEET);
    expect(proposal.events).toEqual([
      {
        name: 'llama-8b-cron-1',
        workloads: ['llama-8b'],
        timezone: 'Europe/Paris',
        start: '2026-11-27T07:30',
        end: '2026-11-27T19:00',
        recurrence: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
        floor: 6,
      },
    ]);
    const { config } = parseConfig(uncommentEvents(renderProposal(proposal, FILE)), 'foretide.yaml');
    expect(config.calendar.events).toMatchObject([{ name: 'llama-8b-cron-1', floor: 6 }]);
  });

  it('includes everything else when asked to', async () => {
    const { workloads, leftOut } = await propose(FLEET, true);
    expect(workloads.find(({ name }) => name === 'shop')).toMatchObject({ gpus: 0 });
    expect(leftOut.map(({ why }) => why)).toEqual(['it scales a Deployment that does not exist']);
    expectParses(await propose(FLEET, true));
  });

  it('gives the same file for the same objects in another order', async () => {
    const objects = readManifests(FLEET);
    const [one, other] = await Promise.all(
      [objects, objects.toReversed()].map(async (manifests) =>
        renderProposal(proposeConfig(await surveyCluster(surveyOfManifests(manifests)), { all: true, nowMs: NOW_MS }), FILE),
      ),
    );
    expect(other).toBe(one);
  });
});

describe('what a cluster writes into its names and texts', () => {
  it('stays in its line', async () => {
    const nasty = `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: chat, namespace: inference }
spec:
  scaleTargetRef: { kind: Custom, name: chat }
  triggers:
    - type: prometheus
      metadata:
        serverAddress: "http://prometheus: 9090"
        query: "a\\n# b: [\\"c\\", 'd']\\n---\\nworkloads: []"
        threshold: "1\\nworkloads: []"
    - { type: cron, metadata: { timezone: "UTC\\nx: y", start: "0 8 * * *", end: "0 9 * * *", desiredReplicas: "2" } }
`;
    const proposal = await propose(nasty);
    expectParses(proposal);
    const { config } = parseConfig(renderProposal(proposal, FILE), 'foretide.yaml');
    expect(config.workloads[0]?.demand?.prometheus?.query).toBe('a\n# b: ["c", \'d\']\n---\nworkloads: []');
  });
});

describe('a cluster that shows little', () => {
  const reading = surveyOfManifests(readManifests(FLEET));
  const forbid = async (): Promise<never> => {
    throw new ClusterError('forbidden', 'HTTP 403: User "ada" cannot list resource "deployments"');
  };

  it('proposes what it could not look into, and names the right that is missing', async () => {
    const survey = await surveyCluster({ ...reading, readScaled: forbid, readPools: forbid, readNodes: forbid });
    const { workloads, unread } = proposeConfig(survey, { all: false, nowMs: NOW_MS });
    expect(workloads.map(({ name, gpus }) => [name, gpus])).toEqual([
      ['summarize', 2],
      ['llama-405b', undefined],
      ['llama-8b', undefined],
      ['embed', undefined],
      ['forgotten', undefined],
      ['search-embed', undefined],
      ['shop', undefined],
    ]);
    expect(unread.map(({ what, why }) => [what, why])).toEqual([
      ['deployments', 'unreadable'],
      ['rollouts', 'unreadable'],
      ['leaderworkersets', 'unreadable'],
      ['nodepools', 'unreadable'],
    ]);
  });

  it('fails when no kind of scaler may be read', async () => {
    await expect(surveyCluster({ ...reading, readScalers: forbid })).rejects.toThrow('cannot list resource');
  });

  it('does not take an outage for a missing kind', async () => {
    const fail = async (): Promise<never> => {
      throw new ClusterError('unavailable', 'no answer');
    };
    await expect(surveyCluster({ ...reading, readPools: fail })).rejects.toThrow('no answer');
  });
});

/** Real manifests, where somebody has put them beside the repository. */
const DIRECTORY = fileURLToPath(new URL('../../../shared/data/manifests/', import.meta.url));
const files = existsSync(DIRECTORY)
  ? ['good', 'bad'].flatMap((kind) => readdirSync(`${DIRECTORY}${kind}`).map((file) => `${kind}/${file}`))
  : [];

describe.runIf(files.length > 0)('manifests that people wrote', () => {
  it.each(files)('%s', async (file) => {
    const manifests = readManifests(readFileSync(`${DIRECTORY}${file}`, 'utf8'));
    const survey = await surveyCluster(surveyOfManifests(manifests)).catch((error: unknown) => {
      if (error instanceof ClusterError) return undefined;
      throw error;
    });
    if (survey === undefined) return;
    // Their Deployments are not in the files: as if they could not be read.
    const proposal = proposeConfig({ ...survey, unreadKinds: ['Deployment', 'StatefulSet'] }, { all: true, nowMs: NOW_MS });
    if (proposal.workloads.length > 0) expectParses(proposal);
  });
});
