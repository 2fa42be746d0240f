import { parseTime } from '../clock.ts';
import type { KubeObject, Pod } from '../objects.ts';
import { parseGoDuration } from './durations.ts';

const ANNOTATION = 'karpenter.sh/do-not-disrupt';

/**
 * Until when the pod holds its node: `true` for ever, a duration from the pod's start on (Karpenter 1.12), anything else
 * not at all.
 */
export function doNotDisruptUntilMs(pod: Pod, nowMs: number): number {
  const text = pod.metadata.annotations?.[ANNOTATION];
  if (text === undefined) return Number.NEGATIVE_INFINITY;
  if (text === 'true') return Number.POSITIVE_INFINITY;
  const duration = parseGoDuration(text);
  const { startTime } = pod.status;
  if (duration === undefined) return Number.NEGATIVE_INFINITY;
  return (startTime === undefined ? nowMs : parseTime(startTime)) + duration;
}

export function forbidsDisruption({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[ANNOTATION] === 'true';
}
