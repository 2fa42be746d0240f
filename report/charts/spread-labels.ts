export type Spreadable = { readonly y: number; readonly height: number };

/** Moves labels apart, as little as needed, within [top, bottom]; keeps their order by height and returns their middles in the order given. */
export function spreadLabels(labels: readonly Spreadable[], top: number, bottom: number): readonly number[] {
  const order = labels.map(({ y, height }, index) => ({ y, height, index })).toSorted((a, b) => a.y - b.y || a.index - b.index);
  let free = top;
  const placed = order.map(({ y, height, index }) => {
    const middle = Math.max(y, free + height / 2);
    free = middle + height / 2;
    return { middle, height, index };
  });
  let limit = bottom;
  const settled = placed.toReversed().map(({ middle, height, index }) => {
    const settledMiddle = Math.min(middle, limit - height / 2);
    limit = settledMiddle - height / 2;
    return { middle: settledMiddle, index };
  });
  return settled.toSorted((a, b) => a.index - b.index).map(({ middle }) => middle);
}
