const DECIMAL = ['', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const SMALL = ['', 'm', 'u', 'n'];

/**
 * A Kubernetes quantity as a number; undefined when it is none. Unlike client-node's `quantityToScalar` it takes what people may write
 * (`1.5Gi`, `1e3`), since the API server keeps quantities of custom resources as written.
 */
export function parseQuantity(text: string | number): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d{1,3})|(k|[MGTPE]i?|Ki|[mun]))?$/.exec(String(text));
  if (match === null) return undefined;
  const [, digits, exponent, suffix = ''] = match;
  if (exponent !== undefined) return Number(`${digits}e${exponent}`);
  const factor = suffix.endsWith('i') ? 2 ** (10 * BINARY.indexOf(suffix)) : 10 ** (3 * powerOf(suffix));
  return Number(digits) * factor;
}

function powerOf(suffix: string): number {
  const power = DECIMAL.indexOf(suffix);
  return power < 0 ? -SMALL.indexOf(suffix) : power;
}
