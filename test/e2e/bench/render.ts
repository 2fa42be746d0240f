/** `rest`: no event near. `raise` and `release`: at its start and end. `hold`: in its middle, when all is done. */
export type TickKind = 'rest' | 'raise' | 'hold' | 'release';

export type MeasuredTick = {
  readonly kind: TickKind;
  readonly tookMs: number;
  readonly requests: number;
  /** Bodies, compressed as they came. */
  readonly receivedBytes: number;
};

/** Ticks of one process. */
export type Measured = {
  readonly workloads: number;
  readonly changes: number;
  readonly ticks: readonly MeasuredTick[];
  readonly idleRssMb: number;
  readonly peakRssMb: number;
  /** The machine's load average of the last minute, at its end. */
  readonly load: number;
};

const WORDS: Readonly<Record<TickKind, string>> = {
  rest: 'nothing is due',
  raise: 'an event begins',
  hold: 'in its middle',
  release: 'it ends',
};

/** The bench as a page of documentation. */
export function renderTicksBench(measured: readonly Measured[], cores: number): string {
  const rows = measured.flatMap((run) => {
    const kinds = [...new Set(run.ticks.map(({ kind }) => kind))];
    return kinds.map((kind) => ({ run, kind, own: run.ticks.filter((tick) => tick.kind === kind) }));
  });
  const base = median(rows.find(({ run, kind }) => kind === 'rest' && run.workloads === 1_000)?.own.map(({ tookMs }) => tookMs) ?? []);
  const lines = rows.map(({ run, kind, own }) => {
    const tookMs = median(own.map((tick) => tick.tookMs));
    const changes = kind === 'raise' || kind === 'release' ? run.changes : 0;
    const cells = [
      run.workloads.toLocaleString('en-US'),
      changes.toLocaleString('en-US'),
      WORDS[kind],
      `${tookMs.toFixed(0)} ms`,
      (tookMs / base).toFixed(2),
      median(own.map((tick) => tick.requests)).toLocaleString('en-US'),
      `${(median(own.map((tick) => tick.receivedBytes)) / 1_000).toLocaleString('en-US', { maximumFractionDigits: 0 })} kB`,
      `${run.peakRssMb.toFixed(0)} MB`,
      String(own.length),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const idle = median(measured.map(({ idleRssMb }) => idleRssMb));
  const loads = measured.map(({ load }) => load);
  return `# A tick on a large cluster, measured

Made by \`npm run bench:cluster -- --docs\`: production ticks of Foretide, with the rights of the deployment guide, against the real
kube-apiserver 1.35.4 with etcd, KEDA 2.20.2 and its admission webhook, and the HPA controller at its usual 15 s, all on the machine that
runs the bench. The ScaledObjects lie in 20 namespaces; each has its HPA and scales an object without pods. State is in memory; a deployed function's is in DynamoDB.

A tick reads with pages of 500, whatever is due, and HPAs only while something is given back. A change is one patch, which
KEDA's webhook checks against the other objects of its namespace: the more of them there are, the longer a patch takes.

| ScaledObjects | changes | when | time, median | × at rest with 1,000 | requests | received | peak memory | ticks |
|--:|--:|---|--:|--:|--:|--:|--:|--:|
${lines.join('\n')}

Times hang on the machine and on what else it does (here ${cores} cores under load averages of ${Math.min(...loads).toFixed(0)} to ${Math.max(...loads).toFixed(0)},
most of it the cluster itself and other work); requests and bytes hardly do. Requests beyond a patch a change are conflicts with what KEDA writes to the
objects meanwhile: read again, decide again, patch. Memory is the peak of the whole process, Node and all code
included (${idle.toFixed(0)} MB before its first tick), over all its ticks. Bytes are of bodies as they come over the wire.
`;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
