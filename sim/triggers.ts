import { CronError } from '../lambda/core/keda/cron-schedule.ts';
import { expandCronTrigger } from '../lambda/core/keda/cron-windows.ts';
import type { MetricSpec, ScaledObject, Trigger } from './objects.ts';

/** What a trigger's source answers at one instant. */
export type TriggerReading = { readonly kind: 'value'; readonly value: number } | { readonly kind: 'error'; readonly message: string };

/** Where the values of one ScaledObject's triggers come from. */
export type TriggerSource = {
  readonly read: (triggerIndex: number, nowMs: number) => TriggerReading;
  /** The answer doesn't depend on time: the control loops may sleep until somebody changes it. */
  readonly constant: boolean;
};

export type TriggerSources = {
  readonly get: (namespace: string, name: string) => TriggerSource;
  readonly set: (namespace: string, name: string, source: TriggerSource) => void;
  readonly onChange: (listener: (namespace: string, name: string) => void) => void;
};

const SILENT: TriggerSource = { read: () => ({ kind: 'value', value: 0 }), constant: true };

/** A ScaledObject without a source of its own reads 0: its triggers are inactive. */
export function createTriggerSources(): TriggerSources {
  const sources = new Map<string, TriggerSource>();
  const listeners: ((namespace: string, name: string) => void)[] = [];
  return {
    get: (namespace, name) => sources.get(`${namespace}/${name}`) ?? SILENT,
    set: (namespace, name, source) => {
      sources.set(`${namespace}/${name}`, source);
      for (const listener of listeners) listener(namespace, name);
    },
    onChange: (listener) => {
      listeners.push(listener);
    },
  };
}

/** One trigger's value now: what its source answers, except that a cron trigger follows the clock, as KEDA's does. */
export function readTrigger(source: TriggerSource, trigger: Trigger, index: number, nowMs: number): TriggerReading {
  if (trigger.type !== 'cron') return source.read(index, nowMs);
  const { timezone = '', start = '', end = '', desiredReplicas = '' } = trigger.metadata;
  try {
    const { replicas, windows } = expandCronTrigger({ timezone, start, end, desiredReplicas }, nowMs, nowMs + 1);
    return { kind: 'value', value: windows.length > 0 ? replicas : 0 };
  } catch (error) {
    if (error instanceof CronError) return { kind: 'error', message: `error parsing cron metadata: the trigger ${error.message}` };
    throw error;
  }
}

/** Whether what a ScaledObject's triggers say changes only when somebody changes their source. */
export function isConstant(source: TriggerSource, scaledObject: ScaledObject): boolean {
  return source.constant && !scaledObject.spec.triggers.some(({ type }) => type === 'cron');
}

/** In which metadata key a scaler keeps its target (facts of KEDA 2.20's scalers). */
const TARGET_KEYS = ['threshold', 'targetValue', 'targetMetricValue', 'queueLength', 'value', 'lagThreshold', 'queryValue'];

export function targetOf(trigger: Trigger): string {
  // KEDA's cron scaler asks for its replicas one by one.
  if (trigger.type === 'cron') return '1';
  const key = TARGET_KEYS.find((candidate) => trigger.metadata[candidate] !== undefined);
  return (key === undefined ? undefined : trigger.metadata[key]) ?? '1';
}

/** A trigger is active when its value is strictly greater than this. */
export function activationOf(trigger: Trigger): number {
  const key = Object.keys(trigger.metadata).find((candidate) => candidate.startsWith('activation'));
  return key === undefined ? 0 : Number(trigger.metadata[key]);
}

/** `s<index>-…` as KEDA 2.20 names them. */
export function metricNameOf(trigger: Trigger, index: number): string {
  const location = trigger.metadata.valueLocation;
  return trigger.type === 'metrics-api' && location !== undefined ? `s${index}-metric-api-${location}` : `s${index}-${trigger.type}`;
}

export function metricSpecsOf(scaledObject: ScaledObject): readonly MetricSpec[] {
  return scaledObject.spec.triggers.map((trigger, index) => ({
    external: {
      metric: {
        name: metricNameOf(trigger, index),
        selector: { matchLabels: { 'scaledobject.keda.sh/name': scaledObject.metadata.name } },
      },
      target:
        trigger.metricType === 'Value'
          ? { type: 'Value', value: targetOf(trigger) }
          : { type: 'AverageValue', averageValue: targetOf(trigger) },
    },
    type: 'External',
  }));
}
