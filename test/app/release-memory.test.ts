import { expect, it } from 'vitest';
import { prescaleTick } from '../../lambda/app/prescale.ts';
import { parseConfig } from '../../lambda/core/config/parse.ts';
import { createMinuteCluster } from '../../sim/minutes/minute-cluster.ts';
import { makeObject } from '../../sim/minutes/minute-objects.ts';
import { makeSimulatedDependencies } from '../../sim/prescale-dependencies.ts';

const MINUTE = 60_000;
const START_MS = Date.UTC(2026, 5, 2, 9);
const REF = { cluster: 'main', kind: 'ScaledObject', namespace: 'inference', name: 'llama' } as const;

const { config } = parseConfig(
  `
clusters: [{ name: main, region: us-east-1 }]
workloads:
  - name: chat
    target: { kind: ScaledObject, namespace: inference, name: llama }
    leadTime: { default: 10m }
calendar:
  events:
    - { name: launch, workloads: [chat], start: 2026-06-02T10:00, duration: 1h, floor: 20, release: { steps: 3, over: 60m, maxHold: 60m } }
`,
  'foretide.yaml',
);

/** Mins from 09:00 on; demand is three replicas' worth, and was not read in the given minutes. */
async function minsOf(missing: (minute: number) => boolean): Promise<number[]> {
  const values = Float64Array.from({ length: 200 }, (_, minute) => (missing(minute) ? Number.NaN : 1_800));
  const cluster = createMinuteCluster('main', START_MS, 'test');
  cluster.add({
    name: 'chat',
    object: makeObject(REF, { min: 2, max: 60 }),
    capacity: 600,
    demand: { startMs: START_MS, values },
    startupMedianMs: MINUTE,
    startupSigma: 0.3,
  });
  const dependencies = makeSimulatedDependencies(cluster);
  const mins: number[] = [];
  for (let minute = 0; minute < values.length; minute += 1) {
    const nowMs = START_MS + minute * MINUTE;
    await prescaleTick(dependencies, { config, clusterName: 'main', holder: 'test', nowMs });
    mins.push(cluster.step(nowMs).get('chat')?.min ?? Number.NaN);
  }
  return mins;
}

it('gives nothing back for one missing reading of a release, also when the need was unknown for long before', async () => {
  // Unknown for the first 46 minutes of the release and known from then on, but for one minute.
  for (let hole = 166; hole < 195; hole += 1) {
    const mins = await minsOf((minute) => (minute >= 119 && minute < 165) || minute === hole);
    // The tick of the next minute is the one that finds nothing.
    expect({ hole, min: mins[hole + 1] }).toEqual({ hole, min: mins[hole] });
  }
});
