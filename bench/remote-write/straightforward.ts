import { z } from 'zod';
import { SymbolizedRequest, WriteRequest } from './schema.ts';

/** What a receiver gets from protobufjs without further thought: the whole request as objects, then what is wanted of it. */
export type Straightforward = (message: Uint8Array, isWanted: (metric: string) => boolean) => number;

type Long = { toNumber: () => number };
type Sample = { value: number; timestamp: Long };
const Message = z.custom<{
  symbols: string[];
  timeseries: { labels: { name: string; value: string }[]; labels_refs: number[]; samples: Sample[] }[];
}>();

export const decodeVersion1: Straightforward = (message, isWanted) => {
  const { timeseries } = Message.parse(WriteRequest.decode(message));
  const found: { labels: Record<string, string>; samples: [number, number][] }[] = [];
  for (const { labels, samples } of timeseries) {
    const name = labels.find((label) => label.name === '__name__')?.value;
    if (name === undefined || !isWanted(name)) continue;
    found.push({
      labels: Object.fromEntries(labels.map((label) => [label.name, label.value])),
      samples: samples.map(({ value, timestamp }) => [timestamp.toNumber(), value]),
    });
  }
  return found.length;
};

export const decodeVersion2: Straightforward = (message, isWanted) => {
  const { symbols, timeseries } = Message.parse(SymbolizedRequest.decode(message));
  const found: { labels: Record<string, string>; samples: [number, number][] }[] = [];
  for (const { labels_refs: refs, samples } of timeseries) {
    const labels: Record<string, string> = {};
    for (let index = 0; index < refs.length; index += 2) labels[symbols[refs[index] ?? 0] ?? ''] = symbols[refs[index + 1] ?? 0] ?? '';
    if (!isWanted(labels.__name__ ?? '')) continue;
    found.push({ labels, samples: samples.map(({ value, timestamp }) => [timestamp.toNumber(), value]) });
  }
  return found.length;
};
