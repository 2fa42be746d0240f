import { targetKey } from '../compose/intent.ts';
import type { Finding } from '../prescale/findings.ts';
import { formatUtc } from '../units/time.ts';
import { describeCauses } from './describe-causes.ts';
import type { Readiness } from './readiness.ts';

/** What people must know of a workload's readiness: that its replicas won't be there at the start, or aren't there after it, and why. */
export function findNotReady({ target, workload, event, startMs, state, floor, ready, projectedMs, causes }: Readiness): Finding[] {
  if (state !== 'late' && state !== 'stuck') return [];
  const subject = targetKey(target);
  const [gravest] = causes;
  const cause = gravest?.code ?? null;
  return [
    {
      key: `${subject}/not-ready`,
      severity: 'critical',
      code: 'not-ready',
      stage: `${event}/${state}/${cause}`,
      subject,
      facts: {
        workload,
        event,
        start: formatUtc(startMs),
        floor,
        ready: ready ?? null,
        projected: projectedMs === undefined ? null : formatUtc(projectedMs),
        cause,
        why: describeCauses(causes),
        ...gravest?.facts,
        ...(gravest !== undefined && gravest.message !== '' && { message: gravest.message }),
      },
    },
  ];
}
