const FACTOR: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A Kubernetes quantity as a number; undefined when it is none. */
export function parseQuantity(text: string | number): number | undefined {
  const match = /^([+-]?[0-9]+(?:\.[0-9]*)?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/.exec(String(text));
  const factor = FACTOR[match?.[2] ?? ''];
  return match?.[1] === undefined || factor === undefined ? undefined : Number(match[1]) * factor;
}

/** Thousandths as Kubernetes writes them: `1500m`, `2`, `40k`. */
export function renderMilli(milli: number): string {
  if (milli % 1000 !== 0) return `${milli}m`;
  let value = milli / 1000;
  const suffixes = ['', 'k', 'M', 'G', 'T'];
  let index = 0;
  while (value !== 0 && value % 1000 === 0 && index < suffixes.length - 1) {
    value /= 1000;
    index += 1;
  }
  return `${value}${suffixes[index] ?? ''}`;
}

/** An amount of a resource as a status shows it: memory in Gi, all else as a plain number. */
export function renderQuantity(resource: string, amount: number): string {
  return resource === 'memory' ? `${amount / 2 ** 30}Gi` : String(amount);
}
