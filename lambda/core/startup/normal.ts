import { errorFunction } from 'simple-statistics';

/** The share of a standard normal distribution below `z`, exact to 1.2e-7. */
export function normalShare(z: number): number {
  return (1 + errorFunction(z / Math.SQRT2)) / 2;
}

export function normalDensity(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}
