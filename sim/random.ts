/** A seeded stream of random numbers; two streams with the same seed are the same for ever. */
export type Random = {
  /** Uniform in [0, 1). */
  readonly uniform: () => number;
  /** Uniform integer in [0, bound). */
  readonly integer: (bound: number) => number;
  /** Log-normal with the given median; `sigma` is the standard deviation of the logarithm. */
  readonly logNormal: (median: number, sigma: number) => number;
  /** An RFC 9562 version 4 UUID. */
  readonly uuid: () => string;
  /** Five characters as Kubernetes' name generator makes them: no vowels, no look-alikes. */
  readonly nameSuffix: (length?: number) => string;
  /** An independent stream for one named purpose, so that one part's draws don't shift another's. */
  readonly fork: (purpose: string) => Random;
};

const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** @param seed any string; it is hashed, so that near seeds give unrelated streams */
export function createRandom(seed: string): Random {
  let state = hash(seed);

  // SplitMix32: one addition and a finalizer; passes the usual statistical batteries at this output width.
  function next32(): number {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }

  const uniform = () => next32() / 2 ** 32;
  const integer = (bound: number) => Math.floor(uniform() * bound);

  /** Box and Muller's transform; `1 - uniform()` keeps the logarithm's argument above 0. */
  function normal(): number {
    return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  }

  function uuid(): string {
    const hex = Array.from({ length: 4 }, () => next32().toString(16).padStart(8, '0')).join('');
    const variant = (8 + (Number.parseInt(hex.charAt(16), 16) & 3)).toString(16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  return {
    uniform,
    integer,
    logNormal: (median, sigma) => median * Math.exp(sigma * normal()),
    uuid,
    nameSuffix: (length = 5) => Array.from({ length }, () => NAME_ALPHABET.charAt(integer(NAME_ALPHABET.length))).join(''),
    fork: (purpose) => createRandom(`${seed}/${purpose}`),
  };
}

/** FNV-1a over UTF-16 units, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value | 0;
}
