const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** A line of blocks, from zero to the highest value; a blank for a value that is not known. */
export function sparkline(values: Iterable<number>): string {
  const all = [...values];
  const highest = Math.max(0, ...all.filter((value) => !Number.isNaN(value)));
  return all.map((value) => (Number.isNaN(value) ? ' ' : levelOf(highest === 0 ? 0 : value / highest))).join('');
}

function levelOf(share: number): string {
  return LEVELS[Math.min(LEVELS.length - 1, Math.floor(share * LEVELS.length))] ?? ' ';
}

/** Values joined `size` at a time to the highest of them; NaN where none of them is known. */
export function coarsen(values: Float64Array, size: number): number[] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) => {
    const known = [...values.subarray(index * size, (index + 1) * size)].filter((value) => !Number.isNaN(value));
    return known.length === 0 ? Number.NaN : Math.max(...known);
  });
}
