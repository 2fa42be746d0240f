import type { Behavior, ScalingRules } from './objects.ts';

/** What the HPA controller remembers of one autoscaler (pkg/controller/podautoscaler of Kubernetes 1.35). */
export type Memory = {
  recommendations: { readonly atMs: number; readonly replicas: number }[];
  readonly ups: { readonly atMs: number; readonly change: number }[];
  readonly downs: { readonly atMs: number; readonly change: number }[];
};

export type Limited = { readonly status: 'True' | 'False'; readonly reason: string; readonly message: string };

export type Normalized = {
  readonly replicas: number;
  readonly stabilized: 'up' | 'down' | 'no';
  readonly limited: Limited;
};

/** kube-controller-manager's `--horizontal-pod-autoscaler-downscale-stabilization` default. */
const DOWNSCALE_WINDOW_MS = 300_000;

const WITHIN_RANGE: Limited = {
  status: 'False',
  reason: 'DesiredWithinRange',
  message: 'the desired count is within the acceptable range',
};
const TOO_FEW: Limited = {
  status: 'True',
  reason: 'TooFewReplicas',
  message: 'the desired replica count is less than the minimum replica count',
};
const TOO_MANY: Limited = {
  status: 'True',
  reason: 'TooManyReplicas',
  message: 'the desired replica count is more than the maximum replica count',
};
const TOO_FAST_UP: Limited = {
  status: 'True',
  reason: 'ScaleUpLimit',
  message: 'the desired replica count is increasing faster than the maximum scale rate',
};
const TOO_FAST_DOWN: Limited = {
  status: 'True',
  reason: 'ScaleDownLimit',
  message: 'the desired replica count is decreasing faster than the maximum scale rate',
};

export type Bounds = { readonly min: number; readonly max: number };

/** From what the metrics ask for to what the autoscaler sets: stabilization, rate limits, bounds. */
export function decideReplicas(
  asked: number,
  current: number,
  bounds: Bounds,
  behavior: Behavior | undefined,
  memory: Memory,
  nowMs: number,
): Normalized {
  const stable =
    behavior === undefined ? stabilizeByDefault(asked, memory, nowMs) : stabilizeByWindows(asked, current, behavior, memory, nowMs);
  const stabilized = stable === asked ? 'no' : stable > asked ? 'down' : 'up';
  const [replicas, limited] =
    behavior === undefined ? limitByDefault(stable, current, bounds) : limitByPolicies(stable, current, bounds, behavior, memory, nowMs);
  return { replicas, stabilized, limited };
}

/** Without `behavior` the highest recommendation of the last five minutes stands, whatever the size is now. */
function stabilizeByDefault(asked: number, memory: Memory, nowMs: number): number {
  const recent = memory.recommendations.filter(({ atMs }) => atMs >= nowMs - DOWNSCALE_WINDOW_MS);
  const highest = recent.reduce((most, { replicas }) => Math.max(most, replicas), asked);
  memory.recommendations = [...recent, { atMs: nowMs, replicas: asked }];
  return highest;
}

/** With `behavior` a scale-down waits for the highest recommendation of its window to leave it, a scale-up for the lowest. */
function stabilizeByWindows(asked: number, current: number, behavior: Behavior, memory: Memory, nowMs: number): number {
  const upWindowMs = (behavior.scaleUp?.stabilizationWindowSeconds ?? 0) * 1000;
  const downSeconds = behavior.scaleDown?.stabilizationWindowSeconds;
  const downWindowMs = downSeconds === undefined ? DOWNSCALE_WINDOW_MS : downSeconds * 1000;
  const recent = memory.recommendations.filter(({ atMs }) => atMs >= nowMs - Math.max(upWindowMs, downWindowMs));
  let lowest = asked;
  let highest = asked;
  for (const { atMs, replicas } of recent) {
    if (atMs > nowMs - upWindowMs) lowest = Math.min(lowest, replicas);
    if (atMs > nowMs - downWindowMs) highest = Math.max(highest, replicas);
  }
  memory.recommendations = [...recent, { atMs: nowMs, replicas: asked }];
  return Math.min(Math.max(current, lowest), highest);
}

/** Without `behavior`: at most double, or 4 where that is more, in one sync. */
function limitByDefault(wanted: number, current: number, { min, max }: Bounds): [number, Limited] {
  const upLimit = Math.max(2 * current, 4);
  const [ceiling, atCeiling] = max > upLimit ? [upLimit, TOO_FAST_UP] : [max, TOO_MANY];
  if (wanted < min) return [min, TOO_FEW];
  if (wanted > ceiling) return [ceiling, atCeiling];
  return [wanted, WITHIN_RANGE];
}

const DEFAULT_UP: ScalingRules = {
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const DEFAULT_DOWN: ScalingRules = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };

function limitByPolicies(
  wanted: number,
  current: number,
  { min, max }: Bounds,
  behavior: Behavior,
  memory: Memory,
  nowMs: number,
): [number, Limited] {
  if (wanted > current) {
    const rate = Math.max(current, limitOf({ ...DEFAULT_UP, ...behavior.scaleUp }, current, memory, nowMs, 'up'));
    const [ceiling, atCeiling] = max > rate ? [rate, TOO_FAST_UP] : [max, TOO_MANY];
    if (wanted > ceiling) return [ceiling, atCeiling];
  } else if (wanted < current) {
    const rate = Math.min(current, limitOf({ ...DEFAULT_DOWN, ...behavior.scaleDown }, current, memory, nowMs, 'down'));
    const [floor, atFloor] = min < rate ? [rate, TOO_FAST_DOWN] : [min, TOO_FEW];
    if (wanted < floor) return [floor, atFloor];
  }
  return wanted < min ? [min, TOO_FEW] : wanted > max ? [max, TOO_MANY] : [wanted, WITHIN_RANGE];
}

/** The furthest replica count that the policies let through now. */
function limitOf(rules: ScalingRules, current: number, memory: Memory, nowMs: number, direction: 'up' | 'down'): number {
  if (rules.selectPolicy === 'Disabled') return current;
  const limits = (rules.policies ?? []).map(({ type, value, periodSeconds }) => {
    const sinceMs = nowMs - periodSeconds * 1000;
    const added = sumSince(memory.ups, sinceMs);
    const deleted = sumSince(memory.downs, sinceMs);
    const start = current - added + deleted;
    if (direction === 'up') return type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100));
    return type === 'Pods' ? start - value : Math.floor(start * (1 - value / 100));
  });
  if (limits.length === 0) return current;
  const furthest = direction === 'up' ? Math.max(...limits) : Math.min(...limits);
  const nearest = direction === 'up' ? Math.min(...limits) : Math.max(...limits);
  return rules.selectPolicy === 'Min' ? nearest : furthest;
}

function sumSince(changes: readonly { readonly atMs: number; readonly change: number }[], sinceMs: number): number {
  return changes.reduce((sum, { atMs, change }) => (atMs > sinceMs ? sum + change : sum), 0);
}
