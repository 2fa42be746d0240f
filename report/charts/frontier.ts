import type { EChartsOption } from 'echarts';
import type { FrontierData } from '../frontier-data.ts';
import { PALETTE } from '../palette.ts';
import type { SimulatedPolicy } from '../simulation.ts';
import { formatMultiple, formatPlural, formatShare } from '../text.ts';
import { axisText, STILL } from './axes.ts';
import { type Chart, type ChartView, isHidden } from './chart.ts';
import { cleanText } from './fit-text.ts';
import { type FrontierScale, scaleAttainment, scaleCost } from './frontier-axes.ts';
import { markCorner, markPolicies, type PlacedPolicy } from './frontier-marks.ts';
import { textMark } from './mark.ts';
import { framePlain, gridOf, type PlainFrame } from './plain-frame.ts';
import { lineSwatch } from './swatch.ts';

const PLOT_TOP = 34;
const BELOW_PLOT = 52;
const NOTE_PX = 22;

/** How much is bought for the money? Each policy by the event minutes that it served and by its cost; up and left is better. */
export function buildFrontier(data: FrontierData, view: ChartView): Chart {
  const known = listKnown(data.policies);
  const shown = known.filter(({ policy }) => !isHidden(view, policy.kind));
  const adjust = { left: view.size === 'narrow' ? 54 : 58, marginRight: 16, plotHeight: view.size === 'narrow' ? 280 : 340 };
  const frame = framePlain(view, { fromMs: 0, toMs: 1 }, PLOT_TOP, 1, adjust);
  const cost = scaleCost(
    known.map(({ costMultiple }) => costMultiple),
    frame.right - frame.left,
  );
  const attainment = scaleAttainment(known.map(({ attainment }) => attainment));
  const placed = shown.map(({ policy, costMultiple, attainment: share }) => ({
    policy,
    x: frame.toX(cost.place(costMultiple)),
    y: frame.toY(attainment.place(share)),
  }));
  const height = frame.plotBottom + BELOW_PLOT;
  return {
    option: renderOption(placed, frame, cost, attainment, height),
    width: frame.width,
    height,
    title: `${cleanText(data.workload)}: attainment against cost`,
    description: describeFrontier(data),
    notes: placed.map(({ policy, x, y }) => ({
      x: x - NOTE_PX / 2,
      y: y - NOTE_PX / 2,
      width: NOTE_PX,
      height: NOTE_PX,
      text: [
        cleanText(policy.name),
        `${formatShare(policy.eventAttainment)} of event minutes, ${formatShare(policy.allAttainment)} of all minutes`,
        `${formatMultiple(policy.costMultiple)} the cost of exact need`,
      ].join('\n'),
    })),
    key: [
      { id: 'foretide', words: 'Foretide, one point for each setting', swatch: `${lineSwatch('ready', 2.25)}${dot('ready')}` },
      { id: 'baseline', words: 'other policies', swatch: diamond() },
    ],
  };
}

function renderOption(
  placed: readonly PlacedPolicy[],
  frame: PlainFrame,
  cost: FrontierScale,
  attainment: FrontierScale,
  height: number,
): EChartsOption {
  const muted = { colour: PALETTE.muted.light, fontSize: frame.fontSize } as const;
  const labelOf = (scale: FrontierScale, format: (value: number) => string): ((at: number) => string) => {
    const labels = new Map(scale.ticks.map(({ at, value }) => [at, format(value)]));
    return (at) => labels.get(at) ?? '';
  };
  const axisOf = (scale: FrontierScale, format: (value: number) => string) => {
    const customValues = scale.ticks.map(({ at }) => at);
    return {
      type: 'value',
      min: 0,
      max: 1,
      silent: true,
      axisLine: { show: true, onZero: false, lineStyle: { color: PALETTE.axis.light } },
      axisTick: { customValues, lineStyle: { color: PALETTE.axis.light } },
      axisLabel: { ...axisText(frame.fontSize), customValues, formatter: labelOf(scale, format) },
      splitLine: { show: false },
    } as const;
  };
  const inOrder = placed.filter(({ policy }) => policy.kind === 'foretide').toSorted((a, b) => a.x - b.x || b.y - a.y);
  return {
    ...STILL,
    grid: gridOf(frame, height),
    xAxis: axisOf(cost, (multiple) => `${multiple} ×`),
    yAxis: axisOf(attainment, (share) => `${Number((share * 100).toFixed(2))} %`),
    series: [
      {
        type: 'line',
        name: 'Foretide',
        silent: true,
        showSymbol: false,
        animation: false,
        lineStyle: { color: PALETTE.ready.light, width: 2.25 },
        z: 4,
        data: inOrder.map(({ x, y }) => [(x - frame.left) / (frame.right - frame.left), (frame.plotBottom - y) / frame.plotHeight]),
      },
    ],
    graphic: {
      elements: [
        textMark(frame.size === 'narrow' ? 'event minutes served' : 'event minutes with enough replicas; stretched towards 100 %', 0, 8, {
          ...muted,
          align: 'left',
        }),
        textMark(
          frame.size === 'narrow' ? 'cost, multiple of exact need' : 'cost in replica-minutes, as a multiple of exact need',
          frame.right,
          frame.plotBottom + 40,
          {
            ...muted,
            align: 'right',
          },
        ),
        ...markCorner(frame.toX(cost.place(1)), frame.toY(1), frame),
        ...markPolicies(placed, frame),
      ],
    },
  };
}

type KnownPolicy = { readonly policy: SimulatedPolicy; readonly costMultiple: number; readonly attainment: number };

function listKnown(policies: readonly SimulatedPolicy[]): readonly KnownPolicy[] {
  return policies.flatMap((policy) => {
    const { costMultiple, eventAttainment } = policy;
    return costMultiple === null || eventAttainment === null ? [] : [{ policy, costMultiple, attainment: eventAttainment }];
  });
}

function describeFrontier({ policies }: FrontierData): string {
  const known = listKnown(policies);
  if (known.length === 0) return 'No policy whose attainment and cost are known.';
  const said = known.map(
    ({ policy, costMultiple, attainment }) => `${cleanText(policy.name)}: ${formatShare(attainment)} at ${formatMultiple(costMultiple)}`,
  );
  const rest = policies.length - known.length;
  const unknown = rest === 0 ? '' : ` Not known for ${formatPlural(rest, 'policy', 'policies')}.`;
  return `Share of event minutes with enough replicas, and cost as a multiple of exact need. ${said.join('; ')}.${unknown}`;
}

function dot(colour: 'ready'): string {
  return `<circle cx="13" cy="6" r="4" fill="${PALETTE[colour].light}"/>`;
}

function diamond(): string {
  return `<path d="M13 0L19 6L13 12L7 6Z" fill="${PALETTE.without.light}"/>`;
}
