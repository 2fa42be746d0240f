import type { ReceivedWrite, Refusal } from '../../app/receive-write.ts';
import { LONGEST_LABEL_NAME_BYTES, LONGEST_LABEL_VALUE_BYTES, MOST_LABELS } from '../../core/remote-write/check-labels.ts';
import { MOST_SERIES } from '../../core/remote-write/rollup.ts';

const WHY: Readonly<Record<Refusal['why'], string>> = {
  'no-metric-name': 'their series have no metric name (__name__)',
  'empty-label-name': 'a label of their series has no name',
  'duplicate-label': 'their series have a label twice',
  'too-many-labels': `their series have more than ${MOST_LABELS} labels`,
  'label-too-long': `a label name of their series has more than ${LONGEST_LABEL_NAME_BYTES} bytes, or a value more than ${LONGEST_LABEL_VALUE_BYTES}`,
  'not-utf8': 'a label of their series is not UTF-8',
  'both-kinds': 'their series have samples and histograms at once',
  'too-old': 'they are older than signals.remoteWrite.outOfOrder allows',
  'too-new': 'they are more than 10 minutes in the future: compare the clocks',
  'too-many-series': `more than ${MOST_SERIES} series fall under one demand.remoteWrite of a workload in a minute`,
};

/** One line that says how much of a request was not taken, and why. The rest is written. */
export function describeRefusals({
  refusals,
  cutSelectors,
  written,
}: Pick<ReceivedWrite, 'refusals' | 'cutSelectors' | 'written'>): string {
  const parts = refusals.map(({ why, counts }) => {
    const selectors = why === 'too-many-series' && cutSelectors.length > 0 ? ` (narrow ${cutSelectors.slice(0, 3).join(', ')})` : '';
    return `${describeCounts(counts)}: ${WHY[why]}${selectors}`;
  });
  return `Not taken: ${parts.join('; ')}. Written: ${describeCounts(written)}.`;
}

function describeCounts({ samples, histograms, exemplars }: ReceivedWrite['written']): string {
  const named = [
    [samples, 'samples'],
    [histograms, 'histograms'],
    [exemplars, 'exemplars'],
  ] as const;
  const present = named.filter(([count]) => count > 0);
  return present.length === 0 ? 'nothing' : present.map(([count, name]) => `${count} ${name}`).join(', ');
}
