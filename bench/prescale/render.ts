import { formatAttainment } from '../../report/text.ts';

/** The policies of one trace at one cold start; null: there was nothing to have a share of. */
export type Measured = {
  readonly trace: string;
  readonly source: string;
  readonly coldStartMinutes: number;
  readonly policies: readonly {
    readonly policy: string;
    readonly eventAttainment: number | null;
    readonly allAttainment: number | null;
    readonly costMultiple: number | null;
  }[];
};

export type Pace = { readonly minutes: number; readonly workloads: number; readonly seconds: number; readonly rssMb: number };

const FORESIGHT = 'Perfect foresight';

/** The bench as a page of documentation. */
export function renderPrescaleBench(measured: readonly Measured[], paces: readonly Pace[], seeds: number): string {
  const traces = [...Map.groupBy(measured, ({ trace }) => trace)];
  return `# Learned floors, measured

Made by \`npm run bench -- prescale --docs\`. Each trace runs minute by minute through the production tick on the simulated cluster, and the
same minutes through the baselines; a figure is the mean over ${seeds} draws of the start-up times (log-normal, σ 0.3, median as stated). The
rules are those of [\`foretide simulate\`](../how-to/simulate.md). A minute is attained when at least as many replicas are Ready as its demand
needs. Cost is replica-minutes from the request on, as a multiple of exactly what each minute needed.

${traces.map(([name, rows]) => renderTrace(name, rows)).join('\n\n')}

## What a simulation costs

Medians on the machine that ran the bench, ticks and baselines together, after one warm-up run; memory is that of the whole process at that
point.

| minutes | workloads | seconds | µs a minute and workload | memory |
|--:|--:|--:|--:|--:|
${paces.map(({ minutes, workloads, seconds, rssMb }) => `| ${minutes.toLocaleString('en-US')} | ${workloads} | ${seconds.toFixed(1)} | ${((seconds / minutes / workloads) * 1e6).toFixed(0)} | ${rssMb.toFixed(0)} MB |`).join('\n')}
`;
}

function renderTrace(name: string, rows: readonly Measured[]): string {
  const foresight = new Map(
    rows.map(({ coldStartMinutes, policies }) => [
      coldStartMinutes,
      policies.find(({ policy }) => policy === FORESIGHT)?.costMultiple ?? null,
    ]),
  );
  const lines = rows.flatMap(({ coldStartMinutes, policies }) =>
    policies.map(({ policy, eventAttainment, allAttainment, costMultiple }) => {
      const perfect = foresight.get(coldStartMinutes) ?? null;
      const beside = costMultiple === null || perfect === null ? '' : (costMultiple / perfect).toFixed(2);
      return `| ${coldStartMinutes} min | ${policy} | ${formatAttainment(eventAttainment)} | ${formatAttainment(allAttainment)} | ${costMultiple?.toFixed(2) ?? ''} | ${beside} |`;
    }),
  );
  return `## ${name}

${rows[0]?.source.replace(/^./, (letter) => letter.toUpperCase()) ?? ''}.

| cold start | policy | event minutes | all minutes | cost × need | cost × perfect foresight |
|--:|---|--:|--:|--:|--:|
${lines.join('\n')}`;
}
