import { describe, expect, it } from 'vitest';
import { buildFrontier } from '../../../report/charts/frontier.ts';
import { scaleAttainment, scaleCost } from '../../../report/charts/frontier-axes.ts';
import type { SimulatedPolicy } from '../../../report/simulation.ts';
import { renderPoliciesTable } from '../../../report/tables/policies-table.ts';
import { buildExampleSimulation } from '../../fixtures/simulation-example.ts';
import { textsOf } from './texts-of.ts';

const [workload] = buildExampleSimulation(2).workloads;
if (workload === undefined) throw new Error('the example has no workload');
const data = { workload: 'chat', policies: workload.policies };

describe('the scales of the frontier', () => {
  it('gives most of the height to 98 to 100 %', () => {
    const { ticks, place } = scaleAttainment([0.93, 0.99]);
    expect(ticks.map(({ value }) => value)).toEqual([0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1]);
    expect(1 - place(0.98)).toBeGreaterThan(0.6);
    expect(place(1)).toBe(1);
    expect(place(0.9)).toBe(0);
  });

  it('puts equal factors of cost at equal distances, and always shows exact need', () => {
    const { ticks, place } = scaleCost([1.1, 3.9], 800);
    expect(ticks.map(({ value }) => value)).toEqual([0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.75, 2, 2.5, 3, 4]);
    expect(place(2) - place(1)).toBeCloseTo(place(4) - place(2), 10);
    expect(scaleCost([1.1, 3.9], 250).ticks.map(({ value }) => value)).toEqual([1, 1.3, 1.75, 2.5, 4]);
  });
});

describe('the frontier', () => {
  it('draws Foretide as a line by rising cost and everybody as a named point; what is not known is not drawn', () => {
    const chart = buildFrontier(data, { size: 'wide' });
    const [line] = [chart.option.series ?? []].flat();
    expect(line?.name).toBe('Foretide');
    expect(line !== undefined && 'data' in line && Array.isArray(line.data) ? line.data.length : 0).toBe(4);
    expect(textsOf(chart)).toEqual([
      'event minutes with enough replicas; stretched towards 100 %',
      'cost in replica-minutes, as a multiple of exact need',
      'the aim: every minute served, at the cost of exact need',
      'always at peak',
      'cron, 15 min early',
      'KEDA, 30 % headroom',
      'KEDA alone',
      'Foretide, 99.9 %',
      'Foretide, 99.7 %',
      'Foretide, 99.5 %',
      'Foretide, 99 %',
    ]);
  });

  it('keeps names off points and off each other, however many there are', () => {
    const policies = Array.from({ length: 40 }, (_, index): SimulatedPolicy => ({ ...policyAt(index), name: `policy ${index}` }));
    const chart = buildFrontier({ workload: 'chat', policies }, { size: 'narrow' });
    expect(textsOf(chart).length).toBeGreaterThan(5);
    expect(chart.notes).toHaveLength(40);
  });

  it('has words for nothing known, and for what each policy came to', () => {
    const unknown = { ...data, policies: data.policies.slice(-1) };
    expect(textsOf(buildFrontier(unknown, { size: 'narrow' }))).toContain('nothing known to compare');
    expect(buildFrontier(unknown, { size: 'narrow' }).description).toBe('No policy whose attainment and cost are known.');
    const known = buildFrontier({ ...data, policies: data.policies.slice(2, 5).concat(data.policies.slice(-1)) }, { size: 'wide' });
    expect(known.description).toBe(
      'Share of event minutes with enough replicas, and cost as a multiple of exact need. Foretide, 99.7 %: 99.7 % at 1.12 ×; ' +
        'Foretide, 99.9 %: 99.9 % at 1.21 ×; KEDA alone: 93.1 % at 0.99 ×. Not known for 1 policy.',
    );
  });

  it('has a table of the same, unknown figures said to be unknown', () => {
    const html = renderPoliciesTable(data, 'Foretide, 99.7 %');
    expect(html.match(/<tr role="row">/g)).toHaveLength(10);
    expect(html).toContain('shown below');
    expect(html.match(/>unknown</g)).toHaveLength(5);
  });
});

function policyAt(index: number): SimulatedPolicy {
  return {
    name: '',
    kind: 'baseline',
    eventAttainment: 0.98 + index / 2_500,
    allAttainment: null,
    costMultiple: 1 + index / 100,
    shortReplicaMinutes: null,
    gpuHours: null,
    usd: null,
  };
}
