import type { LabelProblem } from './received.ts';

/** More than any exporter sends; Mimir's default is 30. */
export const MOST_LABELS = 64;
/** In UTF-8 bytes, as Mimir's defaults have them: max_length_label_name and max_length_label_value. */
export const LONGEST_LABEL_NAME_BYTES = 1_024;
export const LONGEST_LABEL_VALUE_BYTES = 2_048;

/**
 * What is wrong with labels, given as pairs: name, value, name, value; undefined when nothing is. Their order is free, although the
 * specification sorts them: it costs nothing to take them as they come.
 */
export function findLabelProblem(pairs: readonly string[]): LabelProblem | undefined {
  if (pairs.length > 2 * MOST_LABELS) return 'too-many-labels';
  let isSorted = true;
  for (let index = 0; index < pairs.length; index += 2) {
    const name = pairs[index] ?? '';
    if (name === '') return 'empty-label-name';
    if (index > 0 && !((pairs[index - 2] ?? '') < name)) isSorted = false;
  }
  if (isSorted) return undefined;
  const names = new Set<string>();
  for (let index = 0; index < pairs.length; index += 2) {
    const name = pairs[index] ?? '';
    if (names.has(name)) return 'duplicate-label';
    names.add(name);
  }
  return undefined;
}
