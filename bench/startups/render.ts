/** How one way to make a lead did, over many draws. */
export type Measured = {
  readonly source: string;
  readonly about: string;
  readonly batches: number;
  readonly size: number;
  readonly replicas: number;
  readonly policies: readonly {
    readonly policy: string;
    /** Share of draws in which the last replica was not Ready within the lead. */
    readonly late: number;
    /** The lead over what the last replica took, geometric mean. */
    readonly multiple: number;
  }[];
};

/** The bench as a page of documentation. */
export function renderStartupsBench(measured: readonly Measured[], draws: number, percentile: number): string {
  const sources = [...Map.groupBy(measured, ({ source }) => source)];
  return `# Learned lead times, measured

Made by \`npm run bench -- startups --docs\`. Each row draws ${draws.toLocaleString('en-US')} times: a history of start-ups in batches that were asked for together, a lead at the ${percentile}th percentile
from it, and the start-ups of so many replicas more. **Late** is how often the last of those was not Ready within the lead, which should be ${100 - percentile} %;
**×** is the lead over what the last one took (geometric mean): what being in time costs. How Foretide makes a lead: [learned lead times](../concepts/learned-lead.md).

- *One replica's*: the ${percentile}th percentile of a log-normal fitted to the history, as if one replica were asked for.
- *The slowest seen*: the longest of the history.
- *Independent*: the quantile q^(1/k) of the same log-normal.
- *Foretide*: what \`foretide explain\` shows.

${sources.map(([name, rows]) => renderSource(name, rows)).join('\n\n')}
`;
}

function renderSource(name: string, rows: readonly Measured[]): string {
  const policies = rows[0]?.policies.map(({ policy }) => policy) ?? [];
  const lines = rows.map(
    ({ batches, size, replicas, policies: results }) =>
      `| ${batches} × ${size} | ${replicas} | ${results.map(({ late, multiple }) => `${(late * 100).toFixed(1)} % | ${multiple.toFixed(2)}`).join(' | ')} |`,
  );
  return `## ${name}

${rows[0]?.about.replace(/^./, (letter) => letter.toUpperCase()) ?? ''}.

| history | replicas | ${policies.map((policy) => `${policy}: late | ×`).join(' | ')} |
|--:|--:|${policies.map(() => '--:|--:').join('|')}|
${lines.join('\n')}`;
}
