import { expect, it } from 'vitest';
import { describeCondition } from '../../cli/workload-condition.ts';
import type { WorkloadStatus } from '../../lambda/app/status.ts';
import { chat } from '../core/prescale/fixtures.ts';

const WELL: WorkloadStatus = {
  workload: chat,
  live: { min: 2, max: 60 },
  baseline: { min: 2, max: 60 },
  heldMin: undefined,
  pausedBy: undefined,
  endsJobs: false,
  notReady: undefined,
  yieldedUntilMs: undefined,
  autoscaler: { namespace: 'inference', name: 'keda-hpa-llama-8b', min: 2, max: 60, currentReplicas: 2, desiredReplicas: 2 },
  scale: undefined,
  event: undefined,
};

it.each<[Partial<WorkloadStatus>, string]>([
  [{}, ''],
  [{ live: undefined }, 'target does not exist'],
  [{ pausedBy: 'autoscaling.keda.sh/paused' }, 'paused by autoscaling.keda.sh/paused'],
  [{ yieldedUntilMs: Date.parse('2026-11-27T02:00:00Z') }, 'yielded until Fri 27 Nov 2026 02:00 UTC'],
  [{ endsJobs: true }, 'left alone: a change would delete running Jobs (rollout.strategy is not gradual)'],
  [{ autoscaler: undefined }, 'KEDA has made no HPA'],
  [{ notReady: { ready: 'False', reason: 'TriggerError', message: '' } }, 'KEDA: TriggerError'],
])('%j', (change, text) => {
  expect(describeCondition({ ...WELL, ...change }, 'UTC')).toBe(text);
});
